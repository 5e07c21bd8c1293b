"""The slots: a warm context for each, a fresh page for each operation, and who must make way for whom.

A context is replaced when it holds more memory than allowed (``memory.py`` says how that is measured), when its session
was refused, or when something in it does not open or close; never by count. One recurring task closes the retired ones,
measures the others and opens pages ahead of need.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.chromium.keeper import ChromiumKeeper
from xbot_assets.browser.chromium.launcher import Engine
from xbot_assets.browser.chromium.memory import Meter
from xbot_assets.browser.host.contexts import ANSWER_SECONDS, WarmContext
from xbot_assets.browser.host.lease import Lease
from xbot_assets.browser.host.slots import Slot, SlotTable
from xbot_assets.browser.session.source import SessionSource
from xbot_assets.domain.failures import ProductError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

TEND_SECONDS = 5.0
"""Between two rounds of the recurring task when nothing wakes it; a slot that is let go of wakes it."""
WINDOW = (1280, 1400)
"""Tall enough for a dozen posts a screen: fewer steps to scroll."""


@dataclass(frozen=True, slots=True)
class ContextRules:
    """When a context is refreshed.

    Attributes:
        origin: the site whose storage counts as a context's memory.
        max_mb: a context that holds more is refreshed.
    """

    origin: str
    max_mb: float


class BrowserPool:
    """The slots of one Chromium. :meth:`keep` must run as a task for as long as the pool is used."""

    def __init__(self, chromium: ChromiumKeeper, source: SessionSource, table: SlotTable, rules: ContextRules) -> None:
        self.chromium = chromium
        self.table = table
        self._source = source
        self._rules = rules
        self._session = 0
        self._refreshed = 0
        self._shared_mb: float | None = None
        self._retired: list[WarmContext] = []
        self._wake = asyncio.Event()
        self._background: set[asyncio.Task[Any]] = set()

    # --- looking after the contexts -----------------------------------------------------------------------

    async def keep(self) -> None:
        """Keep Chromium alive and look after its contexts, for ever."""
        try:
            await self.chromium.keep(self._tend)
        finally:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)

    async def _tend(self, engine: Engine) -> None:
        self._retired.clear()  # they went with the Chromium before
        async with asyncio.TaskGroup() as both:
            both.create_task(self._ask_often(engine))
            both.create_task(self._tend_contexts(engine.meter))

    async def _tend_contexts(self, meter: Meter) -> None:
        await self._warm()
        while True:
            await self._close_retired()
            self.table.apply_memory_floor()
            for slot in self.table.slots:
                await self._look_after(slot, meter)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TEND_SECONDS):  # wait_for may swallow a cancellation (Python 3.11)
                    await self._wake.wait()
            self._wake.clear()

    async def _warm(self) -> None:
        """Make the contexts now, so that the first operations need not; a failure shows when one is used."""
        for slot in self.table.open():
            try:
                await (await self._context(slot)).prepare()
            except (ProductError, PlaywrightError) as error:
                _log.warning("No context yet: %s", error)
                return

    async def _close_retired(self) -> None:
        idle = [context for context in self._retired if context.in_flight == 0]
        self._retired = [context for context in self._retired if context not in idle]
        await asyncio.gather(*(context.close() for context in idle))

    async def _look_after(self, slot: Slot, meter: Meter) -> None:
        context = slot.context
        if context is None:
            return
        if context.retired or not slot.open:
            self._retire(slot, "memory is short")
            return
        if context.unused:
            await context.rest()
            return
        await context.prepare()
        if context.measure_due:
            await context.measure(meter, self._rules.origin)
            if (context.held_mb or 0.0) > self._rules.max_mb:
                await self._refresh(slot, context)

    async def _refresh(self, slot: Slot, context: WarmContext) -> None:
        _log.info("Context %d holds %.0f MB and is refreshed.", slot.index, context.held_mb)
        self._refreshed += 1
        context.retire("it held too much memory")
        with contextlib.suppress(ProductError, PlaywrightError):  # then the next operation will tell
            await (await self._context(slot)).prepare()

    async def _ask_often(self, engine: Engine) -> None:
        """See that Chromium answers; a hung one is found so even while no operation would run into it."""
        while True:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    self._shared_mb = await engine.meter.shared_mb()
            except TimeoutError:
                engine.give_up("Chromium does not answer.")
            except PlaywrightError as error:
                _log.debug("Chromium is going away: %s", error)  # which is noticed elsewhere
            await asyncio.sleep(TEND_SECONDS)

    # --- slots --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def taken(self, lease: Lease) -> AsyncIterator[Slot]:
        """Take a slot; see :meth:`SlotTable.taken`.

        Raises:
            TransientFailure: ``no_slot`` or ``operation_under_way``.
        """
        try:
            async with self.table.taken(lease) as slot:
                yield slot
        finally:
            self._wake.set()

    # --- pages --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def page(self, slot: Slot, seconds: float) -> AsyncIterator[Page]:
        """Open a fresh page in the slot's context within ``seconds``; have it closed whatever happened.

        It is closed in the background, so that closing costs neither an operation its result nor the next its time.
        The next operation's page opens meanwhile: most of an operation is waiting for the site, and slots are often
        wanted back to back.

        Raises:
            ProductError: ``browser_down`` or ``no_session``.
            TimeoutError: when it did not open in time.
        """
        async with asyncio.timeout(seconds):
            context = await self._context(slot)
            page = await context.page()
        self._wake.set()
        try:
            yield page
        finally:
            self._spawn(self._close_page(context, page))

    async def _close_page(self, context: WarmContext, page: Page) -> None:
        await context.close_page(page)
        self._wake.set()

    def _spawn(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.debug("Unheard, if its operation had gone: %s", task.exception())

    def _retire(self, slot: Slot, why: str) -> None:
        context, slot.context = slot.context, None
        if context is not None:
            context.retire(why)
            self._retired.append(context)
            self._wake.set()

    def forget_session(self) -> None:
        """Have every context made anew, with the session its source then gives."""
        self._session += 1

    async def _context(self, slot: Slot) -> WarmContext:
        """Return the slot's context, made anew when it was retired or Chromium or the session has changed since."""
        context = slot.context
        if context is not None and self._in_date(context):
            return context
        # Made in a task of its own: one that is cancelled half way would be left in Chromium with no one to close it.
        return await asyncio.shield(self._spawn(self._renewed(slot)))

    def _in_date(self, context: WarmContext) -> bool:
        return not context.retired and context.engine is self.chromium.engine and context.session == self._session

    async def _renewed(self, slot: Slot) -> WarmContext:
        async with slot.making:
            engine, session, context = self.chromium.engine, self._session, slot.context
            if context is None or not self._in_date(context):
                self._retire(slot, "it is out of date")
                context = slot.context = WarmContext(engine, await self._new_context(engine), session)
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

    # --- what the health page says ------------------------------------------------------------------------

    def describe(self) -> dict[str, object]:
        """Return facts for the health page."""
        return {
            **self.table.describe(),
            **self.chromium.describe(),
            "refreshed": self._refreshed,
            "retired": len(self._retired),
            "shared_mb": None if self._shared_mb is None else round(self._shared_mb, 1),
        }
