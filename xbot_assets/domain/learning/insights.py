"""What works for an account: how posts of one kind do against its other posts, alike in everything else that is known.

The effect of a level (of a topic, a format, a tone, a time of day) is its coefficient in a least-squares regression of
rewards on that level and all other factors, so that a topic does not shine because it was mostly written as lists. Its
standard error is HC3 (MacKinnon and White, "Some heteroskedasticity-consistent covariance matrix estimators", Journal
of Econometrics 1985), and the intervals hold for all levels at once (Bonferroni), since a person will look at the best
of them. A group of fewer than :data:`GROUP_MIN` posts is never spoken of. Posts were chosen by a bandit that learned
from them: a kind that was unlucky early was written less since, so its effect is a little underrated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from xbot_assets.domain.learning.reward import RATE_CEILING, RATE_FLOOR
from xbot_assets.domain.learning.students import quantile

Vector = NDArray[np.float64]
GROUP_MIN = 5
"""Posts of a group before anything is said of it, and posts outside of it."""
CONFIDENCE = 0.95
LEVERAGE_MAX = 0.999
"""A post that alone decides a coefficient has no residual to judge by; its leverage is taken as this."""


class Finding(StrEnum):
    """What posts say of a group."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell yet"


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more reward posts of a group earn than the others; ``low`` and ``high`` hold for all groups at once."""

    factor: str
    level: str
    posts: int
    gain: float
    low: float
    high: float

    @property
    def finding(self) -> Finding:
        """Whether the interval excludes no difference."""
        if self.low > 0:
            return Finding.BETTER
        return Finding.WORSE if self.high < 0 else Finding.CANNOT_TELL


def effects(levels: Sequence[Mapping[str, str]], rewards: Sequence[float]) -> list[Effect]:
    """Return the effect of each group that is large enough, greatest first.

    ``levels`` is each post's level of each factor; a post without one is in none of that factor's groups.
    """
    values = np.array(rewards, dtype=np.float64)
    groups = _groups(levels)
    if not groups:
        return []
    judged = [_effect(name, members, groups, values, len(groups)) for name, members in groups.items()]
    return sorted((one for one in judged if one is not None), key=lambda one: -one.gain)


def as_ratio(gain: float) -> float:
    """Return a difference of rewards as a ratio of engagement per view: the scale is logarithmic."""
    return exp(gain * log(RATE_CEILING / RATE_FLOOR))


def _groups(levels: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], Vector]:
    names = sorted({(factor, level) for post in levels for factor, level in post.items()})
    members = {name: np.array([float(post.get(name[0]) == name[1]) for post in levels]) for name in names}
    return {name: who for name, who in members.items() if GROUP_MIN <= who.sum() <= len(levels) - GROUP_MIN}


def _effect(
    name: tuple[str, str], members: Vector, groups: Mapping[tuple[str, str], Vector], rewards: Vector, looked_at: int
) -> Effect | None:
    controls = [who for other, who in groups.items() if other[0] != name[0]]
    design = np.column_stack([members, np.ones(len(rewards)), *controls])
    inverse = np.linalg.pinv(design.T @ design)
    free = len(rewards) - int(np.linalg.matrix_rank(design))
    # What the others explain wholly, as a format that only one topic ever had, cannot be told apart from them.
    if free < GROUP_MIN or not _is_identified(members, design[:, 1:]):
        return None
    coefficients = inverse @ design.T @ rewards
    leverage = np.minimum(np.einsum("ij,jk,ik->i", design, inverse, design), LEVERAGE_MAX)
    scaled = (rewards - design @ coefficients) / (1 - leverage)
    row = inverse[0] @ design.T
    error = sqrt(float(np.square(row * scaled).sum()))
    reach = quantile(1 - (1 - CONFIDENCE) / 2 / looked_at, free) * error if error > 0 else inf
    gain = float(coefficients[0])
    return Effect(*name, int(members.sum()), gain, gain - reach, gain + reach)


def _is_identified(members: Vector, others: Vector) -> bool:
    explained = others @ np.linalg.lstsq(others, members, rcond=None)[0]
    return float(np.square(members - explained).sum()) > 1e-6  # noqa: PLR2004 - rounding, not posts
