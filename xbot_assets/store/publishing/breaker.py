"""The circuit breaker that all processes share: one row in PostgreSQL, one half-open probe, every transition stored.

    closed -> open -> half_open -> closed
               ^----------'

A database that does not answer raises: without a permit nothing is tried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.publishing import BREAKER_OPEN, BREAKER_STUCK
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import PUBLISHING, AttemptOutcome, BreakerPolicy, Permit
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Database, Statements

_CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class BreakerState:
    """A breaker as it is now, in real time by the server's clock.

    Attributes:
        try_at: when somebody may ask again.
        must_wait: whether that is still to come; ``None`` for a breaker that is neither waiting nor probed.
        stopped_for: for how long it has not been closed.
    """

    name: str
    state: str
    fencing_token: int
    failures: int
    successes: int
    stopped_at: datetime | None
    retry_at: datetime | None
    probe_holder: str | None
    probe_until: datetime | None
    reason: str
    try_at: datetime
    must_wait: bool | None
    stopped_for: timedelta | None


@dataclass(frozen=True, slots=True)
class TakenProbe:
    """A probe that was given, and until when."""

    fencing_token: int
    probe_until: datetime


@dataclass(frozen=True, slots=True)
class BreakerEvent:
    """One transition of a breaker, or one probe given or lost."""

    event: str
    from_state: str
    to_state: str
    fencing_token: int
    happened_at: datetime
    holder: str | None
    reason: str


def acquire(
    db: Statements, holder: str, policy: BreakerPolicy, now: datetime, *, name: str = PUBLISHING
) -> Permit | Wait:
    """Ask for leave to try once.

    Args:
        db: the database.
        holder: who asks.
        policy: when the breaker opens and closes.
        now: the product's time; only alerts are dated with it.
        name: which breaker.

    Returns:
        A permit, or a wait whose ``until`` is in real time.

    Raises:
        PermanentFailure: ``no_breaker``.
    """
    seen = breaker_state(db, name)
    if seen.state == _CLOSED:
        return _answer(seen, holder)
    alert_if_stuck(db, policy, now, name=name)
    terms = {"name": name, "holder": holder, "lease": policy.probe}
    taken = None if seen.must_wait else db.fetch_row(TakenProbe, "take_probe", **terms)
    if taken is not None:
        return Permit(name, holder, taken.fencing_token, is_probe=True)
    # Somebody else was faster, or it is not time yet: what it is by now decides.
    return _answer(breaker_state(db, name), holder)


def report(
    db: Database, permit: Permit, outcome: AttemptOutcome, policy: BreakerPolicy, now: datetime, *, reason: str = ""
) -> bool:
    """Report how the attempt ended that a permit was given for; the breaker opens, closes or stays as it is.

    Args:
        db: the database.
        permit: as it was given.
        outcome: what came of it.
        policy: when the breaker opens and closes.
        now: the product's time; only alerts are dated with it.
        reason: why it failed, in a sentence without a secret.

    Returns:
        Whether it counted. It does not when the breaker has moved on since the permit was given, or when there was
        nothing to change.
    """
    if outcome is AttemptOutcome.UNUSED:
        return bool(permit.is_probe and db.execute("give_probe_back", name=permit.name, token=permit.fencing_token))
    with db.transaction() as transaction:
        state = _report(transaction, permit, outcome, policy, reason)
        if state == "open":
            _tell_open(transaction, policy, permit.name, reason, now)
        elif state == _CLOSED and permit.is_probe:
            resolve_alert(transaction, BREAKER_OPEN, now, breaker=permit.name)
            resolve_alert(transaction, BREAKER_STUCK, now, breaker=permit.name)
    return state is not None


def lose_probe(db: Statements, dead: str, *, name: str = PUBLISHING) -> bool:
    """Take the probe from a holder that is known to be dead, and say whether it had it."""
    return db.execute("lose_probe", name=name, dead=dead) > 0


def alert_if_stuck(db: Statements, policy: BreakerPolicy, now: datetime, *, name: str = PUBLISHING) -> bool:
    """Say whether the breaker has not been closed for too long; if so, a graver alert takes the place of the first."""
    seen = breaker_state(db, name)
    if seen.stopped_for is None or seen.stopped_for <= policy.stuck:
        return False
    alert(db, BREAKER_STUCK, now=now, breaker=name, since=seen.stopped_at, reason=seen.reason)
    resolve_alert(db, BREAKER_OPEN, now, breaker=name)
    return True


def breaker_state(db: Statements, name: str = PUBLISHING) -> BreakerState:
    """Return the state of a breaker.

    Raises:
        PermanentFailure: ``no_breaker``.
    """
    state = db.fetch_row(BreakerState, "breaker_seen", name=name)
    if state is None:
        raise PermanentFailure(
            f"There is no breaker named {name}.", code=FailureCode.NO_BREAKER, remedy="Run xbot migrate."
        )
    return state


def breaker_wait(db: Statements, *, asker: str) -> str | None:
    """Say why the publishing breaker lets nothing through now, or ``None``; its probe's own holder may go on.

    Raises:
        PermanentFailure: ``no_breaker``.
    """
    seen = breaker_state(db)
    if seen.state == _CLOSED or not seen.must_wait or (asker and seen.probe_holder == asker):
        return None
    return f"The publishing breaker is {seen.state}: {seen.reason}"


def breaker_events(db: Statements, name: str = PUBLISHING) -> list[BreakerEvent]:
    """Return every transition and probe, oldest first."""
    return db.fetch_rows(BreakerEvent, "breaker_events_of", name=name)


def _report(db: Statements, permit: Permit, outcome: AttemptOutcome, policy: BreakerPolicy, reason: str) -> str | None:
    """Return the state that the report led to, or ``None`` when it changed nothing."""
    place = {"name": permit.name, "token": permit.fencing_token}
    if permit.is_probe and outcome is AttemptOutcome.SUCCESS:
        row = db.fetch_one("probe_succeeded", **place, holder=permit.holder, needed=policy.successes)
    elif permit.is_probe:
        row = db.fetch_one("probe_failed", **place, holder=permit.holder, reset=policy.reset, reason=reason)
    elif outcome is AttemptOutcome.SUCCESS:
        return _CLOSED if db.execute("forget_failures", **place) else None
    else:
        why = {"limit": policy.failures, "reset": policy.reset, "reason": reason}
        row = db.fetch_one("count_failure", **place, holder=permit.holder, **why)
    return row["state"] if row else None


def _answer(seen: BreakerState, holder: str) -> Permit | Wait:
    if seen.state == _CLOSED:
        return Permit(seen.name, holder, seen.fencing_token, is_probe=False)
    if seen.probe_holder is None:
        return Wait(seen.try_at, f"The breaker '{seen.name}' is {seen.state}: {seen.reason}")
    return Wait(seen.try_at, f"The breaker '{seen.name}' waits for the probe of {seen.probe_holder}.")


def _tell_open(db: Statements, policy: BreakerPolicy, name: str, reason: str, now: datetime) -> None:
    if not alert_if_stuck(db, policy, now, name=name):
        alert(db, BREAKER_OPEN, now=now, breaker=name, reason=reason)
