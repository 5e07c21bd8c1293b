"""The pages over many posts: ``python -m benchmarks.pages [--posts 100000] [--times 40]``.

Starts a PostgreSQL of its own, fills it with an account that posted for years, serves the pages on loopback as the
stack does, and asks for each of them again and again, the first time included. The table has the median, the 95th
percentile and the slowest, in milliseconds, until the whole answer was there. Parts that are elsewhere (Dagster, the
browser host) are not there, and nothing here waits for them.

Exit code 1 when a page's 95th percentile is above 200 ms.
"""

import argparse
import math
import statistics
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import httpx
import psycopg
from pydantic import SecretStr
from starlette.applications import Starlette

from xbot_assets.domain.clock import system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.components import Component
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.testing.page_scene import play
from xbot_assets.testing.servers import running_postgres
from xbot_assets.testing.serving import served

P95_MAX_MS = 200.0
MS = 1000.0
FILL = """
insert into posts (
    status, text, fingerprint, topic, format, source, scheduled_at, planned_at, fencing_token, armed_at, x_post_id,
    permalink, published_at
)
select 'published', 'Post number ' || n || ' about ' || repeat('something worth knowing ', 6), md5(n::text),
    'topic ' || n %% 10, 'format ' || n %% 5, 'llm', at, at, 1, at, (1900000000000000000 + n)::text,
    '/me/status/' || n, at
from (
    select n, %(now)s - interval '1 day' - n * interval '2 hours' as at from generate_series(1, %(posts)s::bigint) n
) s
"""
EVENTS = """
insert into post_events (post_id, from_status, to_status, fencing_token, happened_at, actor, decision)
select id, 'held', 'queued', 1, planned_at, case when id %% 3 = 0 then 'Anna' end,
    case when id %% 3 = 0 then 'approved' end
from posts
"""
OPERATIONS = """
insert into browser_operations (id, kind, lane, queued_at, requested_at, started_at, ended_at, slot, outcome)
select gen_random_uuid(), 'read_posts', case n %% 3 when 0 then 'critical' when 1 then 'high' else 'low' end, at, at,
    at + interval '2 seconds', at + interval '9 seconds', n %% 3, 'ok'
from (select n, %(now)s - n * interval '40 seconds' as at from generate_series(1, %(posts)s::bigint) n) s
"""
OUTCOMES = """
insert into engagement_outcomes (post_id, read_at, reward, score, level, is_relative, computed_at)
select id, published_at + interval '6 hours', .3 + id %% 40 / 100.0, .3 + id %% 40 / 100.0, .5, false,
    published_at + interval '7 hours'
from posts where published_at < %(now)s - interval '1 day'
"""
NOTED = "update reading_schedule set has_outcome = true where post_id in (select post_id from engagement_outcomes)"


def main() -> int:
    """Print the table; return the exit code."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="xbot-pages-") as place, running_postgres(Path(place) / "home") as server:
        settings = Settings(
            home=Path(place), database_url=SecretStr(server.url()), approval="all", redis_url=SecretStr("off")
        )
        migrate(settings)
        now = system_now()
        print(f"filled with {given.posts:,} posts in {_fill(server.url(), given.posts, now):.0f} s")
        with open_database(settings) as database:
            held = play(database, settings, now)["held"][0]
        app = build_app(Connections(lambda: settings), [Component("Database", lambda: "Answers.")])
        return _measure(app, held, now, given.times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40, help="that each page is asked for")
    return parser.parse_args()


def _fill(url: str, posts: int, now: datetime) -> float:
    began = perf_counter()
    with psycopg.connect(url, options="-c search_path=xbot") as connection:
        for statement in (FILL, EVENTS, OPERATIONS, OUTCOMES, NOTED):
            connection.execute(statement, {"posts": posts, "now": now})
    with psycopg.connect(url, options="-c search_path=xbot", autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return perf_counter() - began


def _measure(app: Starlette, held: int, now: datetime, times: int) -> int:
    month = {"start": f"{now - timedelta(days=35):%Y-%m-%dT%H:%M}", "end": f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}"}
    pages: list[tuple[str, dict[str, str]]] = [
        (path, {}) for path in ("/", "/calendar", "/inbox", "/insights", "/system", "/system/lanes.json", "/write")
    ]
    pages += [("/calendar/posts.json", month), (f"/posts/{held}", {}), ("/posts/1", {})]
    slow = False
    print(f"{'page':<24}{'median':>9}{'p95':>9}{'slowest':>9}  ms")
    with served(app) as origin, httpx.Client(base_url=origin, trust_env=False, timeout=60) as client:
        for path, params in pages:
            took = sorted(_asked(client, path, params) for _ in range(times))
            p95 = took[math.ceil(0.95 * len(took)) - 1]
            slow = slow or p95 > P95_MAX_MS
            print(f"{path:<24}{statistics.median(took):>9.1f}{p95:>9.1f}{took[-1]:>9.1f}")
    return 1 if slow else 0


def _asked(client: httpx.Client, path: str, params: dict[str, str]) -> float:
    began = perf_counter()
    client.get(path, params=params).raise_for_status()
    return (perf_counter() - began) * MS


if __name__ == "__main__":
    sys.exit(main())
