"""The catalogue of automations: all of the definitions, all of the legacy list, and how often each works now."""

import csv
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from xbot_assets.build import build_defs
from xbot_assets.cli.operations.jobs import interval_in_words
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.jobs.described import Automation, automations, minutes_of
from xbot_assets.jobs.document import jobs_document
from xbot_assets.jobs.legacy import PLANNED, ROWS, legacy_rows
from xbot_assets.jobs.now import automation_now, last_run, next_tick
from xbot_assets.replay.catalogue import load_catalogue
from xbot_assets.settings import CHECKOUT, Settings
from xbot_assets.steps.operations.rhythms import RHYTHMS, Asked, Rhythm, rhythms
from xbot_assets.steps.own_account import Account
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engagement.authors import NOTIFICATIONS, note_harvest
from xbot_assets.store.engagement.opportunities import note_count
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.testing.servers import SettingsFor

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> list[Automation]:
    """Return the catalogue of the assembled code location."""
    return automations(build_defs())


def legacy_names() -> list[str]:
    """Return the old system's jobs as the repository lists them."""
    with (CHECKOUT / "benchmarks" / "legacy_jobs.csv").open(encoding="utf-8", newline="") as stream:
        return [row["name"] for row in csv.DictReader(stream)]


def test_every_row_of_the_legacy_list_is_mapped_to_what_there_is(catalogue: list[Automation]) -> None:
    """To schedules and sensors that exist; to a part, or to nothing, with the words that say so."""
    rows = legacy_rows(load_catalogue().replaced)
    assert sorted(row.name for row in rows) == sorted(legacy_names())
    ours = {one.name for one in catalogue}
    for row in rows:
        by_automation = row.successor.standing == "automation"
        assert bool(row.successor.by) == by_automation, row.name
        assert set(row.successor.by) <= ours, row.name
        assert by_automation or row.successor.how.endswith("."), row.name


def test_the_tables_of_successors_name_nothing_that_the_plan_does_not() -> None:
    """A line that nothing leads to would be forgotten when it becomes wrong."""
    plan = load_catalogue()
    assert set(PLANNED) == {job.name for job in plan.jobs} | set(plan.parts)
    assert set(ROWS) <= set(plan.replaced)


def test_every_schedule_and_sensor_is_in_the_catalogue_with_its_job(catalogue: list[Automation]) -> None:
    """As the repository that Dagster loads has them."""
    repository = build_defs().get_repository_def()
    named = {one.name for one in repository.schedule_defs} | {one.name for one in repository.sensor_defs}
    assert {one.name for one in catalogue} == named
    for one in catalogue:
        assert one.description, one.name
        assert (one.asks_seconds is None) == bool(one.minutes), one.name


def test_what_asks_whether_work_is_due_has_a_rhythm_and_nothing_else_has(catalogue: list[Automation]) -> None:
    """One without would show no interval, and one too many would never be shown."""
    asking = {one.name for one in catalogue if one.job is not None and not one.minutes}
    assert set(RHYTHMS) == asking


def test_the_lane_is_that_of_the_jobs_most_urgent_step(catalogue: list[Automation]) -> None:
    """As the run queue tags it."""
    lanes = {one.name: one.lane for one in catalogue}
    assert lanes["publish_when_due"] == "critical"
    assert lanes["measure_when_due"] == "high"
    assert lanes["plan_when_due"] == "none"


def test_the_page_of_jobs_is_what_the_definitions_make_it() -> None:
    """``python -m xbot_assets.jobs.document > docs/jobs.md`` after a change."""
    assert (CHECKOUT / "docs" / "jobs.md").read_text(encoding="utf-8") == jobs_document()


def asked(database: Database, settings: Settings) -> dict[str, Rhythm]:
    """Return the rhythms of an account with these settings, now."""
    clock = DatabaseClock(database)
    return rhythms(Asked(Account(settings, database, clock), clock.now()))


def test_intervals_are_those_in_force_and_the_next_time_follows_from_the_last(
    database: Database, settings_for: SettingsFor
) -> None:
    """Before anything was done nothing has a next time; a queued post has one, and the rate decides the interval."""
    settings = settings_for(rate_start_per_hour=0.5, session_check_minutes=20)
    now = DatabaseClock(database).now()
    before = asked(database, settings)
    assert before["publish_when_due"].next_at is None
    assert before["publish_when_due"].every == timedelta(hours=2)
    assert before["check_session_when_due"].every == timedelta(minutes=20)
    due = now + timedelta(hours=3)
    enqueue_posts(database, [NewPost(text="Words.", topic="t", format="f", scheduled_at=due)], now)
    after = asked(database, settings)
    assert after["publish_when_due"].next_at == due
    plan = after["plan_when_due"]
    assert plan.every is not None
    assert plan.next_at == now + plan.every


def test_reading_others_has_the_interval_that_the_pool_and_the_settings_ask_for(
    database: Database, settings_for: SettingsFor
) -> None:
    """None where it is switched off; the next time follows from the last look."""
    now = DatabaseClock(database).now()
    replies = ("harvest_inbound_when_due", "harvest_opportunities_when_due", "plan_replies_when_due")
    off = asked(database, settings_for(harvest="off"))
    assert [(off[name].every, off[name].next_at) for name in replies] == [(None, None)] * 3
    settings = settings_for(harvest="all", inbound_minutes=7, reply_plan_minutes=9)
    note_harvest(database, NOTIFICATIONS, now, seen=3, new=1)
    note_count(database, now, 3)
    on = asked(database, settings)
    urgent = settings.opportunity_rules.urgent
    assert [on[name].every for name in replies] == [timedelta(minutes=7), urgent, timedelta(minutes=9)]
    assert [on[name].next_at for name in replies] == [now + timedelta(minutes=7), now + urgent, None]
    inbound = asked(database, settings_for(harvest="inbound"))
    assert [inbound[name].every is None for name in replies] == [False, True, False]


def test_a_fixed_timetable_says_its_next_minute() -> None:
    """Also when that is in the next hour; other timetables are refused instead of read wrongly."""
    assert minutes_of("35,5 * * * *") == (5, 35)
    assert next_tick((5, 35), NOON) == NOON + timedelta(minutes=5)
    assert next_tick((5, 35), NOON + timedelta(minutes=35)) == NOON + timedelta(hours=1, minutes=5)
    with pytest.raises(ValueError, match="no timetable"):
        minutes_of("0 4 * * *")


def test_the_last_run_of_a_job_is_found_whoever_started_it(catalogue: list[Automation]) -> None:
    """By hand as well; a job that never ran has none."""

    @dg.asset
    def watched() -> None:
        """Do nothing."""

    watch = next(one for one in catalogue if one.name == "watch_browser_usage")
    job = dg.Definitions([watched], jobs=[dg.define_asset_job("watch_browser")]).resolve_job_def("watch_browser")
    with dg.DagsterInstance.ephemeral() as instance:
        assert last_run(instance, "watch_browser") is None
        done = job.execute_in_process(instance=instance)
        now = automation_now(watch, None, instance, NOON)
        assert now.last is not None
        assert (now.last.run_id, now.last.status) == (done.run_id, "success")
        assert (now.every, now.next_at) == (timedelta(minutes=30), NOON + timedelta(minutes=5))
        assert now.document["clock"] == "real"


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(seconds=30), "30 s"),
        (timedelta(minutes=90), "1.5 h"),
        (timedelta(days=7), "7 d"),
        (timedelta(milliseconds=5), "0 s"),
    ],
)
def test_an_interval_is_told_in_its_largest_unit(every: timedelta, words: str) -> None:
    """Rounded to a tenth."""
    assert interval_in_words(every) == words
