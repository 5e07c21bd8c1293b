"""Seven days of reading X and answering, on a moved clock: ``python -m benchmarks.engagement_week [--days 7]``."""

import argparse
import json
import os
import sys
import time

import stamina

from xbot_assets.testing.reading_week.week import reading_week


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--tabs", choices=("split", "joined"), default="split")
    options = parser.parse_args()
    stamina.instrumentation.set_on_retry_hooks([])
    began = time.monotonic()
    document, _run = reading_week(options.tabs, options.days)
    machine = {"wall_seconds": round(time.monotonic() - began), "load_average": os.getloadavg()}
    print(json.dumps({**machine, **document}, indent=2))
    return int(not all(document["promises"].values()))


if __name__ == "__main__":
    sys.exit(main())
