"""The slots: one Chromium kept alive, a warm context for each slot, a fresh page for each operation.

Keep out: what an operation does (``perform.py``), HTTP (``host.py``), how Chromium starts (``launcher.py``).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.failures import classify
from xbot_assets.browser.launcher import Engine, Launcher
from xbot_assets.browser.session import SessionSource
from xbot_assets.domain.failures import ProductError, TransientFailure

_log = logging.getLogger(__name__)

BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_LONGEST_SECONDS = 30.0
"""Between tries to start Chromium: doubled each time, up to this."""
PAGE_CLOSE_SECONDS = 0.5
"""Closing a page takes about 10 ms, but hangs in one of ten when it has only just begun to load (seen with
headless shell 156). Its context closes all the same, so the context is given up instead."""
CONTEXT_CLOSE_SECONDS = 3.0
"""A context that has not closed by then hangs, and Chromium with it; closing one takes about 10 ms."""
WINDOW = (1280, 1400)
"""Tall enough for a dozen posts a screen: fewer steps to scroll."""


@dataclass(slots=True)
class Slot:
    """One place for one operation, with its context kept between operations."""

    index: int
    context: BrowserContext | None = None
    session: int = 0
    """Which session the context was made with: it grows each time a session is forgotten."""
    busy: bool = False
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the context is made: warming and an operation may want it at once."""


class BrowserPool:
    """Chromium and its slots. :meth:`keep` must run as a task for as long as the pool is used."""

    def __init__(self, launcher: Launcher, source: SessionSource, *, slots: int, start_attempts: int) -> None:
        self._launcher = launcher
        self._source = source
        self._slots = [Slot(index) for index in range(slots)]
        self._start_attempts = start_attempts
        self._engine: Engine | None = None
        self._trouble = "Chromium has not started yet."
        self._tried = 0
        self._session = 0
        self._closing: set[asyncio.Task[None]] = set()

    # --- keeping Chromium alive ---------------------------------------------------------------------------

    async def keep(self) -> None:
        """Start Chromium, replace it when it is lost, and go on trying when it does not start; for ever."""
        while True:
            engine = await self._start()
            self._engine, self._tried = engine, 0
            await self._warm()
            await engine.until_lost()
            self._trouble = "Chromium went away and is being started again."
            _log.warning(self._trouble)
            self._engine = None
            await engine.close()

    async def _start(self) -> Engine:
        wait = BACKOFF_FIRST_SECONDS
        while True:
            self._tried += 1
            try:
                return await self._launcher.start()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
                self._trouble = classify(error).reason
                _log.warning("Chromium did not start (try %d): %s", self._tried, self._trouble)
            await asyncio.sleep(wait)
            wait = min(wait * 2, BACKOFF_LONGEST_SECONDS)

    async def _warm(self) -> None:
        """Make the contexts now, so that the first operations need not; a failure shows when one is used."""
        for slot in self._slots:
            try:
                await self._context(slot)
            except (ProductError, PlaywrightError) as error:
                _log.warning("No context yet: %s", error)
                return

    async def close(self) -> None:
        """End Chromium."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    # --- what the health page says ------------------------------------------------------------------------

    @property
    def trouble(self) -> str | None:
        """Return why there is no Chromium, or ``None`` when there is one."""
        return self._trouble if self._engine is None else None

    @property
    def degraded(self) -> bool:
        """Whether Chromium failed to start as often as is allowed; it is still tried, more and more rarely."""
        return self._engine is None and self._tried >= self._start_attempts

    def describe(self) -> dict[str, object]:
        """Return facts for the health page."""
        engine = self._engine
        return {
            "slots": len(self._slots),
            "busy": sum(slot.busy for slot in self._slots),
            "browser": engine.browser.version if engine else None,
            "confinement": str(engine.confinement) if engine else None,
        }

    # --- slots --------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def taken(self) -> Iterator[Slot]:
        """Take a slot, or refuse at once: nobody waits here.

        Raises:
            TransientFailure: ``no_slot``.
        """
        slot = next((slot for slot in self._slots if not slot.busy), None)
        if slot is None:
            reason = f"All {len(self._slots)} browser slots are taken."
            raise TransientFailure(reason, code="no_slot", remedy="It is tried again when a slot is free.")
        slot.busy = True
        try:
            yield slot
        finally:
            slot.busy = False

    @contextlib.asynccontextmanager
    async def page(self, slot: Slot, seconds: float) -> AsyncIterator[Page]:
        """Open a fresh page in the slot's context within ``seconds``; close it afterwards whatever happened.

        Closing is outside any deadline of the operation, so that it cannot cost an operation its result.

        Raises:
            ProductError: ``browser_down`` or ``no_session``.
            TimeoutError: when it did not open in time.
        """
        async with asyncio.timeout(seconds):
            page = await self._open_page(slot)
        try:
            yield page
        finally:
            await self._close_page(slot, page)

    async def _open_page(self, slot: Slot) -> Page:
        context = await self._context(slot)
        try:
            return await context.new_page()
        except BaseException:
            self._retire(slot)  # a page may be half open in it
            raise

    async def _close_page(self, slot: Slot, page: Page) -> None:
        try:
            await asyncio.wait_for(page.close(), PAGE_CLOSE_SECONDS)
        except (PlaywrightError, TimeoutError):
            self._retire(slot)

    def _retire(self, slot: Slot) -> None:
        """Close the slot's context in the background; the next operation gets a new one."""
        context, slot.context = slot.context, None
        if context is not None:
            task = asyncio.create_task(self._close_context(context))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close_context(self, context: BrowserContext) -> None:
        """Close a context. When that hangs, Chromium hangs, and is given up."""
        try:
            await asyncio.wait_for(context.close(), CONTEXT_CLOSE_SECONDS)
        except TimeoutError:
            _log.warning("A context does not close: Chromium hangs and is replaced.")
            if self._engine is not None and self._engine.browser is context.browser:
                self._engine.lost.set()
        except PlaywrightError:
            _log.debug("A context was already gone.")

    def forget_session(self) -> None:
        """Have every context made anew, with the session its source then gives."""
        self._session += 1

    async def _context(self, slot: Slot) -> BrowserContext:
        """Return the slot's context, made anew when Chromium or the session has changed since."""
        engine = self._engine
        if engine is None:
            raise TransientFailure(self._trouble, code="browser_down", remedy="It is started again by itself.")
        async with slot.making:
            context = slot.context
            if context is None or context.browser is not engine.browser or slot.session != self._session:
                self._retire(slot)
                slot.session = self._session
                context = slot.context = await self._new_context(engine)
            return context

    async def _new_context(self, engine: Engine) -> BrowserContext:
        return await engine.browser.new_context(
            storage_state=await self._source.obtain(),
            viewport={"width": WINDOW[0], "height": WINDOW[1]},
            locale="en-US",
            timezone_id="UTC",
            service_workers="block",  # their answers would not be seen as the page's responses
            accept_downloads=False,
        )
