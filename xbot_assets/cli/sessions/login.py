"""``xbot login``: the command's words; what it does is imported when it is used, for it needs Playwright."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(login)


def login(
    file: Annotated[
        Path | None,
        typer.Option("--import", help="Seal a Playwright storage state made elsewhere, and delete that file."),
    ] = None,
) -> None:
    """Log in to X yourself, in a window, and keep the session sealed. For shadow and live mode."""
    from xbot_assets.cli.sessions.owner_login import log_in_owner  # noqa: PLC0415 - see above

    log_in_owner(file)
