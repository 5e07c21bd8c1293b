"""One browser context: kept warm between operations, with a page kept ready, retired rather than killed."""

import asyncio
import time

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.chromium.launcher import Engine
from xbot_assets.browser.chromium.memory import Meter

PAGE_CLOSE_SECONDS = 2.0
"""Closing a page takes about 10 ms (a second on a crowded machine), but hangs in one of ten when it has only just begun
to load (seen with headless shell 156). Its context closes all the same, so the context is given up instead."""
PAGE_OPEN_SECONDS = 3.0
"""Opening a page ahead of need takes about 25 ms. One that takes so long hangs, and its context is given up."""
CONTEXT_CLOSE_SECONDS = 3.0
"""A context that has not closed by then hangs, and Chromium with it; closing one takes about 10 ms."""
REST_SECONDS = 60.0
"""A context that nobody used for so long closes its waiting page, which holds some 27 MB and opens in 25 ms."""
MEASURE_SECONDS = 5.0
"""Between two measurements of one context; each takes about 15 ms of Chromium's time."""
ANSWER_SECONDS = 5.0
"""A blank page, or Chromium itself, that has not answered by then hangs."""


class WarmContext:
    """A context, how many operations are at work in it, and the page that the next one will get.

    Attributes:
        engine: the Chromium it lives in.
        session: which session it was made with.
        in_flight: operations that are opening a page in it, use one, or whose page is being closed.
        retired: why no further operation gets it; empty while it is in service.
        held_mb: what it held when it was last measured.
        operations: how many it has served.
    """

    def __init__(self, engine: Engine, context: BrowserContext, session: int) -> None:
        self.engine = engine
        self.session = session
        self.in_flight = 0
        self.retired = ""
        self.held_mb: float | None = None
        self.operations = 0
        self._context = context
        self._opening = asyncio.Lock()
        self._ready: Page | None = None
        self._used: set[Page] = set()
        self._strays: list[Page] = []
        self._measured = self._used_at = time.monotonic()
        self._measuring: asyncio.Timeout | None = None
        self._born = time.monotonic()

    def retire(self, why: str) -> None:
        """Take it out of service: what runs in it ends in peace, then it can be closed."""
        self.retired = self.retired or why

    async def page(self) -> Page:
        """Return a fresh page; whoever gets it must hand it to :meth:`close_page`."""
        self.in_flight += 1
        try:
            async with self._opening:
                page, self._ready = self._ready or await self._context.new_page(), None
        except BaseException:
            self.in_flight -= 1
            self.retire("a page did not open")  # it may be half open in there
            raise
        self._used.add(page)
        self.operations += 1
        if self._measuring is not None:
            # Most likely by the page that is now in use: what is asked of it may never be answered.
            self._measuring.reschedule(asyncio.get_running_loop().time())
        page.on("popup", self._opened)
        return page

    def _opened(self, stray: Page) -> None:
        self._strays.append(stray)
        stray.on("popup", self._opened)

    async def close_page(self, page: Page) -> None:
        """Close an operation's page, and any that it opened; retire the context when one does not close."""
        try:
            strays, self._strays = self._strays, []
            await self._close(page, *strays)
        finally:
            self._used.discard(page)
            self.in_flight -= 1
            self._used_at = time.monotonic()

    async def prepare(self) -> None:
        """Open the page that the next operation will get, unless there is one."""
        if self._ready is not None or self.retired or self._opening.locked():
            return
        try:
            async with self._opening, asyncio.timeout(PAGE_OPEN_SECONDS):
                page = self._ready = await self._context.new_page()
        except (PlaywrightError, TimeoutError):
            self.retire("a page did not open")
        else:
            page.on("crash", self._crashed)

    async def rest(self) -> None:
        """Close the page that waits for the next operation; that one opens its own."""
        async with self._opening:
            page, self._ready = self._ready, None
            if page is not None:
                await self._close(page)

    async def _close(self, *pages: Page) -> None:
        try:
            for page in pages:
                async with asyncio.timeout(PAGE_CLOSE_SECONDS):
                    await page.close()
        except (PlaywrightError, TimeoutError):
            self.retire("a page did not close")

    def _crashed(self, page: Page) -> None:
        if page is self._ready:
            self._ready = None
            self.retire("its waiting page crashed")

    @property
    def at_rest(self) -> bool:
        """Whether no operation is at work in it, and a page waits for the next one unless that is long in coming."""
        return self.in_flight == 0 and (self._ready is not None or self.unused)

    @property
    def unused(self) -> bool:
        """Whether nobody has used it for long."""
        return self.in_flight == 0 and time.monotonic() - self._used_at > REST_SECONDS

    @property
    def measure_due(self) -> bool:
        """Whether it is time to measure it again, and there is a page at rest to do it by."""
        return self._ready is not None and time.monotonic() - self._measured >= MEASURE_SECONDS

    async def measure(self, meter: Meter, origin: str) -> None:
        """Measure what it holds apart from the pages of operations under way."""
        ready, self._measured = self._ready, time.monotonic()
        if ready is None:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as self._measuring:
                pages = [page for page in self._context.pages if page not in self._used]
                self.held_mb = await meter.context_mb(ready, pages, origin)
        except TimeoutError:
            if self._ready is ready:
                self.retire("it does not answer")
        except PlaywrightError:
            self.held_mb = None  # the page was taken and closed meanwhile: the next measurement will tell
        finally:
            self._measuring = None

    async def close(self) -> None:
        """Close it. When that hangs, Chromium hangs, and is given up."""
        try:
            async with asyncio.timeout(CONTEXT_CLOSE_SECONDS):
                await self._context.close()
        except TimeoutError:
            self.engine.give_up("A context did not close: Chromium hangs.")
        except PlaywrightError:
            return  # it went with its Chromium

    def describe(self) -> dict[str, object]:
        """Return facts for the health page."""
        return {
            "held_mb": None if self.held_mb is None else round(self.held_mb, 1),
            "operations": self.operations,
            "in_flight": self.in_flight,
            "age_seconds": round(time.monotonic() - self._born, 1),
        }
