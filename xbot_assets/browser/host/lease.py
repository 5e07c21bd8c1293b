"""One operation's hold on one slot, and the rule for taking it away again."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.wire import OperationCall
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError, TransientFailure
from xbot_assets.domain.lanes import Lane


@dataclass(slots=True, eq=False)
class Lease:
    """Who holds a slot, from receipt of the call until the slot is free again.

    Attributes:
        id: what the caller named it, or a name of ours.
        task: what to cancel.
        slot: the slot's number once it has one.
        ended: set when it lets go of its slot.
        preempted: whether it was told to.
        started_at: when it got its slot; until then, when it was received.
    """

    id: str
    kind: str
    lane: Lane
    attempt: Attempt
    task: "asyncio.Task[Any]"
    slot: int | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    preempted: bool = False
    started_at: datetime = field(default_factory=system_now)
    since: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, call: OperationCall, task: "asyncio.Task[Any]") -> "Lease":
        """Return the lease that ``task`` asks for to carry out ``call``."""
        attempt = Attempt(call.deadline_seconds)
        return cls(call.operation_id or uuid4().hex, call.operation.kind, call.lane, attempt, task)

    @property
    def preemptible(self) -> bool:
        """Whether it may be cancelled: in lane low, holding a slot, and not past its click or told already."""
        holds = self.slot is not None and not self.ended.is_set()
        return self.lane is Lane.LOW and holds and not self.preempted and not self.attempt.clicked

    def preempt(self) -> None:
        """Cancel it. From now on it cannot click any more, whatever step it was about to take."""
        self.preempted = True
        self.attempt.revoke()
        self.task.cancel()

    def describe(self) -> dict[str, object]:
        """Return what the health page shows of it."""
        seconds = round(time.monotonic() - self.since, 3)
        return {"id": self.id, "kind": self.kind, "lane": str(self.lane), "slot": self.slot, "seconds": seconds}


def preempted() -> ProductError:
    """Return the failure of an operation that made way."""
    reason = "The operation made way for a critical one before it had changed anything."
    return TransientFailure(reason, code=FailureCode.PREEMPTED, remedy="Ask again; nothing was posted.")
