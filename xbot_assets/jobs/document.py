"""Writes ``docs/jobs.md`` from the definitions, so that it cannot fall behind them.

``python -m xbot_assets.jobs.document > docs/jobs.md``; a test compares the two.
"""

import sys
from collections.abc import Sequence

from xbot_assets.build import build_defs
from xbot_assets.jobs.described import Automation, automations, jobs_by_hand
from xbot_assets.jobs.legacy import LegacyRow, Standing, legacy_rows
from xbot_assets.replay.catalogue import load_catalogue

HEADER = """\
# Jobs

Written by `python -m xbot_assets.jobs.document` from the definitions; do not edit by hand.

Everything that happens by itself is started by one of the schedules and sensors below. Those that ask do so in real
time; whether work is due is then asked on the product's clock. `xbot jobs` shows the interval that holds now, the last
run and the next one, and `xbot jobs --json` the same for a program.
"""
STANDINGS: dict[Standing, str] = {
    "automation": "done by a schedule or sensor",
    "part": "done by a part that is always there",
    "not built": "not built",
    "dropped": "dropped",
}


def jobs_document() -> str:
    """Return the whole file."""
    definitions = build_defs()
    rows = legacy_rows(load_catalogue().replaced)
    lines = [HEADER, *_automations(automations(definitions))]
    lines += [f"\nStarted by hand only: {', '.join(f'`{job}`' for job in jobs_by_hand(definitions))}.\n"]
    return "\n".join([*lines, *_legacy(rows)])


def timetable(automation: Automation) -> str:
    """Say when a schedule or sensor runs or asks."""
    if automation.asks_seconds is not None:
        return f"asks every {automation.asks_seconds} s"
    return f"each hour at {' and '.join(f':{minute:02}' for minute in automation.minutes)}"


def _automations(catalogue: Sequence[Automation]) -> list[str]:
    head = ["| name | kind | when | lane | makes | what it does |", "| --- | --- | --- | --- | --- | --- |"]
    return head + [
        f"| `{one.name}` | {one.kind} | {timetable(one)} | {one.lane} | {_makes(one)} | {one.description} |"
        for one in catalogue
    ]


def _makes(automation: Automation) -> str:
    return ", ".join(f"`{asset}`" for asset in automation.assets) or "nothing: it only looks"


def _legacy(rows: Sequence[LegacyRow]) -> list[str]:
    counts = ", ".join(f"{sum(row.successor.standing == key for row in rows)} {STANDINGS[key]}" for key in STANDINGS)
    head = [
        "## What became of the old system's jobs\n",
        f"{len(rows)} rows of `benchmarks/legacy_jobs.csv`: {counts}.\n",
        "| legacy job | now | by |",
        "| --- | --- | --- |",
    ]
    return [*head, *(f"| `{row.name}` | {STANDINGS[row.successor.standing]} | {_by(row)} |" for row in rows), ""]


def _by(row: LegacyRow) -> str:
    return " ".join([*(f"`{name}`" for name in row.successor.by), row.successor.how]).strip()


if __name__ == "__main__":
    sys.stdout.write(jobs_document())
