"""Making backups, keeping the newest, and trying the newest by restoring it.

Real time throughout: disks fail in real time, whatever the product's clock says.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from xbot_assets.domain.alerts.operations import BACKUP_MISSING, BACKUP_UNUSABLE
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.backup.dumping import dump_to
from xbot_assets.store.backup.manifest import Manifest
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations.retention import Upkeep, installed_for, last_upkeep, note_upkeep

BACKUP, DRILL = "backup", "restore_drill"
DIRECTORY, DRILL_PLACE = "backups", "drill"
PATTERN = "xbot-*.backup"
OVERDUE = 2.0
"""After so many intervals without a backup a person is told."""
DRILL_MODULE = "xbot_assets.runtime.standalone.drill"
"""A program of its own: it starts a PostgreSQL, which no step does."""
OWN_NAMES = ("XBOT_", "OPENAI_")
PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that was written, and those that had to make room for it."""

    path: Path
    bytes: int
    manifest: Manifest
    removed: tuple[str, ...]


def backup_directory(settings: Settings) -> Path:
    """Return where backups are kept."""
    return settings.backup_path or settings.home / DIRECTORY


def backup_name(now: datetime) -> str:
    """Return the name of a backup made at a real time; names sort as the times do."""
    return f"xbot-{now:%Y%m%d-%H%M%S}.backup"


def newest_backup(settings: Settings) -> Path | None:
    """Return the newest backup in the directory."""
    return max(backup_directory(settings).glob(PATTERN), default=None)


def write_backup(settings: Settings, target: Path, *, session: Path | None = None) -> BackupMade:
    """Write a backup of the settings' database to a new file.

    Args:
        settings: with the database's address.
        target: the file, which must not be there yet.
        session: the sealed session, when it is to go along.

    Raises:
        PermanentFailure: ``backup_exists``, ``backup_failed``, ``session_missing``, or as ``dump_to``.
    """
    if target.exists():
        raise PermanentFailure(f"{target} is there already.", code=FailureCode.BACKUP_EXISTS)
    if session is not None and not session.is_file():
        raise PermanentFailure(f"There is no session at {session}.", code=FailureCode.SESSION_MISSING)
    try:
        target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        manifest = dump_to(settings, target, session=session)
    except OSError as error:
        reason = f"{target} cannot be written: {error.strerror}."
        raise PermanentFailure(reason, code=FailureCode.BACKUP_FAILED) from error
    return BackupMade(target, target.stat().st_size, manifest, ())


def note_backup(database: Database, made: BackupMade, now: datetime) -> None:
    """Note that a backup was made, and end the alert that there was none."""
    note_upkeep(database, BACKUP, now, {"file": made.path.name, "bytes": made.bytes})
    resolve_alert(database, BACKUP_MISSING, now)


def make_backup(product: Product) -> BackupMade:
    """Write the backup that is due and remove those that are too many. Raises as :func:`write_backup`."""
    made = write_backup(product.settings, backup_directory(product.settings) / backup_name(system_now()))
    note_backup(product.database, made, product.clock.now())
    return BackupMade(made.path, made.bytes, made.manifest, _prune(product.settings))


def backup_wait(product: Product) -> str | None:
    """Say in words why no backup is due, or ``None``; tell a person when one is long overdue."""
    every = timedelta(hours=product.settings.backup_every_hours)
    if not every:
        return "Backups are switched off."
    last = last_upkeep(product.database, BACKUP)
    age = _age(product.database, last)
    if age >= OVERDUE * every:
        reason = f"No backup was made for {age.total_seconds() / 3600:.0f} hours."
        alert(product.database, BACKUP_MISSING, now=product.clock.now(), counted=False, reason=reason)
    return None if age >= every else _last_in_words("backup", last)


def drill_wait(product: Product) -> str | None:
    """Say in words why no drill is due, or ``None`` when one is; without any backup there is nothing to try."""
    every = timedelta(hours=product.settings.backup_drill_hours)
    if not every:
        return "Restore drills are switched off."
    if last_upkeep(product.database, BACKUP) is None:
        return "There is no backup to try yet."
    last = last_upkeep(product.database, DRILL)
    return None if _age(product.database, last) >= every else _last_in_words("restore drill", last)


def run_drill(product: Product) -> Mapping[str, Any]:
    """Restore the newest backup into a server of its own and compare; return what the drill says.

    Raises:
        PermanentFailure: ``no_backup`` or ``drill_failed``; a person is told.
    """
    now, newest = product.clock.now(), newest_backup(product.settings)
    if newest is None:
        reason = f"There is no backup in {backup_directory(product.settings)}."
        missing = PermanentFailure(reason, code=FailureCode.NO_BACKUP, remedy="Run 'xbot backup'.")
        alert(product.database, BACKUP_MISSING, now=now, cause=missing, reason=reason)
        raise missing
    document, went_well = _tried(product.settings, newest)
    if not went_well:
        failure = PermanentFailure(str(document["reason"]), code=FailureCode.DRILL_FAILED)
        alert(product.database, BACKUP_UNUSABLE, now=now, cause=failure, backup=newest.name, reason=failure.reason)
        raise failure
    note_upkeep(product.database, DRILL, now, document)
    resolve_alert(product.database, BACKUP_UNUSABLE, now)
    return document


def _tried(settings: Settings, backup: Path) -> tuple[dict[str, Any], bool]:
    """Run the drill's program; return its document, and whether it went well."""
    command = [sys.executable, "-P", "-m", DRILL_MODULE, str(backup), "--place", str(settings.home / DRILL_PLACE)]
    seconds = settings.backup_drill_minutes * 60
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=seconds, check=False, env=_without_settings()
        )
        document = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"reason": f"It took longer than {seconds:g} s."}, False
    except ValueError:
        return {"reason": "The drill gave no answer; see the log of the run."}, False
    return document, done.returncode == 0


def _without_settings() -> dict[str, str]:
    """Return the environment without what is the product's own: a drill has no use for its keys and addresses."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_NAMES)}


def _age(database: Database, last: Upkeep | None) -> timedelta:
    """Return how long ago a task was done, or since when it could have been."""
    return system_now() - last.done_at_real if last else installed_for(database, system_now())


def _last_in_words(what: str, last: Upkeep | None) -> str:
    return (
        f"The last {what} was at {last.done_at_real:%Y-%m-%d %H:%M} UTC." if last else f"The first {what} comes later."
    )


def _prune(settings: Settings) -> tuple[str, ...]:
    surplus = sorted(backup_directory(settings).glob(PATTERN))[: -settings.backup_keep]
    for old in surplus:
        old.unlink(missing_ok=True)
    return tuple(old.name for old in surplus)
