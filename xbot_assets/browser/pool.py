"""The slots: a warm context for each, a fresh page for each operation, and who must make way for whom.

A context is replaced when it holds more memory than allowed (``memory.py`` says how that is measured), when its
session was refused, or when something in it does not open or close; never by count. One recurring task closes the
retired ones, measures the others and opens pages ahead of need.

Keep out: what an operation does (``perform.py``), HTTP (``host.py``), keeping Chromium alive (``kept.py``).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.contexts import ANSWER_SECONDS, WarmContext
from xbot_assets.browser.kept import KeptChromium
from xbot_assets.browser.launcher import Engine
from xbot_assets.browser.lease import Lease
from xbot_assets.browser.memory import Meter, free_mb
from xbot_assets.browser.operations import Lane
from xbot_assets.browser.session import SessionSource
from xbot_assets.domain.failures import ProductError, TransientFailure

_log = logging.getLogger(__name__)

TEND_SECONDS = 5.0
"""Between two rounds of the recurring task when nothing wakes it; a slot that is let go of wakes it."""
LET_GO_SECONDS = 0.5
"""A pre-empted operation lets go within milliseconds; one that does not loses its context instead."""
FOURTH_MARGIN_MB = 200
"""The fourth context opens with this much above the floor and closes below the floor, so that its own memory
(about 60 MB with a page of X's size in the headless shell) does not close it again."""
WINDOW = (1280, 1400)
"""Tall enough for a dozen posts a screen: fewer steps to scroll."""
_TRY_LATER = "It is tried again when a slot is free."


@dataclass(frozen=True, slots=True)
class PoolRules:
    """How big the pool is.

    Attributes:
        slots: operations that may run at once.
        origin: the site whose storage counts as a context's memory.
        context_max_mb: a context that holds more is refreshed.
        fourth: whether one more slot opens when memory allows.
        fourth_floor_mb: free memory below which that slot closes.
    """

    slots: int
    origin: str
    context_max_mb: float
    fourth: bool = False
    fourth_floor_mb: float = 0.0


@dataclass(slots=True)
class Slot:
    """One place for one operation.

    Attributes:
        index: its number, from 0.
        extra: whether it is the fourth, which opens and closes.
        open: whether operations may have it.
        context: kept between operations.
        holder: the operation that has it.
    """

    index: int
    extra: bool = False
    open: bool = True
    context: WarmContext | None = None
    holder: Lease | None = None
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the context is made: warming and an operation may want it at once."""


class BrowserPool:
    """The slots of one Chromium. :meth:`keep` must run as a task for as long as the pool is used."""

    def __init__(
        self, chromium: KeptChromium, source: SessionSource, rules: PoolRules, free: Callable[[], float] = free_mb
    ) -> None:
        self.chromium = chromium
        self._source = source
        self._rules = rules
        self._free = free
        self._slots = [Slot(index) for index in range(rules.slots)]
        if rules.fourth:
            self._slots.append(Slot(rules.slots, extra=True, open=False))
        self._session = 0
        self._refreshed = 0
        self._shared_mb: float | None = None
        self._retired: list[WarmContext] = []
        self._wake = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()

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
        meter = Meter(engine.browser)
        self._retired.clear()  # they went with the Chromium before
        await self._warm()
        while True:
            await self._close_retired()
            self._settle_extra()
            await self._look_after(meter)
            await self._ask(engine, meter)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TEND_SECONDS)
            self._wake.clear()

    async def _warm(self) -> None:
        """Make the contexts now, so that the first operations need not; a failure shows when one is used."""
        for slot in self._open_slots():
            try:
                await (await self._context(slot)).prepare()
            except (ProductError, PlaywrightError) as error:
                _log.warning("No context yet: %s", error)
                return

    async def _close_retired(self) -> None:
        idle = [context for context in self._retired if context.in_flight == 0]
        self._retired = [context for context in self._retired if context not in idle]
        await asyncio.gather(*(context.close() for context in idle))

    async def _look_after(self, meter: Meter) -> None:
        for slot in self._open_slots():
            context = slot.context
            if context is None:
                continue
            await context.prepare()
            if context.measure_due:
                await context.measure(meter, self._rules.origin)
                if (context.held_mb or 0.0) > self._rules.context_max_mb:
                    await self._refresh(slot, context)

    async def _refresh(self, slot: Slot, context: WarmContext) -> None:
        _log.info("Context %d holds %.0f MB and is refreshed.", slot.index, context.held_mb)
        self._refreshed += 1
        context.retire("it held too much memory")
        with contextlib.suppress(ProductError, PlaywrightError):  # then the next operation will tell
            await (await self._context(slot)).prepare()

    async def _ask(self, engine: Engine, meter: Meter) -> None:
        try:
            self._shared_mb = await asyncio.wait_for(meter.shared_mb(), ANSWER_SECONDS)
        except TimeoutError:
            engine.give_up("Chromium does not answer.")
        except PlaywrightError:
            return  # it is going away, which is noticed elsewhere

    # --- slots --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def taken(self, lease: Lease) -> AsyncIterator[Slot]:
        """Take a slot, or refuse at once: nobody waits here, but a critical operation for a low one to make way.

        Raises:
            TransientFailure: ``no_slot``, or ``operation_under_way`` for a name that is in use.
        """
        slot = self._slot_for(lease)
        victim, slot.holder, lease.slot = slot.holder, lease, slot.index
        try:
            if victim is not None:
                await self._drive_out(slot, victim)
            yield slot
        finally:
            lease.ended.set()
            if slot.holder is lease:
                slot.holder = None
            self._wake.set()

    def _slot_for(self, lease: Lease) -> Slot:
        if self._holder(lease.id) is not None:
            raise TransientFailure(f"Operation {lease.id} is under way.", code="operation_under_way")
        self._settle_extra()
        free = next((slot for slot in self._open_slots() if slot.holder is None), None)
        slot = free or (self._least_loss() if lease.lane is Lane.CRITICAL else None)
        if slot is None:
            reason = f"All {len(self._open_slots())} browser slots are taken."
            raise TransientFailure(reason, code="no_slot", remedy=_TRY_LATER)
        return slot

    def _least_loss(self) -> Slot | None:
        """Return the slot of the low operation that began last: the least work is lost with it."""
        slots = [slot for slot in self._open_slots() if slot.holder is not None and slot.holder.preemptible]
        return max(slots, key=lambda slot: slot.holder.since if slot.holder else 0.0, default=None)

    async def _drive_out(self, slot: Slot, victim: Lease) -> None:
        victim.preempt()
        try:
            await asyncio.wait_for(victim.ended.wait(), LET_GO_SECONDS)
        except TimeoutError:
            self._retire(slot, "an operation did not let go")

    def _holder(self, operation_id: str) -> Lease | None:
        return next((slot.holder for slot in self._slots if slot.holder and slot.holder.id == operation_id), None)

    async def preempt(self, operation_id: str) -> bool | None:
        """Cancel one operation and wait until its slot is free; ``None`` when it is not under way.

        False means that it may not be cancelled: it is not in lane low, or it is past its click.
        """
        lease = self._holder(operation_id)
        if lease is None:
            return None
        if not lease.preemptible:
            return False
        lease.preempt()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(lease.ended.wait(), LET_GO_SECONDS)
        return True

    def _open_slots(self) -> list[Slot]:
        return [slot for slot in self._slots if slot.open]

    def _settle_extra(self) -> None:
        for slot in self._slots:
            if slot.extra:
                margin = 0 if slot.open else FOURTH_MARGIN_MB
                slot.open = self._free() >= self._rules.fourth_floor_mb + margin
                if not slot.open:
                    self._retire(slot, "memory is short")

    # --- pages --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def page(self, slot: Slot, seconds: float) -> AsyncIterator[Page]:
        """Open a fresh page in the slot's context within ``seconds``; have it closed whatever happened.

        It is closed in the background, so that closing costs neither an operation its result nor the next its time.

        Raises:
            ProductError: ``browser_down`` or ``no_session``.
            TimeoutError: when it did not open in time.
        """
        async with asyncio.timeout(seconds):
            context = await self._context(slot)
            page = await context.page()
        try:
            yield page
        finally:
            self._spawn(self._close_page(context, page))

    async def _close_page(self, context: WarmContext, page: Page) -> None:
        await context.close_page(page)
        self._wake.set()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

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
        async with slot.making:
            engine, context = self.chromium.engine, slot.context
            if context is None or context.retired or context.engine is not engine or context.session != self._session:
                self._retire(slot, "it is out of date")
                session = self._session
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
        self._settle_extra()
        holders = [slot.holder for slot in self._slots if slot.holder is not None]
        return {
            "slots": len(self._open_slots()),
            "busy": len(holders),
            **self.chromium.describe(),
            "operations": [lease.describe() for lease in holders],
            "contexts": [slot.context.describe() | {"slot": slot.index} for slot in self._slots if slot.context],
            "refreshed": self._refreshed,
            "retired": len(self._retired),
            "shared_mb": None if self._shared_mb is None else round(self._shared_mb, 1),
            "fourth_context": self._describe_extra(),
        }

    def _describe_extra(self) -> str:
        states = [slot.open for slot in self._slots if slot.extra]
        words = {(): "off", (True,): "open", (False,): "closed: memory is short"}
        return words[tuple(states)]
