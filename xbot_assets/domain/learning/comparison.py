"""Whether a challenger is shown to be better than the champion, shown to be worse, or neither yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.domain.learning.sequences import (
    POWER,
    Vector,
    least_provable_effect,
    posts_needed,
    running_bounds,
)

HORIZONS = (30, 90)
"""Days for which it is said what an account of this pace can prove."""
DAY = timedelta(days=1)


class Verdict(StrEnum):
    """What the posts say of a challenger."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot_tell"


class NextStep(StrEnum):
    """What a comparison of two rules leads to."""

    FLIP = "flip"
    WAIT = "wait"
    BEGIN_ANEW = "begin anew"
    DROP = "drop"
    GO_ON = "go on"


@dataclass(frozen=True, slots=True)
class Provable:
    """The least effect that so many days of posts can prove; ``effect`` is ``None`` when they are too few to look."""

    days: int
    posts: int
    effect: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A challenger against the champion: mean gain of reward a post, and its interval at this look.

    ``gain``, ``low`` and ``high`` are ``None`` before the first look. ``posts_needed`` are posts in all, if the gain
    seen so far were the true one; ``None`` when that is not known, or when the test ends before.
    """

    verdict: Verdict
    posts: int
    gain: float | None
    low: float | None
    high: float | None
    deviation: float | None
    posts_needed: int | None
    provable: tuple[Provable, ...]


def compare(gains: Vector, rules: SequenceRules, posts_a_day: float) -> Comparison:
    """Judge a challenger by its gain over the champion, post by post, oldest first."""
    if len(gains) < rules.first_look or np.ptp(gains) == 0:
        # Equal gains, most often all nought, have no spread to judge by.
        return Comparison(Verdict.CANNOT_TELL, len(gains), None, None, None, None, None, ())
    lows, highs = running_bounds(gains, rules)
    low, high = float(lows[-1]), float(highs[-1])
    gain, deviation = float(gains.mean()), float(gains.std(ddof=1))
    verdict = Verdict.BETTER if low > 0 else Verdict.WORSE if high < 0 else Verdict.CANNOT_TELL
    needed = posts_needed(gain, deviation, rules) if verdict is Verdict.CANNOT_TELL else None
    can = provable_effects(posts_a_day, deviation, rules)
    return Comparison(verdict, len(gains), gain, low, high, deviation, needed, can)


def next_step(
    compared: Comparison, *, posts_max: int, since_flip: timedelta | None, least: timedelta, lived: bool = True
) -> NextStep:
    """Return what follows: a proof changes the champion, unless the last change is too recent.

    ``lived``: the challenger had its share of what was compared. Without one a few posts have great weights, the
    sequence does not hold, and nothing is promoted.
    A challenger that is shown worse is dropped. A test that has shown nothing ends after ``posts_max`` posts, and
    another begins.
    """
    if compared.verdict is Verdict.BETTER and lived:
        return NextStep.WAIT if since_flip is not None and since_flip < least else NextStep.FLIP
    if compared.posts >= posts_max:
        return NextStep.BEGIN_ANEW
    return NextStep.DROP if compared.verdict is Verdict.WORSE else NextStep.GO_ON


def provable_effects(posts_a_day: float, deviation: float, rules: SequenceRules) -> tuple[Provable, ...]:
    """Return what an account of this pace can prove within each of :data:`HORIZONS`."""
    counts = [(days, int(days * posts_a_day)) for days in HORIZONS]
    return tuple(Provable(days, posts, least_provable_effect(posts, deviation, rules)) for days, posts in counts)


def explain(compared: Comparison, rules: SequenceRules) -> str:
    """Return the comparison as sentences for a person."""
    if compared.gain is None or compared.low is None or compared.high is None:
        return (
            f"{compared.posts} posts could be compared; nothing is said before {rules.first_look} that tell them apart."
        )
    interval = f"{100 * (1 - rules.alpha):g} % sequence {compared.low:+.4f} to {compared.high:+.4f}"
    seen = f"It gains {compared.gain:+.4f} of reward a post over {compared.posts} posts ({interval})."
    if compared.verdict is not Verdict.CANNOT_TELL:
        return f"Shown to be {compared.verdict.value}. {seen}"
    return f"Cannot tell yet. {seen} {_needs(compared, rules)} {provable_in_words(compared.provable)}".strip()


def provable_in_words(provable: Sequence[Provable]) -> str:
    """Say what an account can prove at its pace; empty when that is not known."""
    parts = [f"{p.effect:.4f} in {p.days} days" for p in provable if p.effect is not None]
    if parts:
        return f"At this pace the least gain that can be proven ({100 * POWER:g} % of the time) is {', '.join(parts)}."
    return f"At this pace {HORIZONS[-1]} days are too few for a proof." if provable else ""


def _needs(compared: Comparison, rules: SequenceRules) -> str:
    if compared.posts_needed is None:
        return f"If that is the true gain, the {rules.posts_max} posts of a test are too few to show it."
    return f"If that is the true gain, about {max(0, compared.posts_needed - compared.posts)} more posts would show it."
