"""``python -m xbot_assets.runtime.standalone.drill FILE``: restores a backup and compares.

It restores into a PostgreSQL of its own and asks neither the product's database nor its settings: what it needs is the
file, as on the day when nothing else is left. The server is made for the drill and removed at its end; one that
a killed drill left is ended by the next.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from xbot_assets.domain.failures import ProductError
from xbot_assets.masking import mask
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.environment import plain_environment
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.runtime.machine.files import private_directory
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord, sweep
from xbot_assets.settings import Settings
from xbot_assets.store.backup.restoring import open_backup, refuse_differing, restore_into
from xbot_assets.store.engine.migrate import migrate

HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Nothing of the server outlives the drill."""
LIMITS = Limits(start_seconds=60, stop_seconds=15, backoff_max_seconds=1)


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill that went well says of the backup; ``migrations`` is how many the program is ahead of it."""

    backup: str
    taken_at: str
    tables: int
    rows: int
    migrations: int
    seconds: float


def drill(path: Path, place: Path) -> Drill:
    """Restore a backup into a server below ``place``, compare, and bring its schema up to date.

    Raises:
        PermanentFailure: why it is no use, as ``open_backup``, ``restore_into`` and ``refuse_differing``.
    """
    began = time.monotonic()
    private_directory(place)
    with open_backup(path, place) as backup, scratch_server(place) as settings:
        restore_into(settings, backup)
        refuse_differing(settings, backup.manifest)
        applied = migrate(settings)
        tables = backup.manifest.tables
        return Drill(
            backup=path.name,
            taken_at=backup.manifest.taken_at_real.isoformat(),
            tables=len(tables),
            rows=sum(table.rows for table in tables.values()),
            migrations=len(applied),
            seconds=round(time.monotonic() - began, 1),
        )


@contextmanager
def scratch_server(place: Path) -> Iterator[Settings]:
    """Run a PostgreSQL below ``place`` for a block, and remove it."""
    sweep(place, LIMITS.stop_seconds)
    postgres = EmbeddedPostgres(place, service_account(), settings=HURRIED)
    postgres.prepare()
    silent = Reports(tell=lambda _sentence: None, deaths=lambda _name, _times: None)
    record = ProcessRecord(place)
    child = Child(postgres.program(), LogFile(place / "logs" / "postgres.log"), record, LIMITS, silent)
    try:
        child.start(plain_environment(os.environ), lambda: False)
        yield Settings(home=place, database_url=SecretStr(postgres.url()))
    finally:
        child.stop(lambda: False)
        record.close()
        postgres.remove()


def main(arguments: list[str] | None = None) -> int:
    """Run one drill; print its result, or why it failed, as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m xbot_assets.runtime.standalone.drill", description="Try a backup.")
    parser.add_argument("backup", type=Path)
    parser.add_argument("--place", type=Path, required=True, help="a directory for the drill's own server")
    given = parser.parse_args(arguments)
    try:
        done = drill(given.backup, given.place)
    except ProductError as failure:
        document = {"code": failure.code, "reason": mask(failure.reason), "remedy": failure.remedy}
        sys.stdout.write(json.dumps(document) + "\n")
        return 1
    sys.stdout.write(json.dumps({name: getattr(done, name) for name in Drill.__dataclass_fields__}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
