"""``xbot alerts``: what a person is being told, and saying that it was read."""

from typing import Annotated

import typer

from xbot_assets.cli.app import NAME_WIDTH, settings_now
from xbot_assets.cli.approve import plain
from xbot_assets.cli.review import who_asks
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.domain.alerts.catalogue import entry_of
from xbot_assets.store.alerts import Alert, acknowledge_alert, open_alerts
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema

FROM_EARLIER = "A person acknowledges it: no alert of this version is raised under this key."

commands = typer.Typer(help="List what needs a person, and acknowledge what was read.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="alerts")


@commands.command("list")
def list_open(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the open alerts, gravest first: what happened, what to do, how each ends, and its place in the runbook."""
    with open_database(settings_now()) as database:
        check_schema(database)
        alerts = open_alerts(database)
    if as_json:
        print_json([alert.model_dump() for alert in alerts])
        return
    echo("\n\n".join(map(_told, alerts)) or "No alert is open.")


@commands.command()
def acknowledge(key: Annotated[str, typer.Argument(help="As 'xbot alerts list' shows it.")]) -> None:
    """Close an alert that you have read. It lifts no hold and changes no post; a cause that lasts raises it again."""
    with open_database(settings_now()) as database:
        check_schema(database)
        acknowledge_alert(database, key, who_asks(), DatabaseClock(database).now())
    echo(f"The alert {key} is acknowledged.")


def _told(alert: Alert) -> str:
    entry = entry_of(alert.key)
    times = "once" if alert.times_seen == 1 else f"{alert.times_seen} times"
    lines = [(alert.severity.upper(), alert.reason), ("", alert.remedy)]
    lines += [("Ends", entry.ends if entry else FROM_EARLIER)]
    lines += [("Seen", f"{times} since {alert.raised_at:%Y-%m-%d %H:%M} UTC"), ("Key", alert.key)]
    lines += [("Runbook", f"docs/runbook.md#{entry.anchor}")] if entry else []
    return "\n".join(f"{name:<{NAME_WIDTH}}{plain(text)}" for name, text in lines if text)
