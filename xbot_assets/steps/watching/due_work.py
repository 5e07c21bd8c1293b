"""Work that is due and not done: posting or planning that fell silent, and runs that were missed.

Schedules and sensors ask whether work is due, and start it. Here the same is asked by somebody else, outside Dagster:
work that stays due although nothing makes it wait was not started, or comes to nothing. Real time throughout.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xbot_assets.domain.alerts.operations import RUN_MISSED, WORK_SILENT
from xbot_assets.domain.clock import Clock
from xbot_assets.settings import Settings
from xbot_assets.steps.account.session_checks import session_wait
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.engagement.harvest_due import harvest_wait
from xbot_assets.steps.engagement.inbound import inbound_wait
from xbot_assets.steps.learning.training import learning_due
from xbot_assets.steps.metrics.readings import account_due, posts_due
from xbot_assets.steps.operations.memory import memory_wait
from xbot_assets.steps.operations.retention import clock_rate, purge_wait
from xbot_assets.steps.operations.rhythms import RHYTHMS, Asked
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.product import Opened
from xbot_assets.steps.publishing.posting_window import posting_window
from xbot_assets.steps.publishing.reconciliation import comparison_wait
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

Question = Callable[[Opened], bool]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the questions are asked of."""

    settings: Settings
    database: Database
    clock: Clock
    account: Account


def _outside_windows(question: Question) -> Question:
    return lambda opened: not posting_window(opened) and question(opened)


DUE: Mapping[str, Question] = {
    "plan_when_due": lambda opened: plan_wait(opened) is None,
    "check_session_when_due": _outside_windows(lambda opened: session_wait(opened) is None),
    "reconcile_when_due": _outside_windows(lambda opened: comparison_wait(opened) is None),
    "measure_when_due": _outside_windows(lambda opened: bool(posts_due(opened))),
    "measure_account_when_due": _outside_windows(account_due),
    "harvest_inbound_when_due": _outside_windows(
        lambda opened: inbound_wait(opened) is None and memory_wait(opened.settings) is None
    ),
    "harvest_opportunities_when_due": _outside_windows(
        lambda opened: harvest_wait(opened) is None and memory_wait(opened.settings) is None
    ),
    "learn_when_due": learning_due,
    "purge_when_due": lambda opened: purge_wait(opened) is None,
}
"""By schedule or sensor: whether its work is due. Backups and drills have alerts of their own."""


class DueWork:
    """Remembers since when each work is due without anything having come of it."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[object, float]] = {}

    def forget(self) -> None:
        """Begin anew: a part is not well, and that is told already."""
        self._since.clear()

    def look(self, opened: Opened, real: float) -> None:
        """Ask once; ``real`` are seconds of a clock that only goes forward. Raises as the database does."""
        waited = {PUBLISH: self._waited(PUBLISH, _post_that_may_go(opened), real)}
        waited |= {name: self._waited(name, _state_of(name, opened), real) for name in DUE}
        late = {name: seconds for name, seconds in waited.items() if seconds >= _allowed(name, opened)}
        self._tell(opened, late)

    def _waited(self, name: str, state: object, real: float) -> float:
        """Return for how many seconds work has been due in one and the same state; ``None`` is not due."""
        if state is None:
            self._since.pop(name, None)
            return 0.0
        known = self._since.get(name)
        if known is None or known[0] != state:
            known = self._since[name] = (state, real)
        return real - known[1]

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


def _state_of(name: str, opened: Opened) -> object:
    """Return what will have changed when the work is done, or ``None`` when it is not due."""
    if not DUE[name](opened):
        return None
    return RHYTHMS[name](Asked(opened.database, opened.settings, opened.clock.now())).next_at or _RATHER_NEVER


def _allowed(name: str, opened: Opened) -> float:
    """Return for how many real seconds work may be due."""
    settings, database = opened.settings, opened.database
    if name in CRITICAL:
        return settings.critical_silence_minutes * SECONDS_PER_MINUTE
    rhythm = RHYTHMS[name](Asked(database, settings, opened.clock.now()))
    interval = rhythm.every.total_seconds() if rhythm.every else 0.0
    return max(MISSED_LEAST_SECONDS, MISSED_AFTER * interval / (1.0 if rhythm.real else clock_rate(database)))
