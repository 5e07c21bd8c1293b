"""Many processes that claim and that probe, against the serial answer: ``python -m benchmarks.pace_contention``.

Starts a PostgreSQL of its own with the defaults of production and prints one JSON document; the exit code is 1 when a
promise is broken.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from pydantic import SecretStr

from xbot_assets.domain.pace.breaker import BreakerPolicy
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.settings import Settings
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.publishing.breaker import breaker_events
from xbot_assets.testing.pace_crowd import Asked, Crowd, Plan, counts, opened, queue_for, serial
from xbot_assets.testing.servers import running_postgres

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BURSTS = Settings(rate_start_per_hour=4, rate_tolerance_minutes=240)
"""Replies may come four at once, so the hourly limit, the daily limit and the rate each refuse some of the time."""
POLICY = BreakerPolicy(
    failures=1, reset=timedelta(0), successes=2, probe=timedelta(minutes=5), stuck=timedelta(minutes=30)
)


def main() -> int:
    """Run both contests and print what was seen."""
    options = _options()
    with TemporaryDirectory() as place, running_postgres(Path(place)) as postgres:
        url = postgres.url()
        migrate(Settings(database_url=SecretStr(url)))
        with Crowd(options.processes) as crowd:
            contests = {"claims": _claims(crowd, url, options), "breaker": _breaker(crowd, url, options)}
    kept = all(part["kept"] for part in contests.values())
    machine = {"processes": options.processes, "cpus": os.cpu_count(), "load_average": os.getloadavg()}
    print(json.dumps({"kept": kept, **machine, **contests}, indent=2))
    return 0 if kept else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1000, help="Rounds at one product time each.")
    parser.add_argument("--asks", type=int, default=4, help="Questions of a process in each round.")
    parser.add_argument("--probe-asks", type=int, default=2000, help="Questions of a process to the breaker.")
    return parser.parse_args()


def _claims(crowd: Crowd, url: str, options: argparse.Namespace) -> dict[str, Any]:
    rules = BURSTS.pace_rules
    plan = Plan(url, rules, PaceKind.REPLY, START, options.rounds, options.asks)
    with opened(url) as db:
        queue_for(db, plan, crowd.processes)
    began = perf_counter()
    told = crowd.rush(plan)
    seconds = perf_counter() - began
    expected = serial(rules.pacing[PaceKind.REPLY], plan, crowd.processes)
    difference = [claimed - right for claimed, right in zip(counts(told, options.rounds), expected, strict=True)]
    over, missing = sum(max(each, 0) for each in difference), sum(max(-each, 0) for each in difference)
    return {
        "asked": crowd.processes * options.rounds * options.asks,
        "claimed": sum(expected) + sum(difference),
        "claimed_too_many": over,
        "false_refusals": missing,
        "seconds": round(seconds, 1),
        **_latency(told),
        "kept": not over and not missing,
    }


def _latency(told: Sequence[Asked]) -> dict[str, Any]:
    """Return the milliseconds of a question, as a process saw it, while all the others asked too."""
    cuts = quantiles((each for asked in told for each in asked.seconds), n=100)
    return {f"p{percent}_ms": round(cuts[percent - 1] * 1000, 2) for percent in (50, 95, 99)}


def _breaker(crowd: Crowd, url: str, options: argparse.Namespace) -> dict[str, Any]:
    seen = crowd.probe_rush(url, POLICY, options.probe_asks, START)
    with opened(url) as db:
        given = [probe.fencing_token for probe in breaker_events(db) if probe.event == "probe_given"]
    once_each = len(given) == len(set(given)) == seen.probes
    return {
        "asked": crowd.processes * options.probe_asks,
        "probes": seen.probes,
        "probes_at_once_at_most": seen.most_at_once,
        "refused": seen.refusals,
        "kept": once_each and seen.most_at_once == 1,
    }


if __name__ == "__main__":
    sys.exit(main())
