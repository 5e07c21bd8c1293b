"""Readings are kept by the month: made when one is needed, dropped whole, and what was there before goes on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns

import psycopg
from pydantic import SecretStr

import xbot_assets.store
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.store.backup.dumping import one_moment
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.metrics import readings
from xbot_assets.store.operations.retention import RULES, purge_batch
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.servers import SettingsFor

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OURS = Path(xbot_assets.store.__file__).parent / "migrations"
FILL = """
insert into posts (status, text, fingerprint, topic, format, scheduled_at, planned_at, x_post_id, published_at)
values ('published', 'old', 'old', 'sea', 'fact', %(at)s, %(at)s, '91', %(at)s);
insert into post_metrics (post_id, read_at, views, replies, reposts, likes, bookmarks)
select 1, %(at)s - n * interval '40 days', 100 - n, 0, 0, 0, 0 from generate_series(0, 3) n
"""


def published(db: Database) -> int:
    """Publish one post at noon, and return its id."""
    post = NewPost.model_validate({"text": "first", "topic": "sea", "format": "fact", "scheduled_at": NOON})
    posts.enqueue_posts(db, [post], NOON)
    held = take_post(db, open_limits(), NOON, lease=HOUR)
    assert held is not None
    assert posts.arm_post(db, held, NOON)
    posts.confirm_published(db, held, x_post_id="91", permalink=None, now=NOON)
    return held.id


def read(db: Database, post_id: int, *times: datetime) -> int:
    """Store readings, and return how many were new."""
    counts = {"replies": 0, "reposts": 0, "likes": 0, "bookmarks": 0, "views": 9, "label": None}
    rows = [
        {"post_id": post_id, "read_at": at, "next_read_at": at + HOUR, "unchanged_readings": 0, **counts}
        for at in times
    ]
    return readings.insert_readings(db, rows)


def months(url: str) -> dict[str, int]:
    """Return the parts there are, with their rows."""
    with psycopg.connect(url, options="-c search_path=xbot") as connection:
        names = connection.execute("select name from reading_months order by ends_at").fetchall()
        return {
            name: (connection.execute(f"select count(*) from {name}".encode()).fetchone() or (0,))[0]  # noqa: S608
            for (name,) in names
        }


def drop(db: Database, before: datetime) -> int:
    """Drop what is older than a time."""
    return purge_batch(db, next(rule for rule in RULES if rule.by_month), before, 1)


def test_a_month_is_made_by_its_first_reading_and_ends_at_midnight_utc(database: Database, database_url: str) -> None:
    """Wherever whoever makes it stands."""
    post = published(database)
    midnight = datetime(2026, 2, 1, tzinfo=UTC)
    with psycopg.connect(database_url, options="-c search_path=xbot -c timezone=Pacific/Auckland") as connection:
        connection.execute("select make_reading_month(%s)", [midnight - HOUR])
    assert read(database, post, NOON, midnight - timedelta(microseconds=1), midnight) == 3
    assert read(database, post, NOON, midnight + HOUR) == 1
    assert months(database_url) == {"post_metrics_2026_01": 2, "post_metrics_2026_02": 2}


def test_of_many_that_need_a_new_month_at_once_one_makes_it(settings_for: SettingsFor, database_url: str) -> None:
    """Eight workers, each with another minute of the same month, and none of them fails."""
    with open_database(settings_for()) as database:
        post = published(database)
        with ThreadPoolExecutor(8) as workers:
            stored = workers.map(lambda n: read(database, post, NOON + n * timedelta(minutes=1)), range(8))
        assert sum(stored) == 8
    assert months(database_url) == {"post_metrics_2026_01": 8}


def test_readings_of_a_post_that_is_not_on_x_are_not_kept(database: Database, database_url: str) -> None:
    """No key of the table says so: the statement does."""
    assert read(database, published(database) + 1, NOON) == 0
    assert months(database_url) == {"post_metrics_2026_01": 0}


def test_a_month_goes_when_all_of_it_is_old_and_the_newest_counts_stay(database: Database, database_url: str) -> None:
    """At the last moment of January nothing goes, at midnight all of it."""
    post = published(database)
    read(database, post, NOON, NOON + 24 * HOUR)
    assert drop(database, datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) == 0
    assert drop(database, datetime(2026, 2, 1, tzinfo=UTC)) == 1
    assert drop(database, datetime(2026, 3, 1, tzinfo=UTC)) == 1
    assert months(database_url) == {}
    (due,) = readings.posts_to_measure(database, now=NOON + 48 * HOUR, limit=9)
    assert due.views == 9


def test_while_a_backup_reads_no_month_goes(settings_for: SettingsFor, database_url: str) -> None:
    """The next purge drops it; meanwhile readings go on."""
    settings = settings_for()
    with open_database(settings) as database:
        post = published(database)
        read(database, post, NOON)
        with one_moment(settings):
            assert drop(database, NOON + 60 * 24 * HOUR) == 0
            assert read(database, post, NOON + HOUR, NOON + 24 * HOUR) == 2
        assert months(database_url) == {"post_metrics_2026_01": 2, "post_metrics_2026_02": 1}
        assert drop(database, NOON + 60 * 24 * HOUR) == 3


def test_readings_from_before_become_one_part_and_new_months_come_after_it(
    empty_database_url: str, tmp_path: Path
) -> None:
    """None is written anew or lost; the part goes when all of it is old."""
    settings = Settings(home=tmp_path, database_url=SecretStr(empty_database_url))
    later = [path.name for path in OURS.glob("*.sql") if path.name >= "0031"]
    migrate(settings, copytree(OURS, tmp_path / "before", ignore=ignore_patterns(*later)))
    with psycopg.connect(empty_database_url, options="-c search_path=xbot") as connection:
        psycopg.ClientCursor(connection).execute(FILL.encode(), {"at": NOON})
    migrate(settings)
    with open_database(settings) as db:
        assert [one.views for one in readings.readings_of(db, 1)] == [97, 98, 99, 100]
        assert read(db, 1, NOON + HOUR, NOON + 24 * HOUR) == 2
        assert months(empty_database_url) == {"post_metrics_before_months": 5, "post_metrics_2026_02": 1}
        assert drop(db, datetime(2026, 2, 1, tzinfo=UTC)) == 5
