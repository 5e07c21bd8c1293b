"""How long critical work waits while high and low are saturated: ``python -m benchmarks.critical_wait``.

Prints one JSON document; the exit code is 1 when a promise is broken. Critical work is the product's own publishing,
every 30 s, and in between a session check in the critical lane: posts go out one at a time by rule, checks do not.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xbot_assets.domain.clock import system_now
from xbot_assets.testing.load.figures import (
    Wait,
    by_lane_and_way,
    most_at_once,
    outcomes,
    spread,
    throughput,
    waits,
)
from xbot_assets.testing.load.stack import POLL_SECONDS, LoadStack, load_stack
from xbot_assets.testing.load.work import QUEUED_RUNS, Arrival, Feeder, Launcher, arrivals

WARM_UP_SECONDS = 60.0
"""Until the first runs have been through, and Python's bytecode of every module is cached."""
LAST_ARRIVAL_BEFORE_END = 20.0
SERVED_SECONDS = 180.0
"""At the end all critical work must be done within this."""
CRITICAL_MIN = 40
SLOT_P99_MAX = 5.0
CRITICAL_MAX = 60.0
LOW_MAX = 600.0
SLOTS = 3
STILL_WAITING = """
select coalesce(max(extract(epoch from now() at time zone 'UTC' - create_timestamp)), 0)::float as seconds
from runs where status = 'QUEUED' and run_id in (select run_id from run_tags where key = %(lane_tag)s)
"""
UNDONE = """
select (select count(*) from posts where status not in ('published', 'failed') and topic = 'load')
     + (select count(*) from runs where status in ('QUEUED', 'STARTING', 'STARTED')
        and run_id in (select run_id from run_tags where key = 'xbot/lane.critical')) as undone
"""


def measure(stack: LoadStack, minutes: float, critical: int, seed: int) -> dict[str, Any]:
    """Load the stack for so many minutes and return everything that was measured."""
    launcher = Launcher(stack)
    feeder = Feeder(stack, launcher)
    feeder.start()
    time.sleep(WARM_UP_SECONDS)
    since, tape = system_now(), arrivals(critical, minutes * 60 - LAST_ARRIVAL_BEFORE_END, seed)
    _play(launcher, tape, minutes * 60)
    still = {lane: _still_waiting(stack, lane) for lane in ("high", "low")}
    served = _wait_until_served(stack)
    feeder.stop()
    return _document(stack, launcher, feeder, since, minutes, tape) | {
        "all_critical_served": served,
        "oldest_still_queued_seconds": still,
    }


def _play(launcher: Launcher, tape: Sequence[Arrival], seconds: float) -> None:
    started = time.monotonic()
    for arrival in tape:
        time.sleep(max(0.0, started + arrival.at - time.monotonic()))
        launcher.start(arrival)
    time.sleep(max(0.0, started + seconds - time.monotonic()))


def _still_waiting(stack: LoadStack, lane: str) -> float:
    return round(float(stack.ask_database(STILL_WAITING, lane_tag=f"xbot/lane.{lane}")[0]["seconds"]), 1)


def _wait_until_served(stack: LoadStack) -> bool:
    deadline = time.monotonic() + SERVED_SECONDS
    while stack.ask_database(UNDONE)[0]["undone"]:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS * 10)
    return True


def _document(
    stack: LoadStack, launcher: Launcher, feeder: Feeder, since: datetime, minutes: float, tape: Sequence[Arrival]
) -> dict[str, Any]:
    every_wait = waits(stack, since)
    on_x = Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])
    return {
        "minutes": minutes,
        "launched": dict(Counter(arrival.way for arrival in tape)),
        "launch_troubles": launcher.finish() + feeder.troubles,
        "saturated_share": _saturated_share(feeder),
        "cores": os.cpu_count(),
        "load_average": spread(feeder.loads),
        **by_lane_and_way(every_wait),
        "most_at_once": most_at_once(stack, since),
        "operations_a_minute": throughput(stack, since, minutes),
        "outcomes": outcomes(stack, since),
        "posts": {"queued": len(launcher.texts), "on_x": on_x.total(), "twice": _above_one(on_x)},
        "runs": _runs(stack, since),
        "waits": every_wait,
    }


def _saturated_share(feeder: Feeder) -> float:
    full = [high >= QUEUED_RUNS - 1 and low >= QUEUED_RUNS - 1 for _, high, low in feeder.samples]
    return round(sum(full) / len(full), 3) if full else 0.0


def _above_one(counts: Counter[str]) -> int:
    return sum(count - 1 for count in counts.values())


def _runs(stack: LoadStack, since: datetime) -> dict[str, int]:
    rows = stack.ask_database(
        "select status, count(*) as many from runs where create_timestamp at time zone 'UTC' >= %(since)s group by 1",
        since=since,
    )
    return {row["status"]: row["many"] for row in rows}


def promises(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Hold the figures against what was promised."""
    every_wait: list[Wait] = document["waits"]
    critical = [wait for wait in every_wait if wait.lane == "critical"]
    low = [wait.total for wait in every_wait if wait.lane == "low"]
    peaks, still = document["most_at_once"], document["oldest_still_queued_seconds"]
    return {
        "critical_operations": _at_least(len(critical), CRITICAL_MIN),
        "critical_slot_wait_p99": _at_most(spread([wait.slot for wait in critical])["p99"], SLOT_P99_MAX),
        "critical_longest_from_creation": _at_most(max(wait.total for wait in critical), CRITICAL_MAX),
        "low_longest": _at_most(max([*low, still["low"]]), LOW_MAX),
        "operations_at_once": _at_most(peaks["all"], SLOTS),
        "high_at_once": _at_most(peaks["high"], 1),
        "low_at_once": _at_most(peaks["low"], 1),
        "posted_twice": _at_most(document["posts"]["twice"], 0),
        "critical_unserved": _at_most(int(not document["all_critical_served"]), 0),
    }


def _at_most(value: float, limit: float) -> dict[str, Any]:
    return {"measured": round(value, 3), "at_most": limit, "kept": value <= limit}


def _at_least(value: float, limit: float) -> dict[str, Any]:
    return {"measured": value, "at_least": limit, "kept": value >= limit}


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the stack is loaded (default 10)")
    parser.add_argument("--critical", type=int, default=44, help="critical launches in that time (default 44)")
    parser.add_argument("--seed", type=int, default=3, help="of the arrival times")
    chosen = parser.parse_args()
    with load_stack() as stack:
        document = measure(stack, chosen.minutes, chosen.critical, chosen.seed)
    document["promises"] = promises(document)
    del document["waits"]
    print(json.dumps(document, indent=2))
    return int(not all(promise["kept"] for promise in document["promises"].values()))


if __name__ == "__main__":
    sys.exit(main())
