"""``xbot alerts``: what a person is being told, saying that it was read, and the channels that tell it."""

from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.app import NAME_WIDTH, settings_now
from xbot_assets.cli.decisions.approve import plain
from xbot_assets.cli.decisions.review import who_asks
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.domain.alerts.catalogue import entry_of
from xbot_assets.domain.alerts.messages import Message
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.steps.operations.alert_channels import Channel
from xbot_assets.steps.operations.alert_delivery import channels_of
from xbot_assets.store.alerts import Alert, acknowledge_alert, open_alerts
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema
from xbot_assets.store.operations.alert_deliveries import ChannelState, channel_state

FROM_EARLIER = "A person acknowledges it: no alert of this version is raised under this key."

commands = typer.Typer(
    help="List what needs a person, acknowledge what was read, and try the channels.", no_args_is_help=True
)


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
        print_json([asdict(alert) for alert in alerts])
        return
    echo("\n\n".join(map(_told, alerts)) or "No alert is open.")


@commands.command()
def acknowledge(key: Annotated[str, typer.Argument(help="As 'xbot alerts list' shows it.")]) -> None:
    """Close an alert that you have read. It lifts no hold and changes no post; a cause that lasts raises it again."""
    with open_database(settings_now()) as database:
        check_schema(database)
        acknowledge_alert(database, key, who_asks(), DatabaseClock(database).now())
    echo(f"The alert {key} is acknowledged.")


@commands.command()
def channels() -> None:
    """List the channels of XBOT_ALERT_URLS: what each took last, and what it refuses. Addresses are not shown."""
    settings = settings_now()
    asked = channels_of(settings)
    if not asked:
        echo("No channel is set: put one or more into XBOT_ALERT_URLS.")
        return
    with open_database(settings) as database:
        check_schema(database)
        for channel in asked:
            echo(f"{channel.name:<{NAME_WIDTH}}{_state_words(channel_state(database, channel.name))}")


@commands.command()
def test() -> None:
    """Send a message to every channel and say which took it. Exits 1 when one did not."""
    asked = channels_of(settings_now())
    if not asked:
        raise PermanentFailure(
            "No channel is set.", code=FailureCode.BAD_ALERT_CHANNEL, remedy="Put one or more into XBOT_ALERT_URLS."
        )
    results = {channel.name: _tested(channel) for channel in asked}
    for name, trouble in results.items():
        echo(f"{name:<{NAME_WIDTH}}{trouble or 'took it'}")
    if any(results.values()):
        raise typer.Exit(1)


def _tested(channel: Channel) -> str:
    message = Message((), 0, "info", "A test from xbot", "If you can read this, alerts reach you here.")
    try:
        channel.send(message)
    except ProductError as failure:
        return f"{failure.reason} {failure.remedy}"
    return ""


def _state_words(state: ChannelState) -> str:
    last = f"took something last at {state.sent_at:%Y-%m-%d %H:%M} UTC" if state.sent_at else "took nothing yet"
    return f"{last}; {state.waiting} wait: {state.last_error}" if state.last_error else last


def _told(alert: Alert) -> str:
    entry = entry_of(alert.key)
    times = "once" if alert.times_seen == 1 else f"{alert.times_seen} times"
    lines = [(alert.severity.upper(), alert.reason), ("", alert.remedy)]
    lines += [("Ends", entry.ends if entry else FROM_EARLIER)]
    lines += [("Seen", f"{times} since {alert.raised_at:%Y-%m-%d %H:%M} UTC"), ("Key", alert.key)]
    lines += [("Runbook", f"docs/runbook.md#{entry.anchor}")] if entry else []
    return "\n".join(f"{name:<{NAME_WIDTH}}{plain(text)}" for name, text in lines if text)
