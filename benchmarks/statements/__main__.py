"""Every statement at many posts: ``python -m benchmarks.statements [--posts 50000] [--readings 10] [--only NAME ...]``.

Starts a PostgreSQL of its own, makes the schema as it was before migration 0022, fills it with an account that posted
200 times a day for years, runs the statements as they were, then migrates the same data, fills what is newer, and runs
all statements as they are; ``--posts 1000000 --readings 20`` takes half an hour and 20 GB. The table has the median and
the 95th percentile of sixty runs with their rows fetched, each run undone, and the scans of the plan; ``SEQ`` is a
table that grows with the posts and was read whole. What counts is without the time that a thread waited for a processor
of a busy machine. Housekeeping and importing handle many rows at once, and nobody waits for them: the plan counts.

Exit code 1 when a statement is slower than 10 ms (95th percentile), reads a growing table whole, or could not be run.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from pydantic import SecretStr

from benchmarks.statements.timing import SMALL, Answered, answered, table_sizes
from benchmarks.statements.values import BATCH, values_of
from xbot_assets.settings import Settings
from xbot_assets.store.engine.migrate import migrate, migrations_in
from xbot_assets.store.engine.statements import Statement, load_statements, product_statements
from xbot_assets.testing.servers import running_postgres

HERE = Path(__file__).parent
BEFORE = 21
"""The last migration before the one that is compared."""
P95_MAX_MS = 10.0
HOUSEKEEPING = re.compile(
    r"purge_|import_posts$|redefine_outcomes$|database_|table_sizes$|dumped_tables$|breaker_events_of$"
)
"""Statements that may take longer: nobody waits for them, or only tests ask them."""
HEAD = ("statement", "before, ms", "before, plan", "median, ms", "p95, ms", "p95 with waiting for a processor", "plan")
NOT_ASKED = frozenset(
    {
        "lock_migrations",
        "create_product_schema",
        "create_dagster_schema",
        "create_schema_migrations",
        "record_migration",
        "lock_post_history",
    }
)
"""Of migrating and importing: not asked by a tick, a page or a run."""


def main() -> int:
    """Print the table; return the exit code."""
    given = _arguments()
    with (
        tempfile.TemporaryDirectory(prefix="xbot-statements-") as place,
        running_postgres(Path(place) / "home") as server,
    ):
        settings = Settings(home=Path(place), database_url=SecretStr(server.url()))
        _migrate_before(settings, Path(place) / "before")
        with _connected(server.url()) as connection:
            now = datetime.now(UTC)
            _fill(connection, _DATA, now, given)
            before = _measured(connection, _as_they_were(), now, given)
        _timed("migration", lambda: migrate(settings))
        with _connected(server.url()) as connection:
            _fill(connection, _LATER, now, given)
            after = _measured(connection, dict(product_statements()), now, given)
    return _print(before, after)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--readings", type=int, default=10, help="of each post")
    parser.add_argument("--only", nargs="*", default=(), help="names of statements")
    return parser.parse_args()


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, options="-c search_path=xbot") as connection:
        yield connection


def _migrate_before(settings: Settings, folder: Path) -> None:
    folder.mkdir()
    ours = files("xbot_assets.store") / "migrations"
    for migration in migrations_in():
        if migration.version <= BEFORE:
            name = f"{migration.name}.sql"
            (folder / name).write_bytes((ours / name).read_bytes())
    migrate(settings, folder)
    shutil.rmtree(folder)


def _fill(connection: psycopg.Connection[Any], names: Sequence[str], now: datetime, given: argparse.Namespace) -> None:
    values = {"posts": given.posts, "readings": given.readings, "now": now}
    statements = load_statements(HERE)
    for name in names:
        text = statements[name].text
        _timed(name, lambda text=text: psycopg.ClientCursor(connection).execute(text, values))
    connection.commit()
    _timed("vacuum", lambda: _vacuum(connection))


_DATA = ("posts", "threads", "waiting", "events", "readings", "misses", "outcomes", "calls", "operations", "others")
_LATER = (
    *("replies", "opportunities", "opportunity_readings", "suggestions", "harvests", "signals", "housekeeping", "pace"),
    *("deliveries", "months"),
)


def _as_they_were() -> dict[str, Statement]:
    return {name: one for name, one in load_statements(HERE).items() if name not in {*_DATA, *_LATER}}


def _measured(
    connection: psycopg.Connection[Any], statements: dict[str, Statement], now: datetime, given: argparse.Namespace
) -> dict[str, Answered]:
    sizes = table_sizes(connection)
    (post,) = connection.execute(
        "select id from posts where status = 'published' and thread_id is null and id <= %s order by id desc limit 1",
        (given.posts,),
    ).fetchone() or (1,)
    wanted = [name for name in statements if name not in NOT_ASKED and (not given.only or name in given.only)]
    return {
        name: answered(connection, statements[name], values_of(name, now, post), sizes, _small(name))
        for name in sorted(wanted)
    }


def _small(name: str) -> int:
    """Return up to how many rows a table may be read whole: of as many as ten batches, finding one is reading it."""
    return 10 * BATCH if HOUSEKEEPING.match(name) else SMALL


def _vacuum(connection: psycopg.Connection[Any]) -> None:
    connection.rollback()
    connection.autocommit = True
    connection.execute("vacuum (analyze)")
    connection.autocommit = False


def _timed(what: str, work: Any) -> None:  # noqa: ANN401 - whatever it returns
    started = perf_counter()
    work()
    sys.stderr.write(f"{what}: {perf_counter() - started:.1f} s\n")


def _print(before: dict[str, Answered], after: dict[str, Answered]) -> int:
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}\n")
    for name in sorted({*before, *after}, key=lambda one: -after[one].p95_ms if one in after else -1e9):
        sys.stdout.write(_row(name, before.get(name), after.get(name)))
    bad = sum(_too_slow(name, one) for name, one in after.items())
    untried = sum(one.problem is not None for one in after.values())
    sys.stdout.write(
        f"\n{len(after) - untried} statements, {bad} slower than {P95_MAX_MS:g} ms or reading a growing table whole; "
        f"{untried} more could not be run.\n"
    )
    return 1 if bad or untried else 0


def _row(name: str, was: Answered | None, now: Answered | None) -> str:
    shown = f"**{name}**" if now and _too_slow(name, now) else name
    told = f"{was.median_ms:.1f} | {was.scans}" if was else " | "
    if now is None:
        return f"| {shown} | {told} | | | | gone |\n"
    if now.problem is not None:
        return f"| {shown} | {told} | | | | not run: {now.problem} |\n"
    return f"| {shown} | {told} | {now.median_ms:.2f} | {now.p95_ms:.2f} | {now.elapsed_p95_ms:.1f} | {now.scans} |\n"


def _too_slow(name: str, now: Answered) -> bool:
    """Say whether a statement breaks the promise."""
    if HOUSEKEEPING.match(name):
        return "SEQ" in now.scans
    return now.p95_ms > P95_MAX_MS or "SEQ" in now.scans


if __name__ == "__main__":
    sys.exit(main())
