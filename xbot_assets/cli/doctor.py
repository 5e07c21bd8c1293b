"""``xbot doctor``: prints what is wrong and what to do."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

import typer

from xbot_assets.cli.app import NAME_WIDTH
from xbot_assets.cli.terminal import Styled, echo
from xbot_assets.runtime.doctor.examination import Finding, examine
from xbot_assets.runtime.doctor.models import remembered_models

COLORS = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}
EXIT_SICK = 1
LEVEL_WIDTH = 6
INDENT = LEVEL_WIDTH + NAME_WIDTH


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    llm: Annotated[
        bool, typer.Option("--llm", help="Also make one small priced call to each model, to see what its server can.")
    ] = False,
) -> None:
    """Say what is wrong here, and what to do about it. Checks the machine, the settings and whatever runs."""
    failed = False
    for finding in chain(examine(), _models() if llm else remembered_models()):
        failed = failed or finding.level == "fail"
        level = Styled(f"{finding.level:<{LEVEL_WIDTH}}", COLORS[finding.level])
        echo(level, f"{finding.name:<{NAME_WIDTH}}{_indented(finding.text)}")
        if finding.remedy and finding.level != "ok":
            echo(f"{'':<{INDENT}}{_indented(finding.remedy)}")
    if failed:
        raise typer.Exit(EXIT_SICK)


def _models() -> Iterator[Finding]:
    from xbot_assets.runtime.doctor.llm import examine_models  # noqa: PLC0415 - the API's client loads slowly

    return examine_models()


def _indented(text: str) -> str:
    """Keep the further lines of a text under its first."""
    return text.replace("\n", "\n" + " " * INDENT)
