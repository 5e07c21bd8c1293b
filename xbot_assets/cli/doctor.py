"""``xbot doctor``: prints what is wrong and what to do. Keep out: the checks (``runtime/examination.py``)."""

import typer

from xbot_assets.cli.app import NAME_WIDTH
from xbot_assets.runtime.examination import examine

COLORS = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}
EXIT_SICK = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor() -> None:
    """Check this machine, the settings and whatever runs; say what is wrong and what to do about it."""
    failed = False
    for finding in examine():
        failed = failed or finding.level == "fail"
        level = typer.style(f"{finding.level:<6}", fg=COLORS[finding.level])
        typer.echo(f"{level}{finding.name:<{NAME_WIDTH}}{finding.text}")
        if finding.remedy and finding.level != "ok":
            typer.echo(f"{'':<{NAME_WIDTH + 6}}{finding.remedy}")
    if failed:
        raise typer.Exit(EXIT_SICK)
