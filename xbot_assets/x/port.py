"""The port: how the product asks X for something, whatever stands behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.x.operations import AnswerT, Operation


class XPort(Protocol):
    """What the steps call."""

    def run(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> AnswerT:
        """Carry out one operation and return its answer.

        Args:
            operation: what to do.
            lane: who is asking.
            deadline_seconds: how long it may take.

        Raises:
            TransientFailure: nothing happened; it may be asked again.
            UnknownOutcome: a publish may have happened; look for the post before anything else.
            BudgetFailure: X's own limit for the account is reached.
            PermanentFailure: X or the way to it refused. For trouble with the account the code is its
                :class:`~xbot_assets.x.account_state.AccountState`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Execution(Generic[AnswerT]):
    """One operation that was carried out: when, in which slot if there are any, and what came of it.

    Times are real time.
    """

    started_at: datetime
    ended_at: datetime
    outcome: AnswerT | ProductError
    slot: int | None = None

    @property
    def failure(self) -> ProductError | None:
        """Return why it failed, or ``None`` when it worked."""
        return self.outcome if isinstance(self.outcome, ProductError) else None

    def answer(self) -> AnswerT:
        """Return the answer.

        Raises:
            ProductError: the failure that it ended in.
        """
        if isinstance(self.outcome, ProductError):
            raise self.outcome
        return self.outcome


class XBackend(Protocol):
    """A way to X: the browser, or another beside it. Steps reach it through an :class:`XPort` that keeps records."""

    def execute(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> Execution[AnswerT]:
        """Carry out one operation; a failure that X or the backend answered with is an outcome.

        Raises:
            ProductError: the backend itself could not be asked, or its answer was lost; as :meth:`XPort.run` says.
        """
        ...

    def close(self) -> None:
        """Close its connections."""
        ...
