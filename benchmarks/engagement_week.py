"""A week of reading X and answering, on a moved clock: ``python -m benchmarks.engagement_week [--days 7]``.

Real: PostgreSQL (fsync on), the sandbox's world and language model, and the product's steps below the assets, each run
when its schedule would run it, minute by minute. Three parts, each with a stack of its own:

``week``: X is asked over its GraphQL as a page asks it, and the answers go through the product's parsers; no page is
drawn, for a week of pages takes hours. What pages would cost is reckoned as ``xbot replay`` does, and the clock moves
on by it, one operation after another.
``window``: the same for some hours with the browser host and Chromium: what an operation takes on the sandbox.
``kills``: workers that plan and publish replies with the browser are killed at random moments (kill -9).

The rules are those of a real target: only who engaged is answered. In the world of ``company=crowded`` bots answer
everything, somebody says stop, questions are deleted or sensitive. After four sevenths of the week the pool of
opportunities is emptied. Whom we answered is judged by the sandbox's own rows.

Prints one JSON document; the exit code is 1 when a promise is broken. ``--plot FOLDER`` draws the pool's size.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import stamina

from xbot_assets.testing.reading_week.kills import reply_kills
from xbot_assets.testing.reading_week.plot import draw_pool
from xbot_assets.testing.reading_week.week import Asked, reading_week

PARTS = ("week", "window", "kills")
SEED = 20261102
OF_THE_WEEK = frozenset({"pool_within_its_bounds", "pool_recovers", "somebody_was_answered"})
"""What some hours are too short for."""


def week(options: argparse.Namespace) -> dict[str, Any]:
    """Run the whole week, and draw it."""
    document, run = reading_week(Asked(options.tabs, timedelta(days=options.days)))
    if options.plot:
        document["plots"] = [str(file) for file in draw_pool(run, options.plot)]
    return document


def window(options: argparse.Namespace) -> dict[str, Any]:
    """Run some hours with the browser. The budget is for X's pages, which are slower than the sandbox's."""
    document, _ = reading_week(Asked(options.tabs, timedelta(hours=options.hours), browser=True))
    document["promises"] = {name: kept for name, kept in document["promises"].items() if name not in OF_THE_WEEK}
    return document


def kills(options: argparse.Namespace) -> dict[str, Any]:
    """Kill workers."""
    document = reply_kills(options.kills, options.seed, options.tabs)
    never = ("answered_twice", "told_twice_by_the_product", "unwanted")
    promises = {name: document[name] == 0 for name in never}
    promises |= {"finished": document["finished"], "some_had_a_reply_in_hand": document["with_a_reply_in_hand"] > 0}
    return {"promises": promises, **document}


def kept(parts: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether every promise of every part was kept."""
    return all(all(part["promises"].values()) for part in parts.values())


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append", dest="parts", help="may be given again; default: all")
    parser.add_argument("--days", type=float, default=7, help="length of the week (default 7)")
    parser.add_argument("--hours", type=float, default=2, help="length of the window with the browser (default 2)")
    parser.add_argument("--kills", type=int, default=100, help="random kills (default 100)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the kills")
    parser.add_argument("--tabs", choices=("split", "joined"), default="split", help="which lists a profile has")
    parser.add_argument("--plot", type=Path, help="folder for a PNG plot of the pool's size")
    options = parser.parse_args()
    stamina.instrumentation.set_on_retry_hooks([])
    began, run = time.monotonic(), {"week": week, "window": window, "kills": kills}
    parts = {part: run[part](options) for part in options.parts or PARTS}
    facts = {"days": options.days, "tabs": options.tabs, "cpus": os.cpu_count(), "load_average": os.getloadavg()}
    facts["wall_seconds"] = round(time.monotonic() - began)
    print(json.dumps({"kept": kept(parts), **facts, **parts}, indent=2))
    return int(not kept(parts))


if __name__ == "__main__":
    sys.exit(main())
