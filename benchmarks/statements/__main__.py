"""Every statement at many posts: ``python -m benchmarks.statements [--posts 50000] [--readings 10] [--only NAME ...]``.

Starts a PostgreSQL of its own, makes the schema as it was before migration 0022, fills it with an account that posted
200 times a day for years, runs the statements as they were, then migrates the same data, fills what is newer, and runs
all statements as they are. ``--home DIR`` keeps the data: another run migrates and asks the same ones, and ``--save``
and ``--beside`` put two runs into one table. ``--posts 1000000 --readings 20`` takes half an hour the first time and
15 GB. The table has the median and the 95th percentile of sixty runs with their rows fetched, each run undone, and the
scans of the plan; ``SEQ`` is a table that grows with the posts and was read whole. One that stays below 5,000 rows
(20,000 for maintenance: ten batches) at any number of posts may be read whole, and is called ``small``: PostgreSQL
rightly reads what has a few pages. What counts is without the time that a thread waited for a processor of a busy
machine.

Exit code 1 when a statement that a tick, a page or a run asks is slower than 10 ms (95th percentile), one of
maintenance is slower than its own bound, either reads a growing table whole, or could not be run.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr

from benchmarks.statements.filling import (
    DATA,
    FAST,
    HERE,
    LATER,
    Size,
    connected,
    fill,
    filled_before,
    migrate_before,
    note_filled,
    served,
    sized,
    timed,
)
from benchmarks.statements.timing import SMALL, Answered, answered, table_sizes
from benchmarks.statements.values import BATCH, values_of
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.settings import Settings
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.engine.statements import Statement, load_statements, product_statements

BEFORE_FILE = "before.json"
P95_MAX_MS = 10.0
MAINTENANCE = {
    re.compile(r"purge_"): 250.0,  # deletes a batch of 2,000 rows from a table and its indexes, some times a day
    re.compile(r"import_posts$|redefine_outcomes$"): 250.0,  # once, when a person asks; of an archive, so many a batch
    re.compile(r"database_|table_sizes$|dumped_tables$"): 250.0,  # what doctor and back-ups ask of PostgreSQL itself
    re.compile(r"breaker_events_of$"): 100.0,  # a whole history; only tests ask it
}
"""Statements that nobody waits for, and the milliseconds that they may take."""
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
    with _place(given.home) as home:
        settings = Settings(home=home)
        size = filled_before(home) or _made(home, settings, sized(given.posts, given.readings), given)
        with served(home) as url:
            timed("migration", lambda: migrate(_at(settings, url)))
            with connected(url) as connection:
                after = _measured(connection, dict(product_statements()), size, given)
        before = _kept(given.beside or home / BEFORE_FILE)
    before = {name: one for name, one in before.items() if not given.only or name in given.only}
    if given.save:
        _keep(given.save, after)
    return _print(before, after)


@contextmanager
def _place(home: Path | None) -> Iterator[Path]:
    """Yield where the data are: a directory that is kept, or one that is removed."""
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        yield home
        return
    with tempfile.TemporaryDirectory(prefix="xbot-statements-") as place:
        yield Path(place)
        EmbeddedPostgres(Path(place), service_account()).remove()


def _made(home: Path, settings: Settings, size: Size, given: argparse.Namespace) -> Size:
    """Fill the directory; measure on the way what the statements took as they were."""
    with served(home, FAST) as url:
        migrate_before(_at(settings, url), home / "before")
        fill(url, DATA, size)
    with served(home) as url, connected(url) as connection:
        _keep(home / BEFORE_FILE, _measured(connection, _as_they_were(), size, given))
    with served(home, FAST) as url:
        timed("migration", lambda: migrate(_at(settings, url)))
        fill(url, LATER, size)
    note_filled(home, size)
    return size


def _at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(url)})


def _keep(file: Path, answers: Mapping[str, Answered]) -> None:
    file.write_text(json.dumps({name: asdict(one) for name, one in answers.items()}), encoding="utf-8")


def _kept(file: Path) -> dict[str, Answered]:
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {name: Answered(**one) for name, one in told.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--readings", type=int, default=10, help="of each post")
    parser.add_argument("--home", type=Path, help="where the data are kept for another run; made when it holds none")
    parser.add_argument("--save", type=Path, help="a file for what was measured")
    parser.add_argument("--beside", type=Path, help="such a file, to show as before")
    parser.add_argument("--only", nargs="*", default=(), help="names of statements")
    return parser.parse_args()


def _as_they_were() -> dict[str, Statement]:
    return {name: one for name, one in load_statements(HERE).items() if name not in {*DATA, *LATER}}


def _measured(
    connection: psycopg.Connection[Any], statements: dict[str, Statement], size: Size, given: argparse.Namespace
) -> dict[str, Answered]:
    sizes = table_sizes(connection)
    (post,) = connection.execute(
        "select id from posts where status = 'published' and thread_id is null and id <= %s order by id desc limit 1",
        (size.posts,),
    ).fetchone() or (1,)
    wanted = [name for name in statements if name not in NOT_ASKED and (not given.only or name in given.only)]
    return {
        name: answered(connection, statements[name], values_of(name, size.now, post), sizes, _small(name))
        for name in sorted(wanted)
    }


def _small(name: str) -> int:
    """Return up to how many rows a table may be read whole: of as many as ten batches, finding one is reading it."""
    return SMALL if _allowed_ms(name) == P95_MAX_MS else 10 * BATCH


def _allowed_ms(name: str) -> float:
    """Return how long a statement may take."""
    return next((bound for pattern, bound in MAINTENANCE.items() if pattern.match(name)), P95_MAX_MS)


def _print(before: dict[str, Answered], after: dict[str, Answered]) -> int:
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}\n")
    for name in sorted({*before, *after}, key=lambda one: -after[one].p95_ms if one in after else -1e9):
        sys.stdout.write(_row(name, before.get(name), after.get(name)))
    bad = sum(_too_slow(name, one) for name, one in after.items())
    untried = sum(one.problem is not None for one in after.values())
    sys.stdout.write(
        f"\n{len(after) - untried} statements, {bad} slower than allowed or reading a growing table whole; "
        f"{untried} more could not be run. Load average at the end: {os.getloadavg()[0]:.1f}.\n"
    )
    return 1 if bad or untried else 0


def _row(name: str, was: Answered | None, now: Answered | None) -> str:
    bound = "" if _allowed_ms(name) == P95_MAX_MS else f" (maintenance, at most {_allowed_ms(name):g} ms)"
    shown = (f"**{name}**" if now and _too_slow(name, now) else name) + bound
    told = f"{was.median_ms:.1f} | {was.scans}" if was else " | "
    if now is None:
        return f"| {shown} | {told} | | | | gone |\n"
    if now.problem is not None:
        return f"| {shown} | {told} | | | | not run: {now.problem} |\n"
    return f"| {shown} | {told} | {now.median_ms:.2f} | {now.p95_ms:.2f} | {now.elapsed_p95_ms:.1f} | {now.scans} |\n"


def _too_slow(name: str, now: Answered) -> bool:
    """Say whether a statement breaks the promise."""
    return now.p95_ms > _allowed_ms(name) or "SEQ" in now.scans


if __name__ == "__main__":
    sys.exit(main())
