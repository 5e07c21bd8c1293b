"""Filling a server fast: what makes data safe is off meanwhile, and indexes and keys are built over what is there.

Data may be kept in a directory, so that the same ones are asked before and after a change.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.settings import Settings
from xbot_assets.store.engine.migrate import migrate, migrations_in
from xbot_assets.store.engine.statements import load_statements
from xbot_assets.testing.servers import running

HERE = Path(__file__).parent
BEFORE = 21
"""The last migration before the one that is compared."""
DATA = ("posts", "threads", "waiting", "events", "readings", "misses", "outcomes", "calls", "operations", "others")
LATER = (
    *("replies", "opportunities", "opportunity_readings", "suggestions", "harvests", "signals", "housekeeping", "pace"),
    *("deliveries", "months"),
)
BULK: Mapping[str, tuple[str, ...]] = {
    "posts": ("posts", "post_events", "post_metrics"),
    "opportunities": ("reply_opportunities", "opportunity_readings"),
}
"""Tables that are filled without indexes, from this piece of the data on; the lists in ``BUILT`` say until when."""
BUILT = frozenset({"readings", "opportunity_readings"})
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "autovacuum": "off",
    "jit": "off",
}
"""Of a server that is only filled; what is measured runs under the stack's own settings."""
_INDEXES = """
select indexdef, format('drop index %%I', c.relname)
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    join pg_indexes d on d.indexname = c.relname and d.schemaname = current_schema()
where t.relname = any(%(tables)s) and t.relnamespace = current_schema()::regnamespace
    and not exists (select from pg_constraint where conindid = i.indexrelid)
"""
_KEYS = """
select format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
    format('alter table %%s drop constraint %%I', conrelid::regclass, conname)
from pg_constraint
where contype = 'f' and connamespace = current_schema()::regnamespace
    and conrelid = any(select oid from pg_class where relname = any(%(tables)s))
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: posts, readings of each of them, and the product's time when they are made."""

    posts: int
    readings: int
    now: datetime

    def values(self) -> dict[str, Any]:
        """Return what the pieces of the data are asked with."""
        return {"posts": self.posts, "readings": self.readings, "now": self.now}


@contextmanager
def served(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run the server whose data are in ``home``, and keep them; yields its address."""
    postgres = EmbeddedPostgres(home, service_account(), settings=settings)
    postgres.prepare()
    with running(postgres.program(), home):
        yield postgres.url()


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect, with the product's tables in the path."""
    with psycopg.connect(url, options="-c search_path=xbot") as connection:
        yield connection


def filled_before(home: Path) -> Size | None:
    """Return how large the data that a directory holds are; ``None`` when it holds none."""
    try:
        told = json.loads((home / "filled.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Size(told["posts"], told["readings"], datetime.fromisoformat(told["now"]))


def note_filled(home: Path, size: Size) -> None:
    """Note that the data are complete."""
    told = {"posts": size.posts, "readings": size.readings, "now": size.now.isoformat()}
    (home / "filled.json").write_text(json.dumps(told), encoding="utf-8")


def sized(posts: int, readings: int) -> Size:
    """Return a size whose newest post is of a moment ago."""
    return Size(posts, readings, datetime.now(UTC))


def migrate_before(settings: Settings, folder: Path) -> None:
    """Make the schema as it was before the migration that is compared."""
    folder.mkdir()
    ours = files("xbot_assets.store") / "migrations"
    for migration in migrations_in():
        if migration.version <= BEFORE:
            name = f"{migration.name}.sql"
            (folder / name).write_bytes((ours / name).read_bytes())
    migrate(settings, folder)
    shutil.rmtree(folder)


def fill(url: str, names: Sequence[str], size: Size) -> None:
    """Make the pieces of data that are named, in their order."""
    pieces, removed = load_statements(HERE), list[str]()
    with connected(url) as connection:
        for name in names:
            removed += _remove(connection, BULK.get(name, ()))
            timed(name, partial(psycopg.ClientCursor(connection).execute, pieces[name].text, size.values()))
            if name in BUILT:
                timed("indexes", partial(_build, connection, removed))
                removed = []
        connection.commit()
        connection.autocommit = True
        timed("vacuum", partial(connection.execute, "vacuum (analyze)"))


def _remove(connection: psycopg.Connection[Any], tables: Sequence[str]) -> list[str]:
    """Drop the indexes of tables that no constraint needs, and the keys that they have; return how they are made."""
    made: list[str] = []
    for query in (_INDEXES, _KEYS):
        for make, drop in connection.execute(query, {"tables": list(tables)}).fetchall():
            connection.execute(drop)
            made.append(make)
    return made


def _build(connection: psycopg.Connection[Any], made: Sequence[str]) -> None:
    for text in made:
        connection.execute(text)
    connection.execute("analyze")


def timed(what: str, work: Callable[[], object]) -> None:
    """Do something, and say on standard error how long it took."""
    started = perf_counter()
    work()
    sys.stderr.write(f"{what}: {perf_counter() - started:.1f} s\n")
