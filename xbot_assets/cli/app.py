"""The typer application and what every command shares: settings, and lines on the terminal."""

import contextlib
import os
from pathlib import Path

from xbot_assets.cli.lazy_commands import LazyCommands, application
from xbot_assets.cli.terminal import echo
from xbot_assets.runtime.progress import Progress
from xbot_assets.settings import Settings, load_settings

app = application(
    name="xbot",
    cls=LazyCommands,
    help="Run an automated content account as a Dagster pipeline, on this machine, against a safe sandbox by default.",
)

NAME_WIDTH = 18
"""Columns of the name at the start of a line."""


def settings_now() -> Settings:
    """Return the settings, with the endpoints of the parts that run."""
    return load_settings(tell=_say)


def settings_alone() -> Settings:
    """Return the settings without the parts file, which may be of an earlier, killed stack."""
    return load_settings(use_parts=False, tell=_say)


def progress() -> Progress:
    """Return a progress that writes to standard error, so that standard output stays the result's."""

    def step_done(name: str, seconds: float) -> None:
        _say(f"  {name:<{NAME_WIDTH}}{seconds:6.1f} s")

    return Progress(step_done=step_done, tell=_say)


def _say(line: str) -> None:
    """Write to the terminal; one that was closed meanwhile is no reason to fail."""
    with contextlib.suppress(OSError):
        echo(line, err=True)


def shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    with contextlib.suppress(OSError):
        here = Path.cwd()
        if here != Path(here.anchor) and path.is_relative_to(here):
            return os.path.relpath(path)
    return str(path)
