"""What a page costs through our pool, through bare Playwright and through Crawlee's BrowserPool, side by side.

    python -m venv .bench
    .bench/bin/pip install -r requirements.lock
    .bench/bin/pip install "crawlee[playwright]==1.11.0"
    .bench/bin/python -m benchmarks.pool_overhead [--pages 200]

Crawlee is installed for this alone and is in no lock; without it that side is left out, and the report says so.
Every side has its own Chromium of the same binary, warmed up, and loads the same 12 KB page with a style sheet, a
script and five images. They take turns (ABCABC...), so that a busy machine is busy for all. A turn is a burst of
cycles: get a page, load, give it back. Bursts of 1 show what one operation waits for; bursts of 10 show what a
saturated slot does, with the work that our pool does in the background (closing the page, opening the next) charged
to it: a turn ends when that is done, and pages per second are taken over whole turns.
"""

import argparse
import asyncio
import contextlib
import importlib
import importlib.util
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page, async_playwright

from benchmarks.browser.rig import browser_path, local_site, machine, our_pool, report, spread
from xbot_assets.browser.chromium.launcher import FLAGS
from xbot_assets.browser.host.lease import Lease
from xbot_assets.browser.host.pool import BrowserPool
from xbot_assets.browser.wire import OperationCall
from xbot_assets.domain.lanes import Lane
from xbot_assets.x.operations import CheckSession

BURSTS = (1, 10)
WARM_UP = 5
ARGUMENTS = [*FLAGS, "--no-sandbox"]
_CALL = OperationCall(operation=CheckSession(), lane=Lane.HIGH, deadline_seconds=60)
Hold = Callable[[], contextlib.AbstractAsyncContextManager[Page]]


async def _at_once() -> None:
    """Do nothing: this side does nothing in the background."""


@dataclass(slots=True)
class Side:
    """One way to get a page, and the times it took in milliseconds."""

    name: str
    hold: Hold
    at_rest: Callable[[], Awaitable[None]] = _at_once
    acquire: list[float] = field(default_factory=list)
    cycle: list[float] = field(default_factory=list)
    busy_seconds: float = 0.0

    async def turn(self, url: str, burst: int) -> None:
        """Run one burst."""
        began = time.perf_counter()
        for _ in range(burst):
            start = time.perf_counter()
            async with self.hold() as page:
                self.acquire.append((time.perf_counter() - start) * 1000)
                await page.goto(url)
            self.cycle.append((time.perf_counter() - start) * 1000)
        await self.at_rest()
        self.busy_seconds += time.perf_counter() - began

    def forget(self) -> None:
        """Drop the times of the warm-up."""
        self.acquire, self.cycle, self.busy_seconds = [], [], 0.0

    def figures(self) -> dict[str, object]:
        """Return this side's part of the report."""
        rate = round(len(self.cycle) / self.busy_seconds, 2)
        return {"acquire_ms": spread(self.acquire), "cycle_ms": spread(self.cycle), "pages_per_second": rate}


@contextlib.asynccontextmanager
async def bare() -> AsyncIterator[Side]:
    """One warm context; a page is opened and closed by hand."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        context = await browser.new_context()

        @contextlib.asynccontextmanager
        async def hold() -> AsyncIterator[Page]:
            page = await context.new_page()
            yield page
            await page.close()

        yield Side("bare_playwright", hold)
        await browser.close()


@contextlib.asynccontextmanager
async def ours(url: str) -> AsyncIterator[Side]:
    """The host's own pool with one slot."""
    with tempfile.TemporaryDirectory() as home:
        pool = our_pool(url, Path(home), slots=1)
        keeping = asyncio.create_task(pool.keep())
        try:
            while pool.table.slots[0].context is None:  # noqa: ASYNC110 - it starts in another process
                await asyncio.sleep(0.05)
            yield Side("xbot_pool", lambda: _our_page(pool), lambda: _at_rest(pool))
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


@contextlib.asynccontextmanager
async def _our_page(pool: BrowserPool) -> AsyncIterator[Page]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("runs in a task")
    async with pool.taken(Lease.of(_CALL, task)) as slot, pool.page(slot, _CALL.deadline_seconds) as page:
        yield page


async def _at_rest(pool: BrowserPool) -> None:
    context = pool.table.slots[0].context
    while context is not None and not context.at_rest:  # noqa: ASYNC110 - a millisecond is what it may be off by
        await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def crawlee() -> AsyncIterator[Side]:
    """Crawlee's pool with its defaults: one browser, pages in one shared context, retired after 100 pages."""
    crawlee_browsers = importlib.import_module("crawlee.browsers")  # installed for this benchmark only

    options = {"executable_path": browser_path(), "args": ARGUMENTS, "headless": True}
    plugin = crawlee_browsers.PlaywrightBrowserPlugin(browser_launch_options=options)
    async with crawlee_browsers.BrowserPool([plugin]) as pool:

        @contextlib.asynccontextmanager
        async def hold() -> AsyncIterator[Page]:
            held = await pool.new_page()
            yield held.page
            await held.page.close()

        yield Side("crawlee_browser_pool", hold)


async def _measured(url: str, pages: int) -> dict[str, object]:
    async with contextlib.AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(bare()), await stack.enter_async_context(ours(url))]
        if importlib.util.find_spec("crawlee"):
            sides.append(await stack.enter_async_context(crawlee()))
        return {f"bursts_of_{burst}": await _compared(sides, url, pages, burst) for burst in BURSTS}


async def _compared(sides: list[Side], url: str, pages: int, burst: int) -> dict[str, object]:
    for side in sides:
        await side.turn(url, WARM_UP)
        side.forget()
    for _ in range(pages // burst):
        for side in sides:
            await side.turn(url, burst)
    baseline, *others = sides
    result: dict[str, object] = {side.name: side.figures() for side in sides}
    result["overhead_over_bare_ms"] = {side.name: _difference(baseline, side) for side in others}
    result["cycle_ratio_to_bare"] = {side.name: _ratio(baseline, side) for side in others}
    return result


def _difference(baseline: Side, side: Side) -> dict[str, float]:
    one, other = spread(baseline.cycle), spread(side.cycle)
    return {name: round(other[name] - one[name], 2) for name in ("median", "p95")}


def _ratio(baseline: Side, side: Side) -> float:
    return round(spread(side.cycle)["median"] / spread(baseline.cycle)["median"], 3)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200, help="pages of each side, in each kind of burst")
    chosen = parser.parse_args()
    with local_site() as url:
        figures = asyncio.run(_measured(url, chosen.pages))
    how_crawlee = "measured" if importlib.util.find_spec("crawlee") else "not installed: left out"
    report(benchmark="pool_overhead", machine=machine(), crawlee=how_crawlee, **figures)


if __name__ == "__main__":
    _main()
