"""How much a challenger gains over the champion, post by post, and which posts cannot say.

Left out, and counted by why: posts of the pool and the templates (nobody chose their arm), posts of the owner's, posts
that were taken down, posts whose choice was recorded without its chances, posts with an arm that the persona no longer
has, and posts planned before both sides had a version. Imported posts have no outcome, so they do not come here at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from xbot_assets.domain.learning.bandit import (
    Arm,
    Posterior,
    Rule,
    Vector,
    expected_rewards,
    version_chances,
)
from xbot_assets.domain.learning.comparison import Comparison, compare, explain
from xbot_assets.domain.learning.features import with_hour
from xbot_assets.domain.learning.off_policy import ChoiceLog, doubly_robust, doubly_robust_scores, ips, snips
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.learning.comparisons import ComparedPost, VersionAt, bandit_versions_at, compared_posts

DAY = timedelta(days=1)
FALLBACKS = frozenset({"pool", "template"})
OTHER_PERSONA = "arms of another persona"
ESTIMATES_MIN = 2
"""Posts that an estimate with an interval needs."""


@dataclass(frozen=True, slots=True)
class Gains:
    """The gain of each post, oldest first, the posts left out by why, and estimates of both sides' rewards."""

    values: Vector
    left_out: dict[str, int]
    estimates: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A comparison with the words for it and everything that it rests on."""

    compared: Comparison
    explanation: str
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _RuleChances:
    """What a rule would have done at one post: its chances of the arms, and what it expected of them."""

    arms: tuple[Arm, ...]
    chances: Vector
    expected: Vector


_Row = tuple[ComparedPost, _RuleChances, _RuleChances]
VersionsAt = Mapping[datetime, VersionAt]
"""The newest version of one rule at the times at which posts were planned; none before its first."""
Known = dict[int, tuple[Posterior, Vector, Vector]]
"""By a version's id: what it knows, its chances of the arms, and what it expects of them."""


def weigh(gains: Gains, rules: SequenceRules, elapsed: timedelta) -> Evidence:
    """Judge gains that came in within ``elapsed``."""
    compared = compare(gains.values, rules, len(gains.values) / max(1.0, elapsed / DAY))
    numbers = {
        "comparison": asdict(compared),
        "left_out": gains.left_out,
        "estimates": gains.estimates,
        "alpha": rules.alpha,
        "first_look": rules.first_look,
    }
    return Evidence(compared, explain(compared, rules), numbers)


def predictor_gains(posts: Iterable[ComparedPost], champion: Predictor, challenger: Predictor, zone: ZoneInfo) -> Gains:
    """Return by how much nearer the challenger's prediction of each post is than the champion's."""
    usable, left_out = _usable(posts, needs_chances=False)
    errors = np.array([[_error(side, post, zone) for side in (champion, challenger)] for post in usable]).reshape(-1, 2)
    means = dict(
        zip(("champion_error", "challenger_error"), errors.mean(axis=0).tolist() if usable else (), strict=False)
    )
    return Gains(errors[:, 0] - errors[:, 1], left_out, means)


def bandit_gains(db: Statements, since: datetime, champion: Rule, challenger: Rule, *, lived: bool = True) -> Gains:
    """Return the doubly robust gain of one rule over another at each post, each as it was when the post was planned.

    It is what the rule would have chosen having learned from the same posts. ``lived``: only posts count that both
    sides chose, for what the champion chose alone may have any weight.
    """
    posts = compared_posts(db, since)
    alone = sum(_chosen_alone(post) for post in posts) if lived else 0
    posts = [post for post in posts if not (lived and _chosen_alone(post))]
    times = sorted({post.planned_at for post in posts if _why_left_out(post, needs_chances=True) is None})
    sides = [bandit_versions_at(db, rule, times) for rule in (champion, challenger)]
    gains = gains_of_rules(posts, sides[0], sides[1], {})
    return replace(gains, left_out=gains.left_out | ({"chosen by the champion alone": alone} if alone else {}))


def gains_of_rules(posts: Iterable[ComparedPost], champion: VersionsAt, challenger: VersionsAt, known: Known) -> Gains:
    """Return the doubly robust gain at each post, from each side's version at the times of planning.

    ``known`` keeps what versions would do, for who asks again.
    """
    usable, left_out = _usable(posts, needs_chances=True)
    rows: list[_Row] = []
    for post in usable:
        old, new = (_at(post, side.get(post.planned_at), known) for side in (champion, challenger))
        if isinstance(old, str) or isinstance(new, str):
            left_out[old if isinstance(old, str) else str(new)] += 1
        else:
            rows.append((post, old, new))
    return _bandit_gains(_of_one_persona(rows, left_out), left_out)


def _of_one_persona(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Keep the posts that both rules chose from the newest persona's arms."""
    kept = [row for row in rows if row[1].arms == row[2].arms == rows[-1][1].arms]
    left_out.update({OTHER_PERSONA: len(rows) - len(kept)} if len(kept) < len(rows) else {})
    return kept


def _bandit_gains(rows: Sequence[_Row], left_out: Counter[str]) -> Gains:
    if not rows:
        return Gains(np.zeros(0), dict(left_out), {})
    log = ChoiceLog(
        np.array([old.arms.index(Arm(post.topic, post.format)) for post, old, _ in rows]),
        np.array([post.reward for post, *_ in rows]),
        np.array([post.propensity for post, *_ in rows]),
    )
    expected = np.array([old.expected for _, old, _ in rows])
    sides = {
        "champion": np.array([old.chances for _, old, _ in rows]),
        "challenger": np.array([new.chances for *_, new in rows]),
    }
    estimates = {side: _estimates(log, chances, expected) for side, chances in sides.items()}
    old, new = (doubly_robust_scores(log, chances, expected) for chances in sides.values())
    return Gains(new - old, dict(left_out), estimates if len(rows) >= ESTIMATES_MIN else {})


def _estimates(log: ChoiceLog, chances: Vector, expected: Vector) -> dict[str, Any]:
    if len(log) < ESTIMATES_MIN:
        return {}
    return {
        "ips": asdict(ips(log, chances)),
        "snips": asdict(snips(log, chances)),
        "doubly_robust": asdict(doubly_robust(log, chances, expected)),
    }


def _usable(posts: Iterable[ComparedPost], *, needs_chances: bool) -> tuple[list[ComparedPost], Counter[str]]:
    usable, left_out = list[ComparedPost](), Counter[str]()
    for post in posts:
        why = _why_left_out(post, needs_chances=needs_chances)
        if why:
            left_out[why] += 1
        else:
            usable.append(post)
    return usable, left_out


def _chosen_alone(post: ComparedPost) -> bool:
    return post.tested_version_id is None and _why_left_out(post, needs_chances=True) is None


def _why_left_out(post: ComparedPost, *, needs_chances: bool) -> str | None:
    if post.source in FALLBACKS:
        return "from the pool or a template"
    if post.source != "llm" or not post.features:
        return "written by the owner"
    if post.removed:
        return "taken down"
    if needs_chances and (post.propensity is None or post.arm_chances is None):
        return "chances not recorded"
    return None


def _at(post: ComparedPost, version: VersionAt | None, known: Known) -> _RuleChances | str:
    """Return what a rule would have done at a post, or why that cannot be said."""
    if version is None:
        return "before both had a version"
    if version.id not in known:
        posterior = Posterior.model_validate(version.parameters)
        known[version.id] = (posterior, version_chances(posterior, version.id), expected_rewards(posterior))
    posterior, chances, expected = known[version.id]
    recorded = post.arm_chances or {}
    logged = np.array([recorded.get(arm.topic, {}).get(arm.format, 0.0) for arm in posterior.arms])
    if Arm(post.topic, post.format) not in posterior.arms or not np.isclose(logged.sum(), 1):
        return OTHER_PERSONA
    if post.bandit_version_id == version.id and post.tested_version_id is None:
        return _RuleChances(posterior.arms, logged / logged.sum(), expected)
    open_ones = np.where(logged > 0, chances, 0.0)
    return _RuleChances(posterior.arms, open_ones / open_ones.sum(), expected)


def _error(predictor: Predictor, post: ComparedPost, zone: ZoneInfo) -> float:
    seen: Mapping[str, float] = with_hour(post.features, post.published_at, zone)
    return abs(post.reward - predictor.predict(seen, post.topic, post.format))
