"""How much memory a context holds, measured.

Which processes: Chromium gives every page one or more renderer processes and never lets two contexts share one, but
no protocol command names them. A trace does: begun and ended at once on a page's own session, its first event
(``TracingStartedInBrowser``) lists the page's frames with the process of each, iframes included. It takes about
13 ms (headless shell 156, 2 cores) and is done between operations, never during one.

How much: the proportional set size (PSS) in ``/proc/<pid>/smaps_rollup``, which counts a page shared by n processes
as 1/n; sums of RSS count it n times. Where the system forbids that (Chromium's own sandbox makes renderers
unreadable to anyone but root) resident minus shared pages from ``/proc/<pid>/statm``; off Linux psutil's USS, else RSS.

To this is added what the site stored in the context (IndexedDB, caches), as Chromium counts it: such a context has
no disk, so that is memory of the browser process, and it stays when the page goes.

What this cannot see: a context's share of the browser, network and GPU processes beyond that (HTTP cache, cookies,
sockets, at most tens of MB), and compression of what is stored. That is in :meth:`Meter.shared_mb`, for all contexts
together. A page of an operation under way is left out: it goes with its operation, and X's own pages are so large
that to count them would be to refresh a context after every operation.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # ships no types
from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

_MB = 1024 * 1024
_KB_PER_MB = 1024
TRACE_SECONDS = 3.0
"""Chromium ends a trace only when every one of its processes has answered."""
DETACH_SECONDS = 0.5
_PROCESSES = "disabled-by-default-devtools.timeline"
"""The trace category whose first event names the processes."""
_RENDERER = "renderer"


def held_mb(pid: int) -> float:
    """Return the memory of one process in MB, 0 when it is gone."""
    for read in (_pss_mb, _private_mb, _portable_mb):
        with contextlib.suppress(OSError, psutil.AccessDenied, AttributeError):
            return read(pid)
    return 0.0


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / _KB_PER_MB
    raise OSError


def _private_mb(pid: int) -> float:
    _size, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / _MB


def _portable_mb(pid: int) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        with contextlib.suppress(psutil.AccessDenied, AttributeError):
            return float(process.memory_full_info().uss) / _MB
        return float(process.memory_info().rss) / _MB
    return 0.0


class Meter:
    """Measures the contexts of one Chromium. There must be one for each Chromium: it makes one trace at a time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._session: CDPSession | None = None
        self._tracing = asyncio.Lock()

    async def context_mb(self, at_rest: Page, pages: Iterable[Page], origin: str) -> float:
        """Return what a context holds in MB.

        Args:
            at_rest: any page of the context that no operation uses.
            pages: the context's pages to count.
            origin: the site whose storage to count.

        Raises:
            PlaywrightError: when a page or Chromium went away meanwhile.
        """
        processes = [await self.processes_of(page) for page in pages]
        sizes = [held_mb(pid) for pid in frozenset[int]().union(*processes)]
        async with _session(at_rest) as session:
            stored = await session.send("Storage.getUsageAndQuota", {"origin": origin})
        return sum(sizes) + float(stored["usage"]) / _MB

    async def processes_of(self, page: Page) -> frozenset[int]:
        """Return the ids of the renderer processes that show ``page``.

        Raises:
            TimeoutError: when a process does not answer.
        """
        async with self._tracing, _session(page) as session, asyncio.timeout(TRACE_SECONDS):
            events: list[dict[str, Any]] = []
            done = asyncio.Event()
            session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
            session.on("Tracing.tracingComplete", lambda _: done.set())
            config = {"includedCategories": [_PROCESSES], "excludedCategories": ["*"]}
            await session.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
            await session.send("Tracing.end")
            await done.wait()
        frames = [frame for event in events for frame in _frames(event)]
        return frozenset(int(frame["processId"]) for frame in frames if "processId" in frame)

    async def shared_mb(self) -> float:
        """Return the memory of all of Chromium's processes but the renderers. It also shows that Chromium answers."""
        if self._session is None:
            self._session = await self._browser.new_browser_cdp_session()
        listed = (await self._session.send("SystemInfo.getProcessInfo"))["processInfo"]
        return sum(held_mb(int(process["id"])) for process in listed if process["type"] != _RENDERER)


def _frames(event: dict[str, Any]) -> list[dict[str, Any]]:
    if event.get("name") != "TracingStartedInBrowser":
        return []
    frames: list[dict[str, Any]] = event.get("args", {}).get("data", {}).get("frames", [])
    return frames


@contextlib.asynccontextmanager
async def _session(page: Page) -> AsyncIterator[CDPSession]:
    session = await page.context.new_cdp_session(page)
    try:
        yield session
    finally:
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(DETACH_SECONDS):
                await session.detach()
