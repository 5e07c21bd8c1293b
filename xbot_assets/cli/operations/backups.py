"""``xbot backup`` and ``xbot restore``: the database in a file, and back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from xbot_assets.browser.session.source import session_path
from xbot_assets.cli.app import progress, settings_alone, settings_now, shown
from xbot_assets.cli.terminal import echo
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.machine.files import home_directory
from xbot_assets.runtime.machine.lock import is_running
from xbot_assets.runtime.standalone.database import lone_database
from xbot_assets.runtime.standalone.drill import drill as try_backup
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.backups import (
    DRILL_PLACE,
    backup_directory,
    backup_name,
    newest_backup,
    note_backup,
    write_backup,
)
from xbot_assets.steps.restored_backup import restore_database
from xbot_assets.store.backup.manifest import Manifest
from xbot_assets.store.backup.restoring import open_backup, refuse_another
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema

BYTES_PER_MB = 1024 * 1024

commands = typer.Typer(help="Write a backup of the database, or try one.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="backup")
    app.command()(restore)


@commands.callback(invoke_without_command=True)
def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--to", help="The file; one of its own in the backups' directory.")] = None,
    with_session: Annotated[bool, typer.Option("--with-session", help="The sealed session goes along.")] = False,
) -> None:
    """Write a backup of the database: posts, readings, models, and Dagster's history.

    The session is left out unless asked for, and so are .env and the persona file, which are yours to keep.
    """
    if context.invoked_subcommand is not None:
        return
    with _with_database() as settings, open_database(settings) as database:
        check_schema(database)
        target = (to or backup_directory(settings) / backup_name(system_now())).absolute()
        made = write_backup(settings, target, session=session_path(settings) if with_session else None)
        note_backup(database, made, DatabaseClock(database).now())
    echo(f"{shown(made.path)}: {made.bytes / BYTES_PER_MB:.1f} MB, {_contents(made.manifest)}.")


@commands.command("drill")
def drill(path: Annotated[Path | None, typer.Argument(help="A backup. Without one: the newest.")] = None) -> None:
    """Restore a backup into a database of its own, which goes again, and compare."""
    settings = settings_alone()
    chosen = path or newest_backup(settings)
    if chosen is None:
        raise PermanentFailure(
            f"There is no backup in {shown(backup_directory(settings))}.", code=FailureCode.NO_BACKUP
        )
    done = try_backup(chosen.absolute(), home_directory(settings.home) / DRILL_PLACE)
    echo(f"{done.backup} can be restored: {done.rows} rows in {done.tables} tables, in {done.seconds:g} s.")


def restore(
    path: Annotated[Path, typer.Argument(help="A file that 'xbot backup' made.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a database that holds something.")] = False,
    with_session: Annotated[bool, typer.Option("--with-session", help="Restore the sealed session as well.")] = False,
) -> None:
    """Put a backup back, whole or not at all. The stack must not run.

    Publishing is on hold afterwards until the account's timeline was compared with the restored queue, so that nothing
    that went out after the backup was made goes out again.
    """
    settings, tell = settings_alone(), progress()
    home_directory(settings.home)
    with open_backup(path.absolute(), settings.home) as opened:
        refuse_another(opened.manifest, settings)
        if with_session and opened.session is None:
            raise PermanentFailure(f"There is no session in {path.name}.", code=FailureCode.SESSION_MISSING)
        with lone_database(settings, tell, "restore") as target:
            with tell.step("restore"):
                restore_database(target, opened, force=force)
            if with_session and opened.session is not None:
                _put_session(opened.session, session_path(settings))
        made_at, contents = opened.manifest.taken_at_real, _contents(opened.manifest)
    echo(f"Restored what was there at {made_at:%Y-%m-%d %H:%M} UTC: {contents}.")
    echo("Publishing is on hold until the timeline was compared with it; start the stack: scripts/run or 'xbot up'.")


@contextmanager
def _with_database() -> Iterator[Settings]:
    """Give the settings with a database: that of the running stack, or one that runs for this command."""
    if is_running(settings_alone().home):
        yield settings_now()
        return
    with lone_database(settings_alone(), progress(), "backup") as settings:
        yield settings


def _put_session(sealed: Path, target: Path) -> None:
    shutil.copyfile(sealed, sealed.with_suffix(".new"))
    sealed.with_suffix(".new").chmod(0o600)
    shutil.move(sealed.with_suffix(".new"), target)


def _contents(manifest: Manifest) -> str:
    posts = manifest.tables.get("xbot.posts")
    rows = sum(table.rows for table in manifest.tables.values())
    session = ", and the session" if manifest.has_session else ""
    return f"{posts.rows if posts else 0} posts, {rows} rows in all{session}"
