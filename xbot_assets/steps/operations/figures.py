"""The figures of one moment, read from the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD, TierName
from xbot_assets.domain.figures import Figure, Sample
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.operations.retention import clock_rate
from xbot_assets.store.account.publishing_holds import open_holds
from xbot_assets.store.alerts import alert_counts, notices_waiting
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations.browser_operations import newest_queue_samples, waits_by_lane
from xbot_assets.store.operations.database_health import database_sessions, statement_timings
from xbot_assets.store.operations.retention import last_upkeep, table_sizes
from xbot_assets.store.publishing.breaker import breaker_state
from xbot_assets.store.publishing.pace import pace_facts
from xbot_assets.store.publishing.posts import queue_counts

WINDOW = timedelta(minutes=30)
"""Waits are over this stretch, as the alert about long waits is."""
TABLES = 20
"""The largest tables; the others hold next to nothing."""
BREAKER_STATES = ("closed", "open", "half_open")
MS_PER_SECOND = 1000.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Of what, and when: on the product's clock and in real time."""

    database: Database
    settings: Settings
    now: datetime
    real_now: datetime


def figures(moment: Moment) -> list[Sample]:
    """Return every figure that the database knows. Raises as the database does."""
    parts = (_queue, _pace, _lanes, _budget, _statements, _database, _alerts)
    return [sample for part in parts for sample in part(moment)]


def _queue(moment: Moment) -> Iterator[Sample]:
    for status, posts in queue_counts(moment.database).items():
        yield Sample(Figure.POSTS, posts, (status,))
    yield Sample(Figure.PUBLISHING_HELD, bool(open_holds(moment.database)))


def _pace(moment: Moment) -> Iterator[Sample]:
    for kind in PaceKind:
        facts = pace_facts(moment.database, kind, moment.now, moment.settings.pace_rules)
        yield Sample(Figure.RATE, facts.state.rate, (kind,))
    breaker = breaker_state(moment.database)
    for state in BREAKER_STATES:
        yield Sample(Figure.BREAKER, breaker.state == state, (breaker.name, state))


def _lanes(moment: Moment) -> Iterator[Sample]:
    since = moment.real_now - WINDOW
    for lane in waits_by_lane(moment.database, since):
        for quantile, value in (("0.5", lane.median_seconds), ("0.95", lane.p95_seconds), ("1", lane.longest_seconds)):
            yield Sample(Figure.LANE_WAIT, value, (lane.lane, quantile))
        yield Sample(Figure.LANE_BUSY, lane.busy_seconds, (lane.lane,))
        yield Sample(Figure.LANE_OPERATIONS, lane.operations, (lane.lane,))
    waiting = newest_queue_samples(moment.database, since)
    for lane_name in Lane:
        sample = waiting.get(lane_name)
        yield Sample(Figure.LANE_WAITING, sample.waiting if sample else 0, (lane_name,))
        yield Sample(Figure.LANE_OLDEST, sample.oldest_seconds if sample else 0.0, (lane_name,))


def _budget(moment: Moment) -> Iterator[Sample]:
    budget = budget_now(moment.database, moment.settings, moment.now)
    parts = {"limit": budget.budget_microusd, "spent": budget.account.spent, "reserved": budget.account.reserved}
    for part, amount in parts.items():
        yield Sample(Figure.BUDGET, amount / MICROUSD_PER_USD, (part,))
    for tier in TierName:
        yield Sample(Figure.BUDGET_TIER, budget.tier.name is tier, (tier,))


def _statements(moment: Moment) -> Iterator[Sample]:
    for timing in statement_timings(moment.database, moment.real_now.date()):
        yield Sample(Figure.STATEMENT_CALLS, timing.calls, (timing.name,))
        yield Sample(Figure.STATEMENT_SECONDS, timing.total_ms / MS_PER_SECOND, (timing.name,))
        yield Sample(Figure.STATEMENT_SLOW, timing.slow_calls, (timing.name,))


def _database(moment: Moment) -> Iterator[Sample]:
    for session in database_sessions(moment.database):
        yield Sample(Figure.SESSIONS, session.sessions, (session.state,))
    for table in table_sizes(moment.database)[:TABLES]:
        yield Sample(Figure.TABLE_BYTES, table.bytes, (table.name,))
    backup = last_upkeep(moment.database, "backup")
    if backup is not None:
        yield Sample(Figure.BACKUP_AGE, (moment.real_now - backup.done_at_real).total_seconds())
    yield Sample(Figure.CLOCK_RATE, clock_rate(moment.database))


def _alerts(moment: Moment) -> Iterator[Sample]:
    for severity, alerts in alert_counts(moment.database).items():
        yield Sample(Figure.ALERTS, alerts, (severity,))
    yield Sample(Figure.NOTICES, notices_waiting(moment.database))
