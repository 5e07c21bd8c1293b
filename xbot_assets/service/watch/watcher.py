"""Looks once a minute at what nobody else tells of, from a process that outlives Dagster, browser and stores."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from xbot_assets.domain.alerts.operations import BROWSER_DEGRADED
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.service.health.components import Verdict, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.watch.dagster_seen import ask_seen
from xbot_assets.service.watch.freshness import watch_freshness
from xbot_assets.service.watch.looks import watch_looks
from xbot_assets.service.watch.parts import PartsWatch
from xbot_assets.steps.operations.memory import watch_memory
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.watching.due_work import DueWork, Watched
from xbot_assets.store.alerts import resolve_alert

LOOK_SECONDS = 60.0
DAGSTER_SECONDS = 10.0
"""Nobody waits for this answer, and the UI may be busy."""
BROWSER = "Browser host"
TOLD_OTHERWISE = ("Language model", "Schema")
"""Calls that fail raise an alert that says more; a schema cannot be seen while the database is away, which is told."""
_log = logging.getLogger(__name__)


class Watcher:
    """The loop. ``check`` returns the components' verdicts."""

    def __init__(self, connections: Connections, check: Callable[[], Awaitable[list[Verdict]]]) -> None:
        self._connections = connections
        self._check = check
        self._parts = PartsWatch(TOLD_OTHERWISE)
        self._due = DueWork()
        self._told: dict[str, str] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)  # first, as a stack that starts is not well yet
            verdicts = await self._check()
            await asyncio.to_thread(self.look, verdicts, monotonic())

    def look(self, verdicts: list[Verdict], real: float) -> None:
        """Look once; ``real`` are seconds of a clock that only goes forward. What cannot be seen is in the log."""
        self._parts.note(verdicts, real)
        ready = is_ready(verdicts)
        self._try("parts", lambda: self._look_at_parts(verdicts, real))
        self._try("memory", self._look_at_memory)
        if not ready:
            self._due.forget()
        elif self._dagster() is not None:
            self._try("looks and assets", self._look_at_dagster)
            self._try("work", lambda: self._due.look(self._watched(), real))

    def _look_at_parts(self, verdicts: list[Verdict], real: float) -> None:
        connections = self._connections
        database, now = connections.database(), connections.clock().now()
        self._parts.tell(database, now, real, after=connections.settings().part_down_seconds)
        if any(verdict.name == BROWSER and verdict.state == "ok" for verdict in verdicts):
            resolve_alert(database, BROWSER_DEGRADED, now)  # what was told at the start

    def _look_at_memory(self) -> None:
        connections = self._connections
        watch_memory(connections.database(), connections.settings(), connections.clock().now())

    def _look_at_dagster(self) -> None:
        connections = self._connections
        seen = ask_seen(*self._door(), DAGSTER_SECONDS)
        database, now, real_now = connections.database(), connections.clock().now(), system_now()
        watch_looks(database, seen.looking, now, real_now)
        watch_freshness(database, seen.stale, now, real_now)

    def _door(self) -> tuple[str, str | None]:
        token = self._connections.settings().service_token
        return self._dagster() or "", token.get_secret_value() if token else None

    def _dagster(self) -> str | None:
        """Return the address of Dagster's web server; ``None`` when only the parts were started, and nothing is due."""
        try:
            return self._connections.settings().web_url
        except ProductError:
            return None

    def _watched(self) -> Watched:
        connections = self._connections
        settings, database, clock = connections.settings(), connections.database(), connections.clock()
        return Watched(settings, database, clock, Account(settings, database, clock))

    def _try(self, what: str, look: Callable[[], None]) -> None:
        """Look; write to the log, once, why that was not possible: the next look is a minute away."""
        trouble = ""
        try:
            look()
        except ProductError as failure:
            trouble = failure.reason
        except Exception as error:  # noqa: BLE001 - one watch that is broken does not end the others
            trouble = f"unexpected {type(error).__name__}"
            _log.debug("The watch of %s.", what, exc_info=True)
        if trouble and trouble != self._told.get(what):
            _log.warning("The %s could not be watched: %s", what, trouble)
        self._told[what] = trouble
