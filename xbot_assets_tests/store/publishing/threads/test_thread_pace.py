"""The pace of threads: one admission for all, X's pauses for each segment, and the limit of the day for every one."""

from datetime import datetime, timedelta

from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.pace.answers import Answer, Outcome
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.admission import Question, why_not
from xbot_assets.store.publishing.pace import observe
from xbot_assets.testing.queueing import NOON
from xbot_assets.testing.queueing import queue as queue_posts
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.store.publishing.threads.thread_rig import A_MOMENT, finished, queue_thread

POST = PaceKind.POST


def asked(settings: Settings, now: datetime) -> Question:
    """Return the question under the limits as they are set."""
    return Question(settings.admission_limits, now)


def test_a_begun_thread_waits_for_x_s_pause_and_for_nothing_else(database: Database, settings_for: SettingsFor) -> None:
    """Not for the hour's limit, nor for the rate, which hold back the next post."""
    settings = settings_for(posts_per_hour_max=1)
    _, second, _ = queue_thread(database, "One.", "Two.", "Three.")
    finished(database)
    (single,) = queue_posts(database, "A post.")
    at = NOON + timedelta(minutes=6)
    held_back = why_not(database, asked(settings, at), single)
    assert held_back is not None
    assert held_back.rule is RuleName.HOURLY_LIMIT
    assert why_not(database, asked(settings, at), second) is None
    limited = Answer(Outcome.RATE_LIMITED, retry_after=timedelta(minutes=15))
    observe(database, POST, limited, at, settings.pace_rules)
    paused = why_not(database, asked(settings, at), second)
    assert paused is not None
    assert (paused.rule, paused.until) == (RuleName.X_PAUSE, at + timedelta(minutes=15))


def test_a_thread_counts_once_in_the_hour_and_with_every_segment_in_the_day(
    database: Database, settings_for: SettingsFor
) -> None:
    """From its beginning on: what still waits of it has its room."""
    unhurried = {"posts_per_hour_max": 2, "rate_start_per_hour": 2.0, "rate_tolerance_minutes": 60.0}
    queue_thread(database, "One.", "Two.", "Three.")
    finished(database)
    finished(database, now=NOON + A_MOMENT)
    (single,) = queue_posts(database, "A post.")
    pair = queue_thread(database, "Four.", "Five.")
    at = NOON + timedelta(minutes=6)
    four = asked(settings_for(posts_per_day_max=4, **unhurried), at)
    assert why_not(database, four, single) is None
    no_room = why_not(database, four, pair[0])
    assert no_room is not None
    assert (no_room.rule, no_room.until) == (RuleName.DAILY_CAP, NOON + timedelta(hours=12))
    assert why_not(database, asked(settings_for(posts_per_day_max=3, **unhurried), at), single) is not None
    assert posts.queue_counts(database) == {"published": 2, "queued": 4}
