"""``xbot evidence``: pages of X that could not be read, as they were kept."""

from typing import Annotated

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import check_schema
from xbot_assets.store.metrics.evidence import evidence, newest_evidence

SHOWN = 20
EXIT_NONE = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evidence")(show)


def show(
    number: Annotated[
        int | None, typer.Argument(help="Of the page to print; without it, the newest are listed.")
    ] = None,
) -> None:
    """List pages of X that could not be read, or print one: its elements and words, nothing of your session.

    Exits 1 when there is no page of that number.
    """
    with open_database(settings_now()) as database:
        check_schema(database)
        if number is None:
            _list(database)
        elif not _print(database, number):
            echo(f"There is no page {number}. 'xbot evidence' lists what was kept.", err=True)
            raise typer.Exit(EXIT_NONE)


def _list(database: Database) -> None:
    kept = newest_evidence(database, SHOWN)
    for line in kept:
        echo(f"{line.id}  {line.seen_at:%Y-%m-%d %H:%M} UTC  {line.path}  {line.reason}")
    if not kept:
        echo("Every page could be read so far, or what could not was purged.")


def _print(database: Database, number: int) -> bool:
    page = evidence(database, number)
    if page is None:
        return False
    echo(f"{page.path}, {page.seen_at:%Y-%m-%d %H:%M} UTC, {page.operation}: {page.reason}\n")
    for line in page.outline.splitlines():
        echo(line)
    return True
