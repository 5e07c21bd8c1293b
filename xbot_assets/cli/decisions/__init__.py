"""Commands by which a person decides: about posts, about what is on X, about alerts. Keep out: the decisions' rules."""

import typer

from xbot_assets.cli.decisions import alerts, approve, replies, unconfirmed


def register(app: typer.Typer) -> None:
    """Add the groups ``approve``, ``replies`` and ``alerts``."""
    approve.register(app)
    unconfirmed.register(approve.commands)
    replies.register(app)
    alerts.register(app)
