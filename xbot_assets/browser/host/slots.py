"""Who has which slot, who must make way for whom, and whether there is a fourth."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from xbot_assets.browser.host.contexts import WarmContext
from xbot_assets.browser.host.lease import Lease
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.machine_memory import free_mb

LET_GO_SECONDS = 0.5
"""A pre-empted operation lets go within milliseconds; one that does not loses its context instead."""
FOURTH_MARGIN_MB = 200
"""The fourth slot opens with this much above the floor and closes below the floor: its own memory, and the coming
and going of everyone else's, would otherwise open and close it all the time."""
_TRY_LATER = "It is tried again when a slot is free."


@dataclass(slots=True)
class Slot:
    """One place for one operation.

    Attributes:
        index: its number, from 0.
        extra: whether it is the fourth, which opens and closes.
        open: whether operations may have it.
        context: kept between operations.
        holder: the operation that has it.
        making: held while the context is made: warming and an operation may want it at once.
    """

    index: int
    extra: bool = False
    open: bool = True
    context: WarmContext | None = None
    holder: Lease | None = None
    making: asyncio.Lock = field(default_factory=asyncio.Lock)


class SlotTable:
    """The slots of one host."""

    def __init__(self, slots: int, fourth_floor_mb: float | None, free: Callable[[], float] = free_mb) -> None:
        self.slots = [Slot(index) for index in range(slots)]
        self._floor_mb = fourth_floor_mb or 0.0
        self._free = free
        if fourth_floor_mb is not None:
            self.slots.append(Slot(slots, extra=True, open=False))

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

    def _slot_for(self, lease: Lease) -> Slot:
        if self._holder(lease.id) is not None:
            raise TransientFailure(f"Operation {lease.id} is under way.", code=FailureCode.OPERATION_UNDER_WAY)
        self.apply_memory_floor()
        free = next((slot for slot in self.open() if slot.holder is None), None)
        slot = free or (self._least_loss() if lease.lane is Lane.CRITICAL else None)
        if slot is None:
            reason = f"All {len(self.open())} browser slots are taken."
            raise TransientFailure(reason, code=FailureCode.NO_SLOT, remedy=_TRY_LATER)
        return slot

    def _least_loss(self) -> Slot | None:
        """Return the slot of the low operation that began last: the least work is lost with it."""
        low = [(slot.holder.since, slot) for slot in self.open() if slot.holder is not None and slot.holder.preemptible]
        return max(low, key=lambda pair: pair[0])[1] if low else None

    async def _drive_out(self, slot: Slot, victim: Lease) -> None:
        victim.preempt()
        try:
            async with asyncio.timeout(LET_GO_SECONDS):
                await victim.ended.wait()
        except TimeoutError:
            if slot.context is not None:
                slot.context.retire("an operation did not let go of it")

    def _holder(self, operation_id: str) -> Lease | None:
        return next((slot.holder for slot in self.slots if slot.holder and slot.holder.id == operation_id), None)

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
            async with asyncio.timeout(LET_GO_SECONDS):
                await lease.ended.wait()
        return True

    def open(self) -> list[Slot]:
        """Return the slots that operations may have now."""
        return [slot for slot in self.slots if slot.open]

    def apply_memory_floor(self) -> None:
        """Open or close the fourth slot; an operation that is in it when it closes ends in peace."""
        for slot in self.slots:
            if slot.extra:
                margin = 0 if slot.open else FOURTH_MARGIN_MB
                slot.open = self._free() >= self._floor_mb + margin

    def describe(self) -> dict[str, object]:
        """Return facts for the health page."""
        self.apply_memory_floor()
        holders = [slot.holder for slot in self.slots if slot.holder is not None]
        extra = [slot.open for slot in self.slots if slot.extra]
        return {
            "slots": len(self.open()),
            "busy": len(holders),
            "fourth_context": ("open" if all(extra) else "closed: memory is short") if extra else "off",
            "operations": [lease.describe() for lease in holders],
            "contexts": [slot.context.describe() | {"slot": slot.index} for slot in self.slots if slot.context],
        }
