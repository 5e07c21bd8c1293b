"""Purging what is old: each table of the product is purged by a rule or kept for a reason, on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.steps.operations.retention import Purged, purge, purge_wait, real_age
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.clock import set_line
from xbot_assets.store.operations.retention import KEPT, RULES, table_sizes
from xbot_assets.testing.servers import SettingsFor

OLD, YOUNG = "now() - interval '500 days'", "now() - interval '1 hour'"

POST = (
    "insert into posts (id, status, text, fingerprint, topic, format, scheduled_at, planned_at, armed_at, x_post_id, "
    "published_at) overriding system value values (1, 'published', 't', 'f', 't', 'f', {at}, {at}, {at}, '1', {at})"
)
ROWS = {
    "reply_opportunities": "insert into reply_opportunities (x_post_id, handle, source, state, text, conversation_id, "
    "created_at, first_seen_at, expires_at, changed_at) select count(*) + 1, 'reader', 'search', 'expired', 't', '1', "
    "{at}, {at}, {at}, {at} from reply_opportunities",
    "account_signals": "insert into account_signals (handle, by_handle, x_post_id, kind, seen_at) "
    "select 'a', 'b', count(*) + 1, 'quoted', {at} from account_signals",
    "opportunity_counts": "insert into opportunity_counts values ({at}, 5)",
    "post_metrics": "select make_reading_month({at}); "
    "insert into post_metrics (post_id, read_at, replies, reposts, likes, bookmarks) values (1, {at}, 0, 0, 0, 0)",
    "account_metrics": "insert into account_metrics (handle, read_at, followers, following, posts, exact) values "
    "('h', {at}, 1, 1, 1, true)",
    "llm_calls": "insert into llm_calls (purpose, model, prompt_version, outcome, latency_ms, called_at) values "
    "('plan', 'm', '1', 'ok', 1, {at})",
    "template_uses": "insert into template_uses (template, subject, post_id, used_at) values ('t', 's', 1, {at})",
    "pace_changes": "insert into pace_changes (kind, changed_at, outcome, rate_before, rate_after) values "
    "('post', {at}, 'ok', 1, 1)",
    "metric_misses": "insert into metric_misses (post_id, missed_at, why, reason) values (1, {at}, 'gone', 'r')",
    "quarantined_readings": "insert into quarantined_readings (read_at, problem, reason, evidence) values "
    "({at}, 'twice', 'r', '{{}}')",
    "page_evidence": "insert into page_evidence (seen_at, operation, path, reason, outline) values "
    "({at}, 'o', '/p', 'r', '')",
    "reading_batches": "insert into reading_batches (read_at, asked, posts_read) values ({at}, 1, 1)",
    "post_judgements": "insert into post_judgements (judged_at, text, topic, format, purpose) values "
    "({at}, 't', 't', 'f', 'plan')",
    "timeline_reconciliations": "insert into timeline_reconciliations "
    "(compared_at, posts_seen, covers_since, confirmed, phantoms, missing) values ({at}, 1, {at}, 0, 0, 0)",
    "policy_refusals": "insert into policy_refusals (post_id, rule, reason, first_at, last_at) values "
    "(1, 'r' || {at}, 'r', {at}, {at})",
    "alerts": "with a as (insert into alerts (key, severity, reason, remedy, raised_at, last_seen_at, resolved_at) "
    "values ('k', 'info', 'r', '', {at}, {at}, {at}) returning id), o as (insert into alert_outbox "
    "(alert_id, event, created_at, sent_at) select id, 'raised', {at}, {at} from a returning id) "
    "insert into alert_deliveries (notice_id, channel) select id, 'c' from o",
    "upkeep": "insert into upkeep (task, done_at) values ('purge', {at})",
    "model_versions": "insert into model_versions (kind, version, parameters, evaluation, outcomes_used, trained_at) "
    "select 'bandit', coalesce(max(version), 0) + 1, '{{}}', '{{}}', 1, {at} from model_versions",
    "session_checks": "insert into session_checks (checked_at, state) values ({at}, 'logged_in')",
    "pace_admissions": "insert into pace_admissions (kind, admitted_at) values ('post', {at})",
    "browser_operations": "insert into browser_operations (id, kind, lane, queued_at, requested_at) values "
    "(gen_random_uuid(), 'publish', 'critical', {at}, {at})",
    "signals": "insert into signals (kind, name, about, text, first_seen_at, last_seen_at) values "
    "('trend', 't' || {at}, '', 't', {at}, {at})",
    "signal_sightings": "insert into signal_sightings (signal_id, seen_at) select id, {at} from signals "
    "order by last_seen_at desc limit 1",
    "signal_readings": "insert into signal_readings values ('background', {at}, 1, 1, 0)",
    "insights": "insert into insights (kind, made_at, model, signals_shown, kept, why_none, cost_microusd) values "
    "('expert', {at}, 'm', 1, 0, 'nothing was cited', 0)",
    "browser_queue_samples": "insert into browser_queue_samples values ({at}, 'low', 0, 0)",
    "breaker_events": "insert into breaker_events (name, event, from_state, to_state, fencing_token, happened_at, "
    "reason) values ('publishing', 'opened', 'closed', 'open', 1, {at}, 'r')",
    "statement_timings": "insert into statement_timings values ('n', ({at})::date, 1, 1, 1, 0)",
}
"""A row of each purged table whose one time is given; images are of posts and have a test of their own."""


@pytest.fixture
def product(settings_for: SettingsFor) -> Iterator[Product]:
    """A product that asks nobody but the database."""
    nowhere = {"browser_url": "http://127.0.0.1:9", "openai_base_url": "http://127.0.0.1:9/v1"}
    settings = settings_for(browser_token=SecretStr("t"), retention_batch_rows=10, retention_batches_max=3, **nowhere)
    with open_product(settings, worker="test") as opened:
        yield opened


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the product's, with one post that was published long ago."""
    with psycopg.connect(database_url, autocommit=True, options="-c search_path=xbot") as opened:
        opened.execute(POST.format(at=OLD))
        yield opened


def put(connection: psycopg.Connection[Any], table: str, at: str) -> None:
    """Insert a row of a table at a time."""
    connection.execute(ROWS[table].format(at=at).encode())


def count(connection: psycopg.Connection[Any], table: str) -> int:
    """Count a table's rows."""
    row = connection.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608 - names of our own
    assert row is not None
    return int(row[0])


def gone(purged: list[Purged], table: str) -> Purged:
    """Return what went of a table."""
    return next(one for one in purged if one.table == table)


def test_every_table_is_purged_by_a_rule_or_kept_for_a_reason(product: Product) -> None:
    """A new table is in neither list until somebody has thought about it."""
    tables = {size.name.removeprefix("xbot.") for size in table_sizes(product.database) if size.name[:5] == "xbot."}
    assert {rule.table for rule in RULES} | set(KEPT) == tables
    assert not {rule.table for rule in RULES} & set(KEPT)


def test_what_is_old_goes_and_what_is_young_stays(product: Product, connection: psycopg.Connection[Any]) -> None:
    """In every table with a rule; two old rows and a young one become the young one."""
    assert set(ROWS) == {rule.table for rule in RULES} - {"post_media"}
    for table in ROWS:
        put(connection, table, f"{OLD} - interval '2 days'")
        put(connection, table, OLD)
        put(connection, table, YOUNG)
    purged = purge(product)
    left = {table: count(connection, table) for table in ROWS}
    assert left == dict.fromkeys(ROWS, 1) | {"upkeep": 2}  # this purge notes itself
    assert {one.table for one in purged if one.rows != 2} == {"post_media"}
    assert count(connection, "alert_outbox") == count(connection, "alert_deliveries") == 1
    assert count(connection, "posts") == 1


def test_a_purge_takes_some_batches_and_leaves_the_rest_to_the_next(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """Three batches of ten at most; it says that there is more."""
    for _ in range(35):
        put(connection, "session_checks", OLD)
    put(connection, "session_checks", YOUNG)
    first, second = purge(product), purge(product)
    assert gone(first, "session_checks") == Purged("session_checks", 30, more=True)
    assert gone(second, "session_checks") == Purged("session_checks", 5, more=False)


def test_what_something_else_rests_on_stays_however_old_it_is(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """The call of a post, a champion, what was in test, an open alert."""
    for table in ("llm_calls", *["model_versions"] * 3, "timeline_reconciliations", "session_checks"):
        put(connection, table, OLD)
    connection.execute("update posts set llm_call_id = (select max(id) from llm_calls)")
    connection.execute("update posts set tested_version_id = (select id from model_versions where version = 2)")
    connection.execute("insert into champions select kind, id, now(), 'r' from model_versions where version = 1")
    put(connection, "alerts", OLD)
    connection.execute("update alert_outbox set sent_at = null")
    assert {one.table: one.rows for one in purge(product) if one.rows} == {}


def test_readings_go_by_the_month_and_months_to_come_are_made_ahead(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """What is 401 days old stays as long as its month is not over for 400 days; what a post earned stays for ever."""
    month = "date_trunc('month', now() - interval '400 days', 'UTC')"
    put(connection, "post_metrics", f"{month} - interval '1 minute'")
    put(connection, "post_metrics", f"{month} + interval '1 minute'")
    connection.execute(
        "insert into engagement_outcomes (post_id, reward, score, level, read_at, computed_at) "
        "select 1, 0.5, 0.5, 0.5, min(read_at), now() from post_metrics"
    )
    assert gone(purge(product), "post_metrics") == Purged("post_metrics", 1, more=False)
    assert connection.execute(f"select read_at > {month} from post_metrics").fetchall() == [(True,)]  # noqa: S608
    assert count(connection, "engagement_outcomes") == 1
    ahead = connection.execute("select count(*), max(ends_at) > now() + interval '60 days' from reading_months")
    assert ahead.fetchone() == (4, True)


def test_images_go_when_their_post_is_out_for_long_and_not_before(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """What still waits keeps what it will show."""
    connection.execute(
        "insert into posts (id, text, fingerprint, topic, format, scheduled_at, planned_at) overriding system value "
        "values (2, 'w', 'w', 't', 'f', now() - interval '500 days', now() - interval '500 days')"
    )
    for post in (1, 2):
        connection.execute(
            "insert into post_media (post_id, position, file_name, mime_type, content) values (%s, 0, 'a', "
            "'image/png', 'x')",
            [post],
        )
    purge(product)
    assert connection.execute("select post_id from post_media").fetchall() == [(2,)]


def test_a_quick_clock_empties_real_tables_as_quickly_as_it_fills_them(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """At sixty times, thirty days of operations are twelve hours; nothing of the last hour goes at any rate."""
    put(connection, "browser_operations", "now() - interval '13 hours'")
    put(connection, "browser_operations", "now() - interval '11 hours'")
    assert gone(purge(product), "browser_operations").rows == 0
    now = system_now()
    set_line(product.database, ClockLine(now, now, 60.0))
    assert gone(purge(product), "browser_operations").rows == 1
    assert real_age(30, 1e6) == timedelta(hours=1)


def test_a_purge_is_due_every_few_hours_of_the_products_clock_and_not_at_a_first_start(
    product: Product, connection: psycopg.Connection[Any]
) -> None:
    """A new installation has nothing that is old."""
    connection.execute("update schema_migrations set applied_at = now()")
    assert purge_wait(product) == "Nothing is old yet."
    connection.execute("update schema_migrations set applied_at = now() - interval '1 hour'")
    assert purge_wait(product) is None
    purge(product)
    assert "was purged at" in (purge_wait(product) or "")
    set_line(product.database, ClockLine(datetime(2020, 1, 1, tzinfo=UTC), system_now() - timedelta(days=1), 1.0))
    product.clock.refresh()
    assert purge_wait(product) is None
