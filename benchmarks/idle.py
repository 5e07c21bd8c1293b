"""What a stack costs that has nothing to do: ``python -m benchmarks.idle [--minutes 4] [--json]``.

Starts a stack of this checkout in a directory of its own, with real time and the product's own definitions, waits until
the runs of its start are over, then measures for some minutes. The table says, for each part with all processes below
it, its share of one core and its memory. Runs that fall due meanwhile are part of the figures and are counted.

Processor time is what a process and the children that it has waited for have used, so a short-lived child (a database
backend, a run) is counted wherever it ends. Memory is the proportional set size, in which a page that n processes share
counts as 1/n of itself in each: only such figures may be added up.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.browser.chromium.memory import held_mb
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.load.stack import LoadStack, running_stack

CPU_MAX_PERCENT = 20.0
"""Of one core, all parts together."""
MEMORY_MAX_MB = 1100.0
CALM_SECONDS = 30.0
"""A stack that has run nothing for so long is calm."""
CALM_WAIT_SECONDS = 300.0
SAMPLE_SECONDS = 20.0
START_SECONDS = 600.0
PATIENCE = {"start_timeout_seconds": "300"}
"""On a busy machine a part may take minutes to start; what is measured comes after that."""
SUPERVISOR = "supervisor"
CODE_SERVER = "code"
FORK_SERVER = "fork server and runs"
ACTIVE_RUNS = "select count(*) as many from runs where status in ('QUEUED', 'NOT_STARTED', 'STARTING', 'STARTED')"
COUNTERS = """
select (select count(*) from job_ticks) as ticks, (select count(*) from runs) as runs,
    (select sessions from pg_stat_database where datname = current_database()) as connections,
    (select xact_commit + xact_rollback from pg_stat_database where datname = current_database()) as transactions
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds used so far, memory in MB, and number of processes, each by part."""

    seconds: Mapping[str, float]
    megabytes: Mapping[str, float]
    processes: Mapping[str, int]


class Parts:
    """The processes of one stack, each under the name of the part that it belongs to."""

    def __init__(self, stack: LoadStack) -> None:
        self._stack = stack

    def usage(self) -> Usage:
        """Return what all parts have used until now."""
        names = {entry.pid: entry.name for entry in read_record(self._stack.home)}
        seconds: defaultdict[str, float] = defaultdict(float)
        megabytes: defaultdict[str, float] = defaultdict(float)
        processes: Counter[str] = Counter()
        for process, part in _named(psutil.Process(self._stack.pid), SUPERVISOR, names):
            try:
                seconds[part] += sum(process.cpu_times()[:4])
            except psutil.Error:
                continue
            megabytes[part] += held_mb(process.pid)
            processes[part] += 1
        return Usage(seconds, megabytes, processes)


def _named(process: psutil.Process, part: str, names: Mapping[int, str]) -> list[tuple[psutil.Process, str]]:
    """Return a process and all below it, each with its part: its own name, or that of the process above it."""
    try:
        own = names.get(process.pid, FORK_SERVER if part == CODE_SERVER and _is_forked(process) else part)
        children = process.children()
    except psutil.Error:
        return []
    return [(process, own), *(pair for child in children for pair in _named(child, own, names))]


def _is_forked(process: psutil.Process) -> bool:
    """Say whether a process was forked and nothing else: it runs under the very words of the process above it."""
    above = process.parent()
    return above is not None and process.cmdline() == above.cmdline()


def await_calm(stack: LoadStack) -> float:
    """Wait until no run has been active for a while; return how many seconds that took."""
    began = calm_since = time.monotonic()
    while time.monotonic() - calm_since < CALM_SECONDS and time.monotonic() - began < CALM_WAIT_SECONDS:
        if stack.ask_database(ACTIVE_RUNS)[0]["many"]:
            calm_since = time.monotonic()
        time.sleep(1.0)
    return time.monotonic() - began


def measure(stack: LoadStack, minutes: float) -> dict[str, Any]:
    """Measure an idle stack for so many minutes."""
    parts, samples = Parts(stack), []
    before, counted, began = parts.usage(), stack.ask_database(COUNTERS)[0], time.monotonic()
    for _ in range(max(1, round(minutes * 60 / SAMPLE_SECONDS))):
        time.sleep(SAMPLE_SECONDS)
        samples.append(parts.usage())
    passed = time.monotonic() - began
    after = stack.ask_database(COUNTERS)[0]
    table = {part: _row(part, before, samples, passed) for part in sorted(samples[-1].seconds)}
    return {
        "minutes": round(passed / 60, 2),
        "load_average": [round(value, 1) for value in os.getloadavg()],
        "parts": table,
        "cpu_percent": round(sum(row["cpu_percent"] for row in table.values()), 1),
        "memory_mb": round(sum(row["memory_mb"] for row in table.values())),
        "a_minute": {name: round((after[name] - counted[name]) * 60 / passed, 1) for name in counted},
    }


def _row(part: str, before: Usage, samples: list[Usage], passed: float) -> dict[str, float]:
    used = samples[-1].seconds[part] - before.seconds.get(part, 0.0)
    return {
        "processes": samples[-1].processes[part],
        "cpu_percent": round(100 * used / passed, 2),
        "memory_mb": round(sum(sample.megabytes.get(part, 0.0) for sample in samples) / len(samples), 1),
    }


def as_table(document: dict[str, Any]) -> str:
    """Return the figures for people."""
    rows = sorted(document["parts"].items(), key=lambda item: -item[1]["cpu_percent"])
    lines = [f"{'part':24}{'processes':>10}{'% of a core':>13}{'PSS in MB':>11}"]
    lines += [f"{p:24}{r['processes']:>10}{r['cpu_percent']:>13.1f}{r['memory_mb']:>11.0f}" for p, r in rows]
    lines.append(f"{'all':34}{document['cpu_percent']:>13.1f}{document['memory_mb']:>11}")
    counts = ", ".join(f"{value:g} {name}" for name, value in document["a_minute"].items())
    lines.append(f"Each minute: {counts}. {document['minutes']:g} minutes, load {document['load_average'][1]:g}.")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 0 when the stack costs no more than was promised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.idle", description="What an idle stack costs.")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of the table")
    chosen = parser.parse_args()
    with running_stack(PATIENCE, START_SECONDS) as stack:
        waited = await_calm(stack)
        document = measure(stack, chosen.minutes) | {"calm_after_seconds": round(waited)}
    kept = document["cpu_percent"] < CPU_MAX_PERCENT and document["memory_mb"] < MEMORY_MAX_MB
    print(json.dumps(document | {"kept": kept}, indent=2) if chosen.json else as_table(document))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
