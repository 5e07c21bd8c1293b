"""Publishing under kill -9, judged on the sandbox's own ledger: ``python -m benchmarks.crash_test``.

Three parts. ``failpoints``: before and after every statement and every browser step of publishing, each point found by
recording clean runs first, with the process that reached it and those it works with killed there. ``random``: kills of
worker, browser host, Chromium and PostgreSQL at random moments from a seed. ``baseline``: the same against a plain
retrying worker (procrastinate, installed into a directory of the run's own).

The parts run side by side, each with a stack of its own. Real: PostgreSQL with fsync on, the sandbox site, host and
Chromium, the product's ``publish_next``. The fast profile changes: each cycle runs in a process forked from a warm
parent instead of a Dagster run, one at a time, so the parent knows who is dead (Dagster's sensor asks the instance);
product time runs 240 times as fast, with the least spacing and the highest limits that the settings allow, no cache,
and restarts after a second at most; and the site soon takes a text again (``crash_site.py``), because X's refusal of a
repeated text would hide a second click. A post left to a person is closed by the test.

The site keeps a profile's posts as ``--tabs`` says: originals and replies in a list each, as X does since August 2026,
or all in one as before. At the end of each part the timeline is compared with the queue, twice; none of the posts is to
be taken for removed.

Prints one JSON document; the exit code is 1 when a promise of ours is broken.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xbot_assets.testing.crash.failpoints import PLAIN_STORIES, STORIES, Failpoints, Story
from xbot_assets.testing.crash.judging import judged, listed
from xbot_assets.testing.crash.posts import Ours, Plain, Publisher
from xbot_assets.testing.crash.random_kills import RandomKills
from xbot_assets.testing.crash.schedule import Deadline, random_kills
from xbot_assets.testing.crash.stack import CrashStack, Parts, crash_stack

KILLS = 300
SEED = 20261123
MINUTES = 240.0
PARTS = ("failpoints", "random", "baseline")


def failpoints(
    stack: CrashStack, publisher: Publisher, stories: Sequence[Story], options: argparse.Namespace, until: Deadline
) -> dict[str, Any]:
    """Strike at every point of the stories, or at some of them, evenly chosen."""
    with stack.working(publisher.kind, publisher.environment()):
        test = Failpoints(stack, publisher)
        strikes = test.record(stories)
        chosen = [strike for strike in strikes if options.story in {None, strike.story.name}]
        planned = chosen[options.skip :: max(1, len(chosen) // options.points) if options.points else 1]
        test.strike(planned, until)
        stack.gate.release()
        judgement = judged(stack, publisher, test.texts, test.kills)
    points = {strike.point for strike in strikes}
    return {
        "points": len(points),
        "points_struck": len(test.struck),
        "kills_planned": len(planned),
        "not_reached": test.not_reached,
        **judgement,
        "kills": listed(test.kills),
    }


def random_part(stack: CrashStack, publisher: Publisher, seed: int, times: int, until: Deadline) -> dict[str, Any]:
    """Make the seed's kills."""
    with stack.working(publisher.kind, publisher.environment()):
        test = RandomKills(stack, publisher)
        test.run(random_kills(seed, times), until)
        judgement = judged(stack, publisher, test.texts, test.kills)
    return {"seed": seed, "kills_planned": times, **judgement, "kills": listed(test.kills)}


def parts(options: argparse.Namespace) -> Parts:
    """Return what the stack of one part is made of."""
    return Parts(switches={"tabs": options.tabs})


def ours(part: str, options: argparse.Namespace, until: Deadline) -> dict[str, Any]:
    """Run one part against the product."""
    with crash_stack(parts(options)) as stack, closing(Ours(stack)) as publisher:
        if part == "failpoints":
            return failpoints(stack, publisher, STORIES, options, until)
        return random_part(stack, publisher, options.seed, options.kills, until)


def baseline(options: argparse.Namespace, until: Deadline) -> dict[str, Any]:
    """Run the same against the plain worker."""
    with TemporaryDirectory() as packages, crash_stack(parts(options)) as stack:
        place = options.baseline_place or Path(packages)
        with closing(Plain(stack, place)) as publisher:
            times = options.baseline_kills or options.kills
            points = failpoints(stack, publisher, PLAIN_STORIES, options, until)
            kills = random_part(stack, publisher, options.seed, times, until)
            return {"failpoints": points, "random": kills}


def run(options: argparse.Namespace, until: Deadline) -> dict[str, Any]:
    """Run the chosen parts side by side, each with a stack of its own."""
    with ThreadPoolExecutor(len(PARTS)) as pool:
        work = {
            part: pool.submit(baseline, options, until)
            if part == "baseline"
            else pool.submit(ours, part, options, until)
            for part in options.parts
        }
        return {part: result.result() for part, result in work.items()}


def main() -> int:
    """Run the test as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=KILLS, help="random kills (default 300)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", choices=PARTS, action="append", dest="parts", help="may be given again")
    parser.add_argument("--points", type=int, help="about so many kills at failpoints, evenly chosen; default: all")
    parser.add_argument("--story", choices=[story.name for story in STORIES], help="only the points that it adds")
    parser.add_argument("--tabs", choices=("split", "joined"), default="split", help="which lists a profile has")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many kills at failpoints: go on with a run")
    parser.add_argument("--baseline-kills", type=int, help="the first so many of the same schedule; default: all")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin no further kill after this")
    parser.add_argument("--baseline-place", type=Path, help="where procrastinate is, or is to be installed")
    options = parser.parse_args()
    options.parts = options.parts or PARTS
    began, until = time.monotonic(), Deadline(options.minutes)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: until.stop())
    document = run(options, until)
    kept = all(document[part]["kept"] for part in ("failpoints", "random") if part in document)
    facts = {
        "tabs": options.tabs,
        "seconds": round(time.monotonic() - began),
        "cpus": os.cpu_count(),
        "load_average": os.getloadavg(),
    }
    print(json.dumps({"kept": kept, **facts, **document}, indent=2))
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
