"""``xbot database``: how the database is, which statements cost most, and what takes the room."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.domain.clock import system_now
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.database_health import database_health
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import check_schema
from xbot_assets.store.operations.database_health import connections_taken, database_sessions, statement_timings
from xbot_assets.store.operations.retention import last_upkeep, table_sizes

SHOWN = 15
EXIT_UNWELL = 1
GAP = "  "
TASKS = ("purge", "backup", "restore_drill", "database_check")
BYTES_PER_MB = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("database")(database)


def database(
    days: Annotated[int, typer.Option(min=1, max=90, help="Statements of so many days, today included.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show how the database is: what is wrong, the costliest statements by name, connections, and the largest tables.

    Exits 1 when something is wrong. Timings are those that processes have stored, which takes up to five minutes.
    """
    settings = settings_now()
    with open_database(settings) as opened:
        check_schema(opened)
        document = _document(opened, settings, days)
    if as_json:
        print_json(document)
    else:
        _tell(document)
    if document["troubles"]:
        raise typer.Exit(EXIT_UNWELL)


def _document(opened: Database, settings: Settings, days: int) -> dict[str, Any]:
    since = (system_now() - timedelta(days=days - 1)).date()
    done = {task: last_upkeep(opened, task) for task in TASKS}
    return {
        "troubles": list(database_health(opened, settings).troubles),
        "slow_seconds": settings.slow_query_seconds,
        "statements": [asdict(timing) for timing in statement_timings(opened, since)],
        "connections": asdict(connections_taken(opened)),
        "sessions": [asdict(session) for session in database_sessions(opened)],
        "tables": [asdict(table) for table in table_sizes(opened)],
        "last_done": {task: last.done_at_real if last else None for task, last in done.items()},
    }


def _tell(document: dict[str, Any]) -> None:
    for trouble in document["troubles"] or ["The database is well."]:
        echo(trouble)
    taken, sessions = document["connections"], document["sessions"]
    states = ", ".join(f"{session['sessions']} {session['state']}" for session in sessions)
    echo(f"Connections: {taken['taken']} of {taken['connections']}; of this database: {states}.")
    for task, at in document["last_done"].items():
        echo(f"Last {task.replace('_', ' ')}: {f'{at:%Y-%m-%d %H:%M} UTC' if at else 'never'}")
    echo("")
    head = ["statement", "calls", "mean ms", "longest ms", f"over {document['slow_seconds']:g} s"]
    _print([head, *map(_statement, document["statements"][:SHOWN])])
    echo("")
    _print([["table", "MB", "rows"], *map(_table, document["tables"][:SHOWN])])


def _statement(timing: dict[str, Any]) -> list[str]:
    mean = timing["total_ms"] / max(1, timing["calls"])
    return [timing["name"], str(timing["calls"]), f"{mean:.1f}", f"{timing['max_ms']:.0f}", str(timing["slow_calls"])]


def _table(size: dict[str, Any]) -> list[str]:
    return [size["name"], f"{size['bytes'] / BYTES_PER_MB:.1f}", str(size["rows"])]


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        echo(GAP.join([first.ljust(widths[0]), *cells]))
