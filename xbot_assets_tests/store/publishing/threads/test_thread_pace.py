"""The pace of threads: one admission for all, X's pauses for each segment, and the limit of the day for every one."""

from datetime import timedelta

from xbot_assets.domain.pace.answers import Answer, Outcome
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.pace import observe, wait_now
from xbot_assets.testing.queueing import NOON
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.store.publishing.threads.thread_rig import A_MOMENT, queue_thread, settled

POST = PaceKind.POST


def rules_of(settings_for: SettingsFor, **settings: object) -> PaceRules:
    """Return the rules, in UTC."""
    return settings_for(**settings).pace_rules


def test_a_begun_thread_waits_for_x_s_pause_and_for_nothing_else(database: Database, settings_for: SettingsFor) -> None:
    """Not for the hour's limit, nor for the rate, which hold back the next post."""
    rules = rules_of(settings_for, posts_per_hour_max=1)
    queue_thread(database, "One.", "Two.", "Three.")
    settled(database)
    at = NOON + A_MOMENT
    assert wait_now(database, POST, at, rules) is not None
    assert wait_now(database, POST, at, rules, continues=True) is None
    limited = Answer(Outcome.RATE_LIMITED, retry_after=timedelta(minutes=15))
    observe(database, POST, limited, at, rules)
    paused = wait_now(database, POST, at, rules, continues=True)
    assert paused is not None
    assert paused.until == at + timedelta(minutes=15)


def test_a_thread_counts_once_in_the_hour_and_with_every_segment_in_the_day(
    database: Database, settings_for: SettingsFor
) -> None:
    """From its beginning on: what still waits of it has its room."""
    unhurried = {"posts_per_hour_max": 2, "rate_start_per_hour": 2.0, "rate_tolerance_minutes": 60.0}
    queue_thread(database, "One.", "Two.", "Three.")
    settled(database)
    settled(database, now=NOON + A_MOMENT)
    at = NOON + timedelta(minutes=6)
    four = rules_of(settings_for, posts_per_day_max=4, **unhurried)
    assert wait_now(database, POST, at, four) is None
    assert wait_now(database, POST, at, four, size=2) is not None
    assert wait_now(database, POST, at, rules_of(settings_for, posts_per_day_max=3, **unhurried)) is not None
    assert posts.queue_counts(database) == {"published": 2, "queued": 1}
