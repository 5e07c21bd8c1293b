"""What an account has learned, as one value: for ``xbot learn report`` and whoever else shows it.

Raw totals are never called best: what is said of a kind of post has a number of posts, an interval that holds for all
that is said, and examples. Without enough posts it says what is missing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import fmean, stdev
from zoneinfo import ZoneInfo

from xbot_assets.domain.learning.bandit import Arm, Posterior, estimates, version_chances
from xbot_assets.domain.learning.comparison import Provable, provable_effects
from xbot_assets.domain.learning.features import TONE
from xbot_assets.domain.learning.insights import GROUP_MIN, Effect, Finding, as_ratio, effects
from xbot_assets.domain.learning.outcomes import MIDDLE, MIDDLE_RATE, level_of
from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.domain.pace.hours import HOURS_A_DAY, local_hour
from xbot_assets.domain.persona import Persona
from xbot_assets.steps.learning.learn_due import OUTCOME_LOST_AFTER
from xbot_assets.steps.learning.promotion import KINDS
from xbot_assets.steps.learning.report_missing import what_is_missing
from xbot_assets.steps.learning.report_values import (
    Decision,
    Example,
    HourCell,
    Insight,
    LearningReport,
    RareArm,
    RunningTest,
)
from xbot_assets.steps.learning.report_weeks import weeks
from xbot_assets.steps.own_account import Account
from xbot_assets.store.learning import comparisons
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.learning.models import ChampionEvent, ModelKind
from xbot_assets.store.learning.report import ReportedPost, reported_posts, waiting_outcomes

EXAMPLES = 2
BLOCK_HOURS = 3
"""Hours of a time of day: with fewer, no account has enough posts in each."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SATURDAY = 5
EVENTS = 400
DECISIONS = 12
TOLD = frozenset({"promoted", "rolled_back", "dropped"})
RARE = 0.25
"""An arm is hardly chosen any more below this share of an equal chance."""
DAY = timedelta(days=1)


def learning_report(account: Account) -> LearningReport:
    """Return what the newest outcomes say; at most as many as learning reads."""
    settings, now, db = account.settings, account.clock.now(), account.database
    posts = reported_posts(db, settings.learn_posts_max)
    young = now - timedelta(hours=settings.outcome_age_hours)
    waiting = waiting_outcomes(db, since=now - OUTCOME_LOST_AFTER, young_since=young)
    events = model_store.champion_events(db, EVENTS)
    pace = _posts_a_day(posts)
    return LearningReport(
        handle=account.handle,
        made_at=now,
        timezone=settings.timezone,
        outcome_age_hours=settings.outcome_age_hours,
        outcome_level=settings.outcome_level,
        posts=len(posts),
        first_at=posts[0].published_at if posts else None,
        last_at=posts[-1].published_at if posts else None,
        posts_a_day=pace,
        usual_rate=_usual_rate(posts, settings.outcome_level_posts),
        group_min=GROUP_MIN,
        missing=what_is_missing(waiting, len(posts), settings.outcome_age_hours, settings.zone),
        insights=_insights(posts, account, settings.zone),
        hours=_hours(posts, settings.zone),
        rare_arms=_rare_arms(account, posts),
        weeks=weeks(db, settings.learn_posts_max),
        decisions=_decisions(events),
        tests=_tests(account, events, pace),
        groups_provable=_groups_provable(posts, pace, settings.comparison_rules),
    )


def _posts_a_day(posts: Sequence[ReportedPost]) -> float | None:
    if len(posts) <= 1:
        return None
    days = (posts[-1].published_at - posts[0].published_at) / DAY
    return len(posts) / max(1.0, days)


def _usual_rate(posts: Sequence[ReportedPost], level_posts: int) -> float | None:
    """Return the engagement per view of an ordinary post of now: the middle of the scale times the level's distance."""
    if not posts:
        return None
    return MIDDLE_RATE * as_ratio(level_of([post.score for post in posts[-level_posts:]]) - MIDDLE)


def _insights(posts: Sequence[ReportedPost], account: Account, zone: ZoneInfo) -> tuple[Insight, ...]:
    levels = [_levels(post, account.persona, zone) for post in posts]
    told = effects(levels, [post.reward for post in posts])
    return tuple(_insight(effect, posts, levels, account) for effect in told)


def _levels(post: ReportedPost, persona: Persona, zone: ZoneInfo) -> dict[str, str]:
    """Return what is known of a post. What the owner wrote has neither topic nor format."""
    start = local_hour(post.published_at, zone) // BLOCK_HOURS * BLOCK_HOURS
    weekend = post.published_at.astimezone(zone).weekday() >= SATURDAY
    levels = {"time": f"{start:02d}:00-{start + BLOCK_HOURS:02d}:00", "day": "weekend" if weekend else "working day"}
    if post.topic in persona.topic_names and post.format in persona.format_names:
        levels |= {"topic": post.topic, "format": post.format}
    tones = [name.removeprefix(TONE) for name in post.features if name.startswith(TONE)]
    return levels | ({"tone": tones[0]} if tones else {})


def _insight(
    effect: Effect, posts: Sequence[ReportedPost], levels: Sequence[Mapping[str, str]], account: Account
) -> Insight:
    members = [post for post, of in zip(posts, levels, strict=True) if of.get(effect.factor) == effect.level]
    # Examples of what works are its best posts, of what does not, its worst; else the newest.
    order = {Finding.BETTER: -1.0, Finding.WORSE: 1.0}.get(effect.finding)
    shown = sorted(members, key=lambda post: order * _over_usual(post)) if order else members[::-1]
    return Insight(
        effect.factor,
        effect.level,
        effect.finding,
        effect.posts,
        as_ratio(effect.gain),
        as_ratio(effect.low),
        as_ratio(effect.high),
        tuple(_example(one, account) for one in shown[:EXAMPLES]),
    )


def _example(post: ReportedPost, account: Account) -> Example:
    return Example(post.text, account.address(post.permalink), post.published_at, _over_usual(post))


def _over_usual(post: ReportedPost) -> float:
    return as_ratio(post.score - post.level)


def _hours(posts: Sequence[ReportedPost], zone: ZoneInfo) -> tuple[HourCell, ...]:
    cells = defaultdict[tuple[int, int], list[float]](list)
    for post in posts:
        weekday = post.published_at.astimezone(zone).weekday()
        cells[weekday, local_hour(post.published_at, zone)].append(post.score - post.level)
    return tuple(
        HourCell(name, hour, len(of), as_ratio(fmean(of)) if len(of) >= GROUP_MIN else None)
        for weekday, name in enumerate(WEEKDAYS)
        for hour in range(HOURS_A_DAY)
        for of in [cells.get((weekday, hour), [])]
    )


def _rare_arms(account: Account, posts: Sequence[ReportedPost]) -> tuple[RareArm, ...]:
    """Return the arms that were tried and that the champion hardly chooses any more, the least likely first."""
    version = model_store.champion(account.database, "bandit")
    if version is None:
        return ()
    posterior = Posterior.model_validate(version.parameters)
    tried = defaultdict[Arm, int](int)
    for post in posts:
        tried[Arm(post.topic, post.format)] += 1
    chosen = version_chances(posterior, version.id).tolist()
    chances = dict(zip(posterior.arms, chosen, strict=True))
    rare = [
        RareArm(one.arm.topic, one.arm.format, tried[one.arm], chances[one.arm], one.mean)
        for one in estimates(posterior)
        if tried[one.arm] >= GROUP_MIN and chances[one.arm] < RARE / len(chances)
    ]
    return tuple(sorted(rare, key=lambda one: one.chance))


def _decisions(events: Sequence[ChampionEvent]) -> tuple[Decision, ...]:
    told = [event for event in events if event.verdict in TOLD][:DECISIONS]
    return tuple(Decision(one.kind, one.version, one.promoted_at, one.verdict, one.reason) for one in told)


def _tests(account: Account, events: Sequence[ChampionEvent], pace: float | None) -> tuple[RunningTest, ...]:
    return tuple(test for kind in KINDS if (test := _test(account, kind, events, pace)) is not None)


def _test(account: Account, kind: ModelKind, events: Sequence[ChampionEvent], pace: float | None) -> RunningTest | None:
    champion = model_store.champion(account.database, kind)
    tested = comparisons.challenger(account.database, kind)
    if champion is None or tested is None or tested.id == champion.id:
        return None
    last = next((event for event in events if event.kind == kind), None)
    deviation = _deviation(last)
    rules = account.settings.comparison_of(kind)
    provable = provable_effects(pace, deviation, rules) if pace and deviation else ()
    words = last.reason if last else ""
    return RunningTest(kind, champion.version, tested.version, tested.since, tested.share, words, provable)


def _deviation(last: ChampionEvent | None) -> float | None:
    """Return how far a post's gain spreads: as seen, or as foreseen when the test began."""
    evidence = last.evidence if last else {}
    told = [(evidence.get(name) or {}).get("deviation") for name in ("foreseen", "comparison")]
    return next((float(one) for one in told if one), None)


def _groups_provable(posts: Sequence[ReportedPost], pace: float | None, rules: SequenceRules) -> tuple[Provable, ...]:
    if pace is None or len(posts) <= GROUP_MIN:
        return ()
    # Two groups of half of the posts each differ with twice the deviation of one post's reward.
    return provable_effects(pace, 2 * stdev(post.reward for post in posts), rules)
