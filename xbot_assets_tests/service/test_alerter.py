"""The service's own loops: alerts go out, and the address outside is asked while all is well and no longer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.clock import system_now
from xbot_assets.service.alerter import Alerter
from xbot_assets.service.health.components import Verdict
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.sink import Sink, running_sink

SOON = 0.1
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Parts:
    """Components whose verdict a test decides."""

    state = "ok"
    checks = 0

    async def check(self) -> list[Verdict]:
        """Return one verdict."""
        self.checks += 1
        said = {"name": "Dagster daemons", "state": self.state, "required": True, "detail": "", "took_ms": 1}
        return [Verdict.model_validate(said | {"checked_at": NOW})]


async def reached(what: Callable[[], bool], words: str) -> None:
    """Wait until something is so."""
    await asyncio.to_thread(until, what, words)


async def checked(parts: Parts, times: int) -> None:
    """Wait until the components were checked so many times more."""
    wanted = parts.checks + times
    await reached(lambda: parts.checks >= wanted, "the components are checked")


@asynccontextmanager
async def running(settings: Settings, parts: Parts) -> AsyncIterator[None]:
    """Run the alerter until the block ends."""
    connections = Connections(lambda: settings)
    task = asyncio.create_task(Alerter(connections, parts.check).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(connections.close)


def watched(settings: Settings, sink: Sink) -> Settings:
    """Return settings with a channel, and an address to ask so often that a test need not wait."""
    addresses = {
        "alert_urls": SecretStr(sink.channel()),
        "deadman_url": SecretStr(f"http://127.0.0.1:{sink.port}/ping"),
        "deadman_seconds": SOON,
    }
    return settings.model_copy(update=addresses)


def test_alerts_go_out_and_the_ping_comes_only_while_all_is_well(database: Database, settings_for: SettingsFor) -> None:
    """A part that fails ends the pings, and they begin again with it."""
    alert(database, PUBLISHING_HOLD, now=system_now(), code="locked", reason="Locked.", remedy="Unlock it.")
    parts = Parts()

    async def story(sink: Sink) -> None:
        def pings() -> int:
            return sink.asked.count("/ping")

        async with running(watched(settings_for(), sink), parts):
            await reached(lambda: sink.titles == [f"Critical: {PUBLISHING_HOLD.title}"], "the alert is told")
            await reached(lambda: pings() > 1, "it is said that all is well")
            parts.state = "failed"
            await checked(parts, 2)  # the ping of the check before may still be under way
            before = pings()
            await checked(parts, 5)
            assert pings() == before
            parts.state = "ok"
            await reached(lambda: pings() > before, "it is said again")

    with running_sink() as sink:
        asyncio.run(story(sink))


def test_a_database_that_is_away_ends_the_pings_and_not_the_alerter(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is wrong is in the log, without a password."""
    settings = Settings(home=tmp_path, database_url=SecretStr("postgresql://me:hunter2@127.0.0.1:1/db"))

    async def story(sink: Sink) -> None:
        async with running(watched(settings, sink), Parts()):
            await reached(lambda: "The database does not answer" in caplog.text, "the trouble is in the log")
        assert sink.asked == []

    with running_sink() as sink:
        asyncio.run(story(sink))
    assert "hunter2" not in caplog.text
