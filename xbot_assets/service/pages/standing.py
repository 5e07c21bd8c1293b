"""What the account may do now, as the page says it: what comes next and why it waits, pace, breaker and lanes."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.pace.pacing import HOUR, PaceKind
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.steps.own_account import Account
from xbot_assets.store.operations.browser_operations import BrowserOperation, newest_queue_samples, operations_under_way
from xbot_assets.store.publishing.admission import why_not
from xbot_assets.store.publishing.breaker import breaker_state
from xbot_assets.store.publishing.calendar import CalendarPost, upcoming_posts
from xbot_assets.store.publishing.pace import pace_facts

UPCOMING_SHOWN = 4
UNDER_WAY_SINCE = timedelta(minutes=30)
"""No operation may take so long: what was sent before and has no end was left by a process that died."""
UNDER_WAY_SHOWN = 12
SAMPLES_SINCE = timedelta(minutes=5)
"""An older sample of who waits says nothing about now."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class UpcomingLine(_Part):
    """A post that waits in the queue. ``wait`` says, of the next one only, why it does not go at once."""

    id: int
    text: str
    due_at: AwareDatetime
    thread: str | None
    wait: str | None = None


class PaceLine(_Part):
    """How fast one kind may go, and how much of it went: in the last 60 minutes, and on the owner's day."""

    kind: str
    rate_per_hour: float
    last_hour: int
    hour_max: int
    today: int
    day_max: int
    paused_until: AwareDatetime | None
    pause_reason: str


class BreakerLine(_Part):
    """The breaker; ``try_at`` is real time, and absent while it is closed."""

    state: str
    reason: str
    failures: int
    try_at: AwareDatetime | None


class LaneLine(_Part):
    """One lane of the browser now, in real time; ``waiting`` is absent when nobody counted lately."""

    lane: str
    under_way: str | None
    under_way_seconds: float | None
    waiting: int | None
    oldest_seconds: float | None


class Standing(_Part):
    """All of it."""

    upcoming: list[UpcomingLine]
    paces: list[PaceLine]
    breaker: BreakerLine
    lanes: list[LaneLine]


def standing_of(account: Account, real_now: datetime) -> Standing:
    """Read it. Raises as the store does when the pace or the breaker are not in the database."""
    return Standing(
        upcoming=_upcoming(account),
        paces=[_pace(account, kind) for kind in PaceKind],
        breaker=_breaker(account),
        lanes=_lanes(account, real_now),
    )


def _upcoming(account: Account) -> list[UpcomingLine]:
    posts = upcoming_posts(account.database, UPCOMING_SHOWN)
    lines = [_line(post) for post in posts]
    if not posts:
        return []
    refusal = why_not(account.database, account.admission, posts[0].id)
    return [lines[0].model_copy(update={"wait": refusal.sentence if refusal else None}), *lines[1:]]


def _line(post: CalendarPost) -> UpcomingLine:
    return UpcomingLine(id=post.id, text=post.text, due_at=post.at, thread=thread_place(post.segment, post.segments))


def _pace(account: Account, kind: PaceKind) -> PaceLine:
    now, rules = account.clock.now(), account.pace
    facts, pacing = pace_facts(account.database, kind, now, rules), rules.pacing[kind]
    today = budget_day(now, rules.zone).starts
    paused = facts.state.paused_until
    return PaceLine(
        kind=kind.value,
        rate_per_hour=facts.state.rate,
        last_hour=sum(at > now - HOUR for at in facts.recent),
        hour_max=pacing.per_hour,
        today=sum(at >= today for at in (*facts.recent, *facts.continued)),
        day_max=pacing.per_day,
        paused_until=paused if paused and paused > now else None,
        pause_reason=facts.state.pause_reason,
    )


def _breaker(account: Account) -> BreakerLine:
    seen = breaker_state(account.database)
    try_at = None if seen.state == "closed" else seen.try_at
    return BreakerLine(state=seen.state, reason=seen.reason, failures=seen.failures, try_at=try_at)


def _lanes(account: Account, real_now: datetime) -> list[LaneLine]:
    samples = newest_queue_samples(account.database, real_now - SAMPLES_SINCE)
    sent = operations_under_way(account.database, real_now - UNDER_WAY_SINCE, UNDER_WAY_SHOWN)
    under_way = {operation.lane: operation for operation in reversed(sent)}
    lines = []
    for lane in Lane:
        sample = samples.get(lane.value)
        facts = (sample.waiting, sample.oldest_seconds) if sample else (None, None)
        lines.append(_lane(lane.value, under_way.get(lane.value), facts, real_now))
    return lines


def _lane(
    lane: str, operation: BrowserOperation | None, waits: tuple[int | None, float | None], real_now: datetime
) -> LaneLine:
    return LaneLine(
        lane=lane,
        under_way=operation.kind if operation else None,
        under_way_seconds=max(0.0, (real_now - operation.requested_at).total_seconds()) if operation else None,
        waiting=waits[0],
        oldest_seconds=waits[1],
    )
