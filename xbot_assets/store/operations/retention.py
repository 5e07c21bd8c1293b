"""What is purged when it is old, and what is kept for ever: each table of the product is in one of two lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from xbot_assets.store.engine.database import Statements


class TimeOf(StrEnum):
    """On which clock the times of a table are."""

    PRODUCT = "product"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """What of a table is purged when.

    Attributes:
        table: the table, without its schema.
        statement: which deletes a batch of it.
        setting: the days that it is kept, as the settings name them.
        clock: on which clock its times are.
        by_month: whole months are dropped, and the statement itself tells how many rows went.
    """

    table: str
    statement: str
    setting: str
    clock: TimeOf = TimeOf.PRODUCT
    by_month: bool = False


@dataclass(frozen=True, slots=True)
class Upkeep:
    """When a task of housekeeping was last done, and what it told."""

    done_at: datetime
    done_at_real: datetime
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TableSize:
    """What a table takes on disk with its indexes, and its rows as the server estimates them."""

    name: str
    bytes: int
    rows: int


_HISTORY, _RECORDS = "retention_history_days", "retention_records_days"
_OPERATIONS = "retention_operations_days"
RULES = (
    RetentionRule("post_metrics", "purge_readings", _HISTORY, by_month=True),
    RetentionRule("account_metrics", "purge_account_readings", _HISTORY),
    RetentionRule("llm_calls", "purge_llm_calls", _HISTORY),
    RetentionRule("template_uses", "purge_template_uses", _HISTORY),
    RetentionRule("pace_changes", "purge_pace_changes", _HISTORY),
    RetentionRule("metric_misses", "purge_misses", _RECORDS),
    RetentionRule("quarantined_readings", "purge_quarantined", _RECORDS),
    RetentionRule("reading_batches", "purge_reading_batches", _RECORDS),
    RetentionRule("page_evidence", "purge_page_evidence", _RECORDS),
    RetentionRule("post_judgements", "purge_judgements", _RECORDS),
    RetentionRule("timeline_reconciliations", "purge_reconciliations", _RECORDS),
    RetentionRule("policy_refusals", "purge_policy_refusals", _RECORDS),
    RetentionRule("alerts", "purge_alerts", _RECORDS),
    RetentionRule("upkeep", "purge_upkeep", _RECORDS),
    RetentionRule("reply_opportunities", "purge_opportunities", _RECORDS),
    RetentionRule("account_signals", "purge_account_signals", _HISTORY),
    RetentionRule("signal_sightings", "purge_signal_sightings", _RECORDS),
    RetentionRule("signals", "purge_signals", _RECORDS),
    RetentionRule("signal_readings", "purge_signal_readings", _RECORDS),
    RetentionRule("insights", "purge_insights", _HISTORY),
    RetentionRule("opportunity_counts", "purge_opportunity_counts", _RECORDS),
    RetentionRule("model_versions", "purge_model_versions", "retention_models_days"),
    RetentionRule("post_media", "purge_images", "retention_images_days"),
    RetentionRule("session_checks", "purge_session_checks", _OPERATIONS),
    RetentionRule("pace_admissions", "purge_pace_admissions", _OPERATIONS),
    RetentionRule("browser_operations", "purge_browser_operations", _OPERATIONS, TimeOf.REAL),
    RetentionRule("browser_queue_samples", "purge_queue_samples", _OPERATIONS, TimeOf.REAL),
    RetentionRule("breaker_events", "purge_breaker_events", _OPERATIONS, TimeOf.REAL),
    RetentionRule("statement_timings", "purge_statement_timings", _OPERATIONS, TimeOf.REAL),
)
"""What is purged."""

_POSTS = "what the account said and did; a few rows a post"
_ONE = "one row, or a few, that are changed in place"
KEPT: Mapping[str, str] = {
    "posts": _POSTS,
    "post_events": _POSTS,
    "post_history": _POSTS,
    "phantom_posts": _POSTS,
    "reading_schedule": _POSTS,
    "engagement_outcomes": _POSTS,
    "engagements": "who engaged with the account: one row for each deed, and a right to be answered",
    "unanswerable_authors": "whoever said stop is never answered again",
    "reply_suggestions": "one row for each reply that was left to a person",
    "opportunity_readings": "go with the post that was read",
    "insight_sentences": "go with the answer that they are of",
    "tracked_accounts": _ONE,
    "banned_accounts": _ONE,
    "harvest_sources": _ONE,
    "drafts": "the owner's own, until they are sent or thrown away",
    "budget_days": "one row a day",
    "publishing_holds": "one row for each time that the account was in trouble",
    "restorations": "one row for each backup that was restored",
    "champions": _ONE,
    "champion_events": "one row for each decision about a champion that differs from the one before",
    "challengers": _ONE,
    "schema_migrations": "one row for each version of the schema",
    "product_clock": _ONE,
    "pace_rates": _ONE,
    "breakers": _ONE,
    "account_facts": _ONE,
    "api_holds": _ONE,
    "llm_dialects": _ONE,
    "model_looks": _ONE,
    "model_ends": _ONE,
    "model_successions": _ONE,
    "post_tallies": "folded into their sums as they are written",
    "budget_reservations": "each ends with its call, or with its lease",
    "alert_outbox": "goes with its alert",
    "alert_deliveries": "goes with its notice",
}
"""What is not purged by a rule of its own, and why."""


def purge_batch(db: Statements, rule: RetentionRule, before: datetime, rows: int) -> int:
    """Delete one batch of what is older than a time on the rule's clock; return how many rows went."""
    if rule.by_month:
        row = db.fetch_one(rule.statement, before=before)
        return int(row["rows"]) if row else 0
    return db.execute(rule.statement, before=before, rows=rows)


def note_upkeep(db: Statements, task: str, now: datetime, report: Mapping[str, Any]) -> None:
    """Note that a task of housekeeping was done."""
    db.execute("note_upkeep", task=task, now=now, report=dict(report))


def last_upkeep(db: Statements, task: str) -> Upkeep | None:
    """Return when a task was last done; ``None`` for never."""
    return db.fetch_row(Upkeep, "last_upkeep", task=task)


def installed_for(db: Statements, real_now: datetime) -> timedelta:
    """Return how long ago, in real time, the schema was first made."""
    row = db.fetch_one("installed_at")
    at: datetime | None = row["at"] if row else None
    return real_now - at if at else timedelta(0)


def table_sizes(db: Statements) -> list[TableSize]:
    """Return what each table takes, Dagster's too, the largest first."""
    return db.fetch_rows(TableSize, "table_sizes")
