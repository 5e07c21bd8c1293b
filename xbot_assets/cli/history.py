"""``xbot import``: what the account wrote before this system."""

from pathlib import Path
from typing import Annotated

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo
from xbot_assets.steps.metrics.history import import_archive, read_archive
from xbot_assets.steps.own_account import Account
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_history)


def import_history(
    archive: Annotated[Path, typer.Argument(help="The zip that X sent you, or its data/tweets.js.")],
) -> None:
    """Make the account's earlier posts known: they are not written again, and are no strangers when X shows them.

    All of the archive is stored or nothing; importing it again changes nothing.
    """
    settings = settings_now()
    read = read_archive(archive)
    with open_database(settings) as database:
        check_schema(database)
        account = Account(settings, database, DatabaseClock(database))
        own = sum(post is not None for post in read.posts)
        with typer.progressbar(length=own, label="Importing", file=typer.get_text_stream("stderr")) as bar:
            done = import_archive(account, read, bar.update)
    echo(f"{done.added} posts are new, {done.known} were known; {done.reposts} reposts were left out.")
