"""``xbot import``: what the account wrote before this system."""

from pathlib import Path
from typing import Annotated

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo
from xbot_assets.settings import Settings
from xbot_assets.steps.metrics.history import import_archive, read_archive
from xbot_assets.steps.metrics.own_history import import_timeline
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.product import open_product
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema

DAYS = 90


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_history)


def import_history(
    archive: Annotated[Path | None, typer.Argument(help="The zip that X sent you, or its data/tweets.js.")] = None,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Read your own timeline on X instead; the stack has to run.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back, with --timeline.")] = DAYS,
) -> None:
    """Make the account's earlier posts known: they are not written again, and are no strangers when X shows them.

    All of the archive is stored or nothing; importing it again changes nothing. X needs a day or more to make an
    archive; until then --timeline takes what your profile shows of the last days.
    """
    if timeline == (archive is not None):
        raise typer.BadParameter("Give an archive, or --timeline.")
    settings = settings_now()
    if archive is not None:
        _from_archive(settings, archive)
    else:
        _from_timeline(settings, days)


def _from_archive(settings: Settings, archive: Path) -> None:
    read = read_archive(archive)
    with open_database(settings) as database:
        check_schema(database)
        account = Account(settings, database, DatabaseClock(database))
        own = sum(post is not None for post in read.posts)
        with typer.progressbar(length=own, label="Importing", file=typer.get_text_stream("stderr")) as bar:
            done = import_archive(account, read, bar.update)
    echo(f"{done.added} posts are new, {done.known} were known; {done.reposts} reposts were left out.")


def _from_timeline(settings: Settings, days: int) -> None:
    with open_product(settings, worker="xbot import") as product:
        done = import_timeline(product, days)
    left = f"; {done.unread} could not be read whole and were left out" if done.unread else ""
    echo(f"{done.added} posts are new, {done.known} were known{left}.")
    if done.reaches is None:
        echo("Whether the timeline showed all of them is not sure: import the archive when you have it.")
    else:
        echo(f"The timeline showed everything since {done.reaches:%Y-%m-%d %H:%M} UTC.")
