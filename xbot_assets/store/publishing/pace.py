"""The pace in PostgreSQL: the facts that its rules are asked with, and what X's answers do to the rate.

A post counts from the moment it is claimed until it is certain that X was not asked, so lost workers and lost ids never
make room. A database that does not answer, or a state that makes no sense, raises: then nothing goes.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.pace.answers import Answer
from xbot_assets.domain.pace.hours import EarnedReward, HourWeights, hour_weights, local_hour
from xbot_assets.domain.pace.pacing import DAY, PaceKind, PaceRules, Pacing
from xbot_assets.domain.pace.rate import PaceFacts, RateState, hold, initial
from xbot_assets.domain.pace.rate import observe as observed
from xbot_assets.store.engine.database import Database, Statements, Transaction

REWARDS_MAX = 1000
"""Hours are weighed by so many posts at most, forty for each hour."""


@dataclass(frozen=True, slots=True)
class SeenPace:
    """The stored state of one kind, and when something of it was or may have been published."""

    kind: str
    rate: float | None
    successes: int
    failures: int
    paused_until: datetime | None
    pause_reason: str
    hour_weights: list[float] | None
    recent: list[datetime]
    continued: list[datetime]
    promised: int


def lock_pace(transaction: Transaction) -> None:
    """Let nobody else be admitted, and no answer of X change the pace, until the transaction ends."""
    transaction.execute("lock_pace")


def observe(db: Database, kind: PaceKind, answer: Answer, now: datetime, rules: PaceRules) -> None:
    """Let the rate learn from what X answered to one attempt of this kind."""
    with db.transaction() as transaction:
        observe_within(transaction, kind, answer, now, rules)


def observe_within(transaction: Transaction, kind: PaceKind, answer: Answer, now: datetime, rules: PaceRules) -> None:
    """As :func:`observe`, stored together with whatever else the transaction changes."""
    lock_pace(transaction)
    for each, pacing in rules.pacing.items():
        before = pace_facts(transaction, each, now, rules).state
        react = observed if each is kind else hold
        _store(transaction, each, before, react(before, answer, now, pacing), answer, now)


def pace_facts(db: Statements, kind: PaceKind, now: datetime, rules: PaceRules) -> PaceFacts:
    """Return what is stored about a kind. Raises ``pace_unknown``."""
    since = min(budget_day(now, rules.zone).starts, now - DAY)
    seen = db.fetch_row(SeenPace, "pace_seen", kind=kind, since=since)
    if seen is None:
        raise PermanentFailure(
            f"The pace of the kind '{kind}' is not in the database, so nothing is published.",
            code=FailureCode.PACE_UNKNOWN,
            remedy="Run xbot migrate; if that does not help, restore the row of pace_rates.",
        )
    state, hours = _state(seen, rules.pacing[kind]), _hours(seen, rules.zone)
    return PaceFacts(state, hours, seen.recent, seen.continued, seen.promised)


def learn_hours(db: Statements, kind: PaceKind, since: datetime, rules: PaceRules) -> tuple[float, ...]:
    """Weigh the owner's hours by what the newest posts since then earned, store the weights and return them."""
    earned = [
        EarnedReward(local_hour(row["published_at"], rules.zone), row["reward"])
        for row in db.fetch_all("earned_rewards", since=since, limit=REWARDS_MAX)
    ]
    weights = hour_weights(earned, rules.pacing[kind].hour_weights)
    db.execute("store_hour_weights", kind=kind, weights=list(weights))
    return weights


def _state(seen: SeenPace, pacing: Pacing) -> RateState:
    rate = initial(pacing).rate if seen.rate is None else pacing.bounded(seen.rate)
    return RateState(rate, seen.successes, seen.failures, seen.paused_until, seen.pause_reason)


def _hours(seen: SeenPace, zone: ZoneInfo) -> HourWeights:
    return HourWeights(zone) if seen.hour_weights is None else HourWeights(zone, tuple(seen.hour_weights))


def _store(
    transaction: Transaction, kind: PaceKind, before: RateState, after: RateState, answer: Answer, now: datetime
) -> None:
    if after == before:
        return
    transaction.execute(
        "store_rate",
        kind=kind,
        rate=after.rate,
        successes=after.successes,
        failures=after.failures,
        paused_until=after.paused_until,
        pause_reason=after.pause_reason,
    )
    if (after.rate, after.paused_until) != (before.rate, before.paused_until):
        transaction.execute(
            "note_pace_change",
            kind=kind,
            now=now,
            outcome=answer.outcome,
            rate_before=before.rate,
            rate_after=after.rate,
            paused_until=after.paused_until,
        )
