"""``xbot learn report``: what works for this account, with numbers behind each word."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from xbot_assets.cli.app import settings_now, shown
from xbot_assets.cli.learn.page import page
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.machine.files import home_directory, write_for_owner
from xbot_assets.steps.learning.report import learning_report
from xbot_assets.steps.learning.report_words import in_short
from xbot_assets.steps.product import open_product

PAGE_NAME = "learned.html"

commands = typer.Typer(help="Show what the account has learned.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="learn")


@commands.callback()
def _group() -> None:
    """Keep 'report' a word of its own while it is the only command."""


@commands.command()
def report(
    out: Annotated[Path | None, typer.Option(help="The HTML file. Without it, learned.html in XBOT_HOME.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, and write no file.")] = False,
) -> None:
    """Write a page about what works for this account: each finding with its posts, interval and examples."""
    settings = settings_now()
    with open_product(settings, worker="xbot learn report") as product:
        told = learning_report(product.account)
    if as_json:
        print_json(asdict(told))
        return
    path = out or home_directory(settings.home) / PAGE_NAME
    _write(path, page(told))
    for line in in_short(told):
        echo(line)
    echo(f"The whole report: {shown(path)}")


def _write(path: Path, text: str) -> None:
    try:
        write_for_owner(path, text)
    except OSError as error:
        raise PermanentFailure(
            f"The report cannot be written to {path}: {error.strerror}.",
            code=FailureCode.CANNOT_WRITE_REPORT,
            remedy="Name a file that can be written to with --out.",
        ) from error
