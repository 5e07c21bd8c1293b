"""Which module holds which command; a command's module is imported when the command is asked for.

``xbot up`` stays for as long as the stack: what it never uses would stay in memory with it.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

STACK, COMMANDS = "xbot_assets.cli.stack", "xbot_assets.cli.commands"
DECISIONS = "xbot_assets.cli.decisions"

MODULES = {
    "init": "xbot_assets.cli.init",
    "up": STACK,
    "once": STACK,
    "open": "xbot_assets.cli.sessions.open_pages",
    "status": COMMANDS,
    "doctor": "xbot_assets.cli.doctor",
    "post": COMMANDS,
    "approve": DECISIONS,
    "replies": DECISIONS,
    "signals": "xbot_assets.cli.signals",
    "alerts": DECISIONS,
    "resume": COMMANDS,
    "login": "xbot_assets.cli.sessions.login",
    "persona": "xbot_assets.cli.init",
    "import": "xbot_assets.cli.history",
    "prices": "xbot_assets.cli.prices",
    "jobs": "xbot_assets.cli.operations.jobs",
    "database": "xbot_assets.cli.operations.database",
    "evidence": "xbot_assets.cli.operations.evidence",
    "backup": "xbot_assets.cli.operations.backups",
    "restore": "xbot_assets.cli.operations.backups",
    "learn": "xbot_assets.cli.learn.commands",
    "simulate": "xbot_assets.cli.learn.simulate",
    "sandbox": "xbot_assets.cli.sandbox",
    "replay": COMMANDS,
    "migrate": COMMANDS,
    "install-browser": COMMANDS,
    "version": COMMANDS,
}
"""Each command's module, in the order of ``xbot --help``. The module's ``register`` adds it to an application."""


def application(**options: Any) -> typer.Typer:  # noqa: ANN401 - typer's own
    """Return an application whose errors and help are told plainly; every part of the command line is made so."""
    app = typer.Typer(
        no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **options
    )
    app.callback()(_no_options)  # or one command, or none yet, would be no group
    return app


class LazyCommands(TyperGroup):
    """A group that knows its commands by name, and has each when it is asked for."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names of all commands, in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: object, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - typer's signature, and its own click
        """Return a command, or ``None`` when there is none of that name."""
        return commands_of(MODULES[cmd_name])[cmd_name] if cmd_name in MODULES else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own click
        """Look up the command that was typed; an error suggests the names that are near."""
        self.commands = dict.fromkeys(MODULES)  # type: ignore[assignment]  # typer suggests from the keys
        return super().resolve_command(ctx, args)


@cache
def commands_of(module: str) -> Mapping[str, Any]:
    """Return the commands that a module registers."""
    part = application()
    import_module(module).register(part)
    return get_group(part).commands


def _no_options() -> None:
    """Take no option before the command."""
