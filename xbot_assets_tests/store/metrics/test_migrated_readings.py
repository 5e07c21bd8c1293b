"""A database that has readings keeps what they say when its schema becomes lean."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns

import psycopg
import pytest
from pydantic import SecretStr

import xbot_assets.store
from xbot_assets.settings import Settings
from xbot_assets.store.content.emergency_pool import published_totals
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts, recovery

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OURS = Path(xbot_assets.store.__file__).parent / "migrations"
FILL = """
insert into posts (
    status, text, fingerprint, topic, format, scheduled_at, planned_at, x_post_id, published_at, removed_at,
    metrics_looked_at, metrics_read_at
)
select case when n < 4 then 'published' else 'failed' end, 'text ' || n, n::text, 'sea', 'fact', %(at)s, %(at)s,
    case when n < 4 then '9' || n end, case when n < 4 then %(at)s end, case when n = 3 then %(at)s end,
    case when n = 1 then %(at)s + interval '2 hours' end, case when n = 1 then %(at)s + interval '2 hours' end
from generate_series(1, 4) n;
insert into post_metrics (post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label)
select 1, '91', %(at)s + h * interval '1 hour', h * 3600, 0, 0, h * 10, 0, l.views, 'as shown'
from (values (1, 5), (2, 90), (2, 90)) as l (h, views);
insert into engagement_outcomes (post_id, metrics_id, reward, computed_at) values (1, 2, 0.5, %(at)s);
insert into post_events (post_id, to_status, fencing_token, happened_at, actor, decision)
values (3, 'published', 1, %(at)s, 'anna', 'not_on_x')
"""


@pytest.fixture
def settings(empty_database_url: str, tmp_path: Path) -> Settings:
    """A database as it was before, with four posts and three readings, two of them at one time."""
    chosen = Settings(home=tmp_path, database_url=SecretStr(empty_database_url))
    later = [path.name for path in OURS.glob("*.sql") if path.name >= "0022"]
    migrate(chosen, copytree(OURS, tmp_path / "before", ignore=ignore_patterns(*later)))
    with psycopg.connect(empty_database_url, options="-c search_path=xbot") as connection:
        psycopg.ClientCursor(connection).execute(FILL.encode(), {"at": NOON})
    return chosen


def test_readings_outcomes_and_counts_are_kept(settings: Settings) -> None:
    """The label stays where likes and views do not agree; the outcome names its reading by the time."""
    migrate(settings)
    with open_database(settings) as db:
        odd, newest = readings.readings_of(db, 1)
        assert (odd.likes, odd.views, odd.label) == (10, 5, "as shown")
        assert (newest.read_at, newest.likes, newest.views, newest.label) == (NOON + 2 * HOUR, 20, 90, None)
        assert [one.reward for one in readings.training_examples(db, 9)] == [0.5]
        assert posts.queue_counts(db) == {"failed": 1, "published": 3}
        (total,) = published_totals(db)
        assert (total.posts, total.likes, total.views, total.best_likes) == (3, 20, 90, 20)
        assert recovery.open_removals(db) == []


def test_a_post_is_due_after_its_cadence_and_a_removed_one_never(settings: Settings) -> None:
    """Post 1 was looked at after two hours, post 2 never; X took post 3 back."""
    migrate(settings)
    with open_database(settings) as db:
        assert [one.id for one in readings.posts_to_measure(db, now=NOON + 2 * HOUR, limit=9)] == [2]
        later = readings.posts_to_measure(db, now=NOON + 2 * HOUR + timedelta(minutes=20), limit=9)
        assert [one.id for one in later] == [2, 1]
        assert recovery.note_visible(db, [3], NOON + 3 * HOUR) == [3]
        assert [one.id for one in readings.posts_to_measure(db, now=NOON + 3 * HOUR, limit=9)] == [2, 3, 1]
