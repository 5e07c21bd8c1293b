"""Seven days of publishing with real parts on a moved clock: ``python -m benchmarks.week [--days 7] [--seed N]``.

Real: PostgreSQL (fsync on), the sandbox site, the browser host and Chromium, the product's planning, gates, approval,
``publish_wait``, ``publish_next`` and everything below them. Both clocks jump to the next moment at which something is
due on the publishing sensor's own 10-second grid and run at real speed while the run works, so that published minus
slot is a measurement: the sensor's phase plus the work. Not in it: the start of a Dagster run.

In the week lie a change of clocks where the owner lives, 12 hours without service (6 of a power cut that kills worker,
browser host and database with a post in hand, 6 in which the site answers 503), and X's limits 429, 344 and 226. Beside
it a plain poster from cron works one day with the same browser operation (``xbot_assets.testing.weeks.baseline``).

Prints one JSON document; the exit code is 1 when a promise is broken.
"""

import argparse
import json
import os
import sys
import time
from datetime import timedelta

import stamina

from xbot_assets.testing.weeks.calendar import CHANGES, calendar
from xbot_assets.testing.weeks.week import PROFILE, SEED, week


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=int, default=7, help="at least 2 (default 7)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--change", choices=CHANGES, default="autumn", help="which change of clocks lies in it")
    parser.add_argument("--json", action="store_true", help="the document alone, without the progress on stderr")
    options = parser.parse_args()
    if options.days < timedelta(days=2).days:
        parser.error("--days must be at least 2")
    if options.json:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the rest of the program
    stamina.instrumentation.set_on_retry_hooks([])  # the language model's slips are asked for
    began = time.monotonic()
    document = week(calendar(options.days, CHANGES[options.change], options.seed), options.seed)
    kept = all(document["promises"].values())
    facts = {"days": options.days, "seed": options.seed, "change": options.change, "profile": PROFILE}
    machine = {
        "wall_seconds": round(time.monotonic() - began),
        "cpus": os.cpu_count(),
        "load_average": os.getloadavg(),
    }
    print(json.dumps({"kept": kept, **facts, **machine, **document}, indent=2))
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
