"""Runs the real pool with a real Chromium in this process, for what a host's HTTP cannot show."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from playwright.async_api import Page

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.keeper import ChromiumKeeper
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.host.contexts import WarmContext
from xbot_assets.browser.host.lease import Lease
from xbot_assets.browser.host.pool import BrowserPool, ContextRules
from xbot_assets.browser.host.slots import Slot, SlotTable
from xbot_assets.browser.session.source import SandboxSession
from xbot_assets.browser.wire import OperationCall
from xbot_assets.domain.lanes import Lane
from xbot_assets.machine_memory import free_mb
from xbot_assets.settings import load_settings
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import CheckSession

PAGE_SECONDS = 120.0
Measured = TypeVar("Measured")


@contextlib.asynccontextmanager
async def running_pool(
    url: str, home: Path, *, slots: int = 1, fourth_floor_mb: float | None = None, free: Callable[[], float] = free_mb
) -> AsyncIterator[BrowserPool]:
    """Run a pool against the site at ``url`` until the test is done."""
    launcher = Launcher(find_browser(load_settings({}, use_parts=False)), None, home, weaker=True)
    chromium = ChromiumKeeper(launcher, start_attempts=3)
    table = SlotTable(slots, fourth_floor_mb, free)
    pool = BrowserPool(chromium, SandboxSession(url, "t", "owner"), table, ContextRules(url, max_mb=100))
    keeping = asyncio.create_task(pool.keep())
    try:
        await soon(lambda: chromium.trouble is None and all(slot.context for slot in table.open()), "contexts are warm")
        yield pool
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def soon(met: Callable[[], object], what: str) -> None:
    """Poll until ``met`` or fail."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not met():  # noqa: ASYNC110 - what is waited for happens in other processes
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE:g} s: {what}") from None


async def patiently(measure: Callable[[], Awaitable[Measured]]) -> Measured:
    """Return what a measurement says once Chromium answers it: on a crowded machine it may miss its own deadline."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(TimeoutError):
                return await measure()


def a_lease(lane: Lane = Lane.HIGH) -> Lease:
    """Return a lease of the running task."""
    task = asyncio.current_task()
    assert task is not None
    return Lease.of(OperationCall(operation=CheckSession(), lane=lane, deadline_seconds=PAGE_SECONDS), task)


@contextlib.asynccontextmanager
async def an_operation(pool: BrowserPool, lane: Lane = Lane.HIGH) -> AsyncIterator[tuple[Slot, Page]]:
    """Hold a slot with an open page, as an operation does."""
    async with pool.taken(a_lease(lane)) as slot, pool.page(slot, PAGE_SECONDS) as page:
        yield slot, page


def context_of(slot: Slot) -> WarmContext:
    """Return the context of a slot that has one."""
    assert slot.context is not None
    return slot.context


def contexts_in_chromium(pool: BrowserPool) -> int:
    """Return how many contexts Chromium has."""
    return len(pool.chromium.engine.browser.contexts)
