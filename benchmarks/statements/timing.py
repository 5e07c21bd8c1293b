"""How a statement is answered: its plan, and its time over many runs, each undone.

On a machine that others use, most of a millisecond's work may be waiting for a processor. Linux counts that waiting for
each thread (``/proc/.../schedstat``), so it is taken off: of ours and of the server's process. Waiting for disks, for
locks and for each other stays.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from threading import get_native_id
from time import perf_counter
from typing import Any

import psycopg

from xbot_assets.store.engine.statements import Statement

SMALL = 5_000
"""Rows of a table that PostgreSQL may as well read whole; tables that grow with the posts have more."""
SLOW_MS = 1_000.0
"""A statement that takes this long is run three times only."""
RUNS = 60
WARMING = 6
"""Runs until the statement is prepared and its plan is kept."""
_MONTH = re.compile(r"_\d{4}_\d{2}")
"""In the name of a part of a table: of many parts the plan names one."""
_PARAMETER = re.compile(rb"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Answered:
    """How one statement was answered, in milliseconds, and the scans of its plan; or why it could not be run.

    ``elapsed_p95_ms`` is with the waiting for a processor, the others are without.
    """

    median_ms: float
    p95_ms: float
    elapsed_p95_ms: float
    scans: str
    problem: str | None = None


def answered(
    connection: psycopg.Connection[Any],
    statement: Statement,
    values: Mapping[str, Any],
    sizes: Mapping[str, int],
    small: int = SMALL,
) -> Answered:
    """Run a statement many times and undo it each time; tables of fewer rows than ``small`` may be read whole."""
    params = {name.decode(): values.get(name.decode()) for name in _PARAMETER.findall(statement.text)}
    try:
        times = _times(connection, statement, params)
        scans = sorted(set(_scans(_plan(connection, statement, params), sizes, small)))
    except psycopg.Error as error:
        connection.rollback()
        return Answered(0.0, 0.0, 0.0, "", str(error).splitlines()[0])
    net, elapsed = [one for one, _ in times], [one for _, one in times]
    return Answered(median(net), _p95(net), _p95(elapsed), ", ".join(scans) or "no table")


def table_sizes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return about how many rows each table has."""
    rows = connection.execute("select relname, reltuples::bigint from pg_class where relkind = 'r'").fetchall()
    return dict(rows)


def _times(
    connection: psycopg.Connection[Any], statement: Statement, params: Mapping[str, Any]
) -> list[tuple[float, float]]:
    """Return milliseconds with the rows fetched, without and with the waiting for a processor.

    The first runs, which plan, prepare and warm up, do not count.
    """
    times: list[tuple[float, float]] = []
    waits = (
        Path(f"/proc/{connection.info.backend_pid}/schedstat"),
        Path(f"/proc/self/task/{get_native_id()}/schedstat"),
    )
    while len(times) < (4 if times and times[0][0] > SLOW_MS else RUNS + WARMING):
        waited, started = _waited_ms(waits), perf_counter()
        cursor = connection.execute(statement.text, params)
        if cursor.description:
            cursor.fetchall()
        elapsed = (perf_counter() - started) * 1000
        times.append((max(0.0, elapsed - (_waited_ms(waits) - waited)), elapsed))
        connection.rollback()
    return times[min(WARMING, len(times) - 3) :]


def _waited_ms(threads: Iterable[Path]) -> float:
    """Return how long these threads have been ready to run and were not running; nought where nobody counts it."""
    try:
        return sum(int(one.read_text("ascii").split()[1]) for one in threads) / 1e6
    except OSError:
        return 0.0


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


def _plan(connection: psycopg.Connection[Any], statement: Statement, params: Mapping[str, Any]) -> dict[str, Any]:
    with psycopg.ClientCursor(connection) as cursor:
        row = cursor.execute(b"explain (format json) " + statement.text, params).fetchone()
    connection.rollback()
    plan: dict[str, Any] = row[0][0]["Plan"] if row else {}
    return plan


def _scans(node: Mapping[str, Any], sizes: Mapping[str, int], small: int) -> Iterator[str]:
    table = node.get("Relation Name")
    if node.get("Node Type") == "Seq Scan" and table:
        yield f"{'SEQ' if sizes.get(table, 0) > small else 'small'} {_MONTH.sub('_MONTH', table)}"
    elif "Index Name" in node:
        yield f"index {_MONTH.sub('_MONTH', node['Index Name'])}"
    for child in node.get("Plans", ()):
        yield from _scans(child, sizes, small)
