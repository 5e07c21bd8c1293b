"""Sends the alerts and says that all is well, from a process that needs neither Dagster nor a browser.

It runs in the status service, which starts first and outlives the rest. What watches this process itself is outside:
the address in ``XBOT_DEADMAN_URL`` is asked once a period while everything works, and whoever waits there raises the
alarm when that stops, whether Dagster's daemons, the database, this service or the whole machine are gone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.service.health.components import Verdict, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.alert_delivery import deliver

LOOK_SECONDS = 5.0
"""How often the outbox is looked at: a critical alert reaches its channel within this, and the channel's own time."""
PING_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Alerter:
    """The two loops. ``check`` returns the components' verdicts."""

    def __init__(self, connections: Connections, check: Callable[[], Awaitable[list[Verdict]]]) -> None:
        self._connections = connections
        self._check = check
        self._delivered_at: datetime | None = None
        self._told = ""

    async def run(self) -> None:
        """Send and ping until cancelled."""
        await asyncio.gather(self._send_for_ever(), self._ping_for_ever())

    async def _send_for_ever(self) -> None:
        while True:
            await asyncio.to_thread(self._deliver)
            await asyncio.sleep(LOOK_SECONDS)

    def _deliver(self) -> None:
        try:
            connections = self._connections
            done = deliver(connections.database(), connections.clock(), connections.settings())
        except ProductError as failure:
            # The outbox is where it was; readiness and the ping tell of the database.
            self._tell(failure.reason)
            return
        self._delivered_at = system_now()
        self._tell(" ".join(done.troubles))

    def _tell(self, trouble: str) -> None:
        """Write a trouble to the log when it is a new one: this comes by every few seconds."""
        if trouble and trouble != self._told:
            _log.warning("Alerts: %s", trouble)
        self._told = trouble

    async def _ping_for_ever(self) -> None:
        while True:
            settings = await asyncio.to_thread(self._settings)
            if settings is not None and settings.deadman_url is not None and await self._is_well(settings):
                await _ping(settings.deadman_url.get_secret_value())
            await asyncio.sleep(settings.deadman_seconds if settings is not None else PING_SECONDS)

    def _settings(self) -> Settings | None:
        try:
            return self._connections.settings()
        except ProductError as failure:
            self._tell(failure.reason)
            return None

    async def _is_well(self, settings: Settings) -> bool:
        """Say whether everything needed is ready and alerts were looked through within the last period."""
        since = system_now() - timedelta(seconds=max(settings.deadman_seconds, 2 * LOOK_SECONDS))
        alive = self._delivered_at is not None and self._delivered_at >= since
        return alive and is_ready(await self._check())


async def _ping(url: str) -> None:
    """Ask the address once. A failure is told by what waits there, and here without the address: it is a secret."""
    try:
        async with httpx.AsyncClient(timeout=PING_SECONDS) as client:
            (await client.get(url)).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.warning("The address in XBOT_DEADMAN_URL did not answer well (%s).", type(error).__name__)
