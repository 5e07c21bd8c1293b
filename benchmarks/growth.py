"""Whether what grows stays flat: ``python -m benchmarks.growth [--minutes 168] [--rate 60]``.

A stack of this checkout with the product's own definitions lives at a quick clock (168 minutes at 60x are a week), with
the shortest retention that the settings allow. Rows and sizes of all tables and the memory of each part are sampled all
the while. What is purged is compared after purges: the least of the middle third of the window with the least of its
last third. Nothing is purged that is younger than an hour of real time, so in a window of less than 162 minutes only
the memory is judged, and rows are shown. Posts and what became of them are kept for ever and are shown as rows a day.

Prints one JSON document; the exit code is 1 when the event log or the runs of Dagster, or the memory of all
parts, were more at the end than in the middle by more than ``--slack``.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.idle import Parts
from xbot_assets.steps.operations.retention import LEAST_REAL_AGE
from xbot_assets.testing.load.stack import LoadStack, running_stack

SAMPLE_SECONDS = 10.0
START_SECONDS = 300.0
RETENTION = {
    "retention_runs_days": "1",
    "retention_runs_max": "100",
    "retention_operations_days": "2",
    "retention_every_hours": "1",
}
"""The least of each."""
LONG_ENOUGH = 2.7 * LEAST_REAL_AGE
"""A third of the window is then nearly the age below which nothing is purged, so that the middle third has purges."""
BOUNDED = ("dagster.event_logs", "dagster.runs", "dagster.run_tags")
TABLES = """
select schemaname || '.' || relname as name, pg_total_relation_size(relid)::bigint as bytes, n_live_tup::bigint as rows
from pg_stat_user_tables order by 1
"""
PURGES = "select count(*)::int as purges from runs where pipeline_name = 'purge' and status = 'SUCCESS'"
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """What there was at one moment: rows and bytes of each table, and the parts' memory in MB."""

    rows: dict[str, int]
    size: dict[str, int]
    memory: dict[str, float]


def sample(stack: LoadStack, parts: Parts) -> Sample:
    """Look once."""
    tables = stack.ask_database(TABLES)
    return Sample(
        {row["name"]: row["rows"] for row in tables},
        {row["name"]: row["bytes"] for row in tables},
        dict(parts.usage().megabytes),
    )


def live(stack: LoadStack, minutes: float) -> list[Sample]:
    """Let the stack live for so long; return what was seen."""
    parts, samples = Parts(stack), list[Sample]()
    ends = time.monotonic() + minutes * 60
    while time.monotonic() < ends:
        time.sleep(SAMPLE_SECONDS)
        samples.append(sample(stack, parts))
    return samples


def least(samples: Sequence[Sample], name: str) -> int:
    """Return the fewest rows of a table: what a purge left."""
    return min(one.rows.get(name, 0) for one in samples)


def memory(samples: Sequence[Sample]) -> float:
    """Return the middle of the memory of all parts, in MB."""
    totals = sorted(sum(one.memory.values()) for one in samples)
    return totals[len(totals) // 2]


def compared(samples: Sequence[Sample], minutes: float, rate: float) -> dict[str, Any]:
    """Return the middle of the window beside its end."""
    third = len(samples) // 3
    middle, end = samples[third : 2 * third], samples[2 * third :]
    names = sorted(end[-1].rows)
    days = minutes * rate / 60 / 24 * len(end) / len(samples)
    grown = {name: end[-1].rows[name] - end[0].rows.get(name, 0) for name in names if name not in BOUNDED}
    return {
        "rows_after_purge": {name: [least(middle, name), least(end, name)] for name in BOUNDED},
        "memory_mb": [round(memory(middle)), round(memory(end))],
        "memory_by_part_mb": {part: round(mb) for part, mb in end[-1].memory.items()},
        "database_mb": [round(sum(one.size.values()) / MB, 1) for one in (middle[0], end[0], end[-1])],
        "largest_mb": {name: round(end[-1].size[name] / MB, 1) for name in names if end[-1].size[name] > MB},
        "rows_a_product_day": {name: round(rows / days) for name, rows in grown.items() if rows},
    }


def is_flat(document: dict[str, Any], slack: float, *, purged: bool) -> bool:
    """Say whether nothing that has to stay flat grew by more than the slack; rows only where some were purged."""
    rows = document["rows_after_purge"].values() if purged else ()
    return all(after <= before * slack for before, after in [*rows, document["memory_mb"]])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description="Whether what grows stays flat.")
    parser.add_argument("--minutes", type=float, default=168.0)
    parser.add_argument("--rate", type=float, default=60.0, help="seconds of the sandbox for each real one")
    parser.add_argument("--slack", type=float, default=1.2, help="what is more than so many times the middle has grown")
    chosen = parser.parse_args()
    settings = RETENTION | {"sandbox_clock_rate": f"{chosen.rate:g}"}
    with running_stack(settings, START_SECONDS) as stack:
        samples = live(stack, chosen.minutes)
        purges = stack.ask_database(PURGES)[0]["purges"]
    document = compared(samples, chosen.minutes, chosen.rate)
    facts = {"minutes": chosen.minutes, "rate": chosen.rate, "purges_kept": purges, "load_average": os.getloadavg()}
    purged = timedelta(minutes=chosen.minutes) >= LONG_ENOUGH
    kept = is_flat(document, chosen.slack, purged=purged)
    print(json.dumps({"kept": kept, "rows_judged": purged, **facts, **document}, indent=2))
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
