"""Work that is due and not done: posting or planning that fell silent, and runs that were missed.

Schedules and sensors ask whether work is due, and start it. Here the same is asked by somebody else, outside Dagster:
work that stays due although nothing makes it wait was not started, or comes to nothing. Real time throughout.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xbot_assets.domain.alerts.operations import RUN_MISSED, WORK_SILENT
from xbot_assets.domain.clock import Clock
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.retention import clock_rate
from xbot_assets.steps.operations.rhythms import RHYTHMS, Asked, Rhythm
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.product import Opened
from xbot_assets.steps.watching.schedule_waits import WAITS
from xbot_assets.store.alerts import alert, resolve_every
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.admission import judge_due

PUBLISH = "publish_when_due"
CRITICAL = {PUBLISH: "Posting", "plan_when_due": "Planning"}
"""What a person is told of as silent; the other work is told as missed."""
MISSED_AFTER = 0.5
"""Of the present interval: every two hours is missed at three."""
MISSED_LEAST_SECONDS = 600.0
"""A run that starts, waits for its lane and works takes minutes on a busy machine."""
SECONDS_PER_MINUTE = 60.0
_RATHER_NEVER = "never done"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the questions are asked of."""

    settings: Settings
    database: Database
    clock: Clock
    account: Account


@dataclass(frozen=True, slots=True)
class _Due:
    """Work that is due: what will have changed when it is done, and for how many real seconds it may be due."""

    state: object
    allowed: float


class DueWork:
    """Remembers since when each work is due without anything having come of it."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[object, float]] = {}

    def forget(self) -> None:
        """Begin anew: a part is not well, and that is told already."""
        self._since.clear()

    def look(self, opened: Opened, real: float) -> None:
        """Ask once; ``real`` are seconds of a clock that only goes forward. Raises as the database does."""
        due = dict(_due_now(opened))
        self._since = {name: (one.state, self._due_since(name, one.state, real)) for name, one in due.items()}
        waited = {name: real - since for name, (_, since) in self._since.items()}
        self._tell(opened, {name: waited[name] for name, one in due.items() if waited[name] >= one.allowed})

    def _due_since(self, name: str, state: object, real: float) -> float:
        """Return since when work has been due in one and the same state."""
        known = self._since.get(name)
        return known[1] if known is not None and known[0] == state else real

    def _tell(self, opened: Opened, late: Mapping[str, float]) -> None:
        database, now = opened.database, opened.clock.now()
        for name, seconds in late.items():
            minutes = seconds / SECONDS_PER_MINUTE
            if name in CRITICAL:
                alert(database, WORK_SILENT, now=now, counted=False, name=name, work=CRITICAL[name], minutes=minutes)
            else:
                alert(database, RUN_MISSED, now=now, counted=False, name=name, minutes=minutes)
        resolve_every(database, WORK_SILENT, now, [WORK_SILENT.key_of(name=name) for name in late])
        resolve_every(database, RUN_MISSED, now, [RUN_MISSED.key_of(name=name) for name in late])


def _post_that_may_go(opened: Opened) -> object:
    """Return the post that could go now, or ``None``: another one is another state."""
    judged = judge_due(opened.database, opened.account.admission)
    return next((post_id for post_id, refusal in judged if refusal is None), None)


def _due_now(opened: Opened) -> Iterator[tuple[str, _Due]]:
    """Yield the work that is due by the name of what starts it; what has to wait is not asked for its rhythm."""
    post = _post_that_may_go(opened)
    if post is not None:
        yield PUBLISH, _Due(post, _silence_allowed(opened))
    asked, rate = Asked(opened.account, opened.clock.now()), clock_rate(opened.database)
    for name, wait in WAITS.items():
        if wait(opened) is None:
            rhythm = RHYTHMS[name](asked)
            allowed = _silence_allowed(opened) if name in CRITICAL else _lateness_allowed(rhythm, rate)
            yield name, _Due(rhythm.next_at or _RATHER_NEVER, allowed)


def _silence_allowed(opened: Opened) -> float:
    return opened.settings.critical_silence_minutes * SECONDS_PER_MINUTE


def _lateness_allowed(rhythm: Rhythm, rate: float) -> float:
    interval = rhythm.every.total_seconds() if rhythm.every else 0.0
    return max(MISSED_LEAST_SECONDS, MISSED_AFTER * interval / (1.0 if rhythm.real else rate))
