"""``xbot jobs``: every schedule and sensor, how often it does its work now, its last run and its next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.domain.clock import system_now
from xbot_assets.runtime.machine.lock import is_running
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.rhythms import Asked, Rhythm, rhythms
from xbot_assets.steps.own_account import Account
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema

if TYPE_CHECKING:
    from xbot_assets.jobs.now import AutomationNow

GAP = "  "
UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
HEAD = ("name", "every", "lane", "last run", "next", "replaces")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(jobs)


def jobs(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List what happens by itself: how often now, in which lane, when last and when next.

    Intervals are those in force, on the product's clock. Without a running stack only the definitions are known.
    """
    from xbot_assets.jobs.now import automations_now  # noqa: PLC0415 - Dagster: seconds that no other command costs

    settings = settings_now()
    runs = is_running(settings.home)
    place = settings.home / "dagster"
    known = _rhythms(settings) if runs else {}
    automations = automations_now(known, place if runs and place.is_dir() else None, system_now())
    if as_json:
        print_json(_document(automations))
        return
    _print([HEAD, *map(_row, automations)])


def _rhythms(settings: Settings) -> Mapping[str, Rhythm]:
    with open_database(settings) as database:
        check_schema(database)
        clock = DatabaseClock(database)
        return rhythms(Asked(Account(settings, database, clock), clock.now()))


def _document(automations: Sequence["AutomationNow"]) -> dict[str, Any]:
    from xbot_assets.jobs.legacy import legacy_rows  # noqa: PLC0415 - with the definitions
    from xbot_assets.jobs.now import legacy_document  # noqa: PLC0415
    from xbot_assets.replay.catalogue import load_catalogue  # noqa: PLC0415

    rows = legacy_rows(load_catalogue().replaced)
    return {"automations": [one.document for one in automations], "legacy": [legacy_document(row) for row in rows]}


def _row(one: "AutomationNow") -> tuple[str, ...]:
    last = f"{one.last.status} {_moment(one.last.created_at)}" if one.last else "-"
    every = interval_in_words(one.every) if one.every else one.rule or "-"
    replaced = ", ".join(one.automation.replaces) or "-"
    return (one.automation.name, every, one.automation.lane, last, _next(one), replaced)


def _next(one: "AutomationNow") -> str:
    return _moment(one.next_at) if one.next_at else "-"


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def interval_in_words(every: timedelta) -> str:
    """Return an interval in its largest whole unit, rounded to a tenth."""
    seconds = every.total_seconds()
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    return f"{round(seconds / size, 1):g} {unit}"


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    for row in rows:
        echo(GAP.join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip())
