"""Holding all publishing while the account itself is in trouble, until a person says go on.

A session that ended or an account that X locked, suspended or finds too automatic is not a fault of the post in hand:
the post stays in the queue, one alert says what to do, and nothing is sent until ``xbot resume``, or until a session
check disproves the hold. Repeating such a request is what leads from a warning to a suspension.

The hold is a row of ``publishing_holds``; the alert only tells of it.
"""

from collections.abc import Callable
from datetime import datetime

from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.store.account.publishing_holds import Lifting, PublishingHold, insert_hold, lift_holds, open_holds
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Database, Statements, Transaction
from xbot_assets.store.publishing.restorations import end_restorations


def hold_publishing(transaction: Transaction, failure: ProductError, now: datetime) -> None:
    """Stop publishing until a person resumes it, and tell of it, both or neither."""
    code, reason, remedy = failure.code, failure.reason, failure.remedy
    insert_hold(transaction, code=code, reason=reason, remedy=remedy, now=now)
    alert(transaction, PUBLISHING_HOLD, now=now, cause=failure, code=code, reason=reason, remedy=remedy)


def refuse_while_held(db: Statements) -> None:
    """Do nothing unless publishing is on hold.

    Raises:
        PermanentFailure: ``publishing_held``; the hold's alert tells of it.
    """
    for hold in open_holds(db):
        held = PermanentFailure(hold.sentence, code=FailureCode.PUBLISHING_HELD, remedy="The alert says what to do.")
        held.told_by = PUBLISHING_HOLD.key_of(code=hold.code)
        raise held


def resume_publishing(db: Database, by: str, now: datetime) -> tuple[PublishingHold, ...]:
    """Lift every hold by a person's word and end its alert; return what was lifted."""
    with db.transaction() as transaction:
        # By their word nothing is unknown any more that a restored backup left open.
        end_restorations(transaction, now)
        return _lift(transaction, by, Lifting.RESUMED, now, lambda _: True)


def lift_disproved(
    transaction: Transaction, by: str, now: datetime, is_over: Callable[[PublishingHold], bool]
) -> tuple[PublishingHold, ...]:
    """Lift the holds that a session check disproved and end their alerts; return what was lifted."""
    return _lift(transaction, by, Lifting.DISPROVED, now, is_over)


def lift_compared(transaction: Transaction, by: str, now: datetime) -> tuple[PublishingHold, ...]:
    """Lift the hold after a restored backup and end its alert: the timeline was compared; return what was lifted."""
    return _lift(transaction, by, Lifting.COMPARED, now, lambda hold: hold.code == FailureCode.RESTORED)


def _lift(
    transaction: Transaction, by: str, how: Lifting, now: datetime, is_over: Callable[[PublishingHold], bool]
) -> tuple[PublishingHold, ...]:
    over = {hold.code: hold for hold in open_holds(transaction) if is_over(hold)}
    lifted = lift_holds(transaction, list(over), by, how, now)
    for code in lifted:
        resolve_alert(transaction, PUBLISHING_HOLD, now, code=code)
    return tuple(over[code] for code in lifted)
