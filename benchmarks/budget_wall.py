"""Whether the budget is a wall: a hundred generations in eight processes, $1.00: ``python -m benchmarks.budget_wall``.

Prints one JSON document; the exit code is 1 when a promise is broken. The sandbox's language model and PostgreSQL are
real. The same load is run with check-then-record, and what happens after a quota error is counted by the server.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.testing.content.budget_load import Crowd
from xbot_assets.testing.content.budget_wall import WallRun, broken_promises, real_parts, wall_settings


def main() -> int:
    """Run it and print the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budget_wall", description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--generations", type=int, default=100, help="all at once")
    parser.add_argument("--budget", type=float, default=1.0, help="US dollars left of the day's budget")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xbot-wall-") as folder, real_parts(Path(folder)) as (base, sandbox):
        settings = wall_settings(base, Path(folder), chosen.budget)
        migrate(settings)
        crowd = Crowd(chosen.processes)
        try:
            with open_database(settings) as database:
                figures = WallRun(settings, sandbox, database, crowd, chosen.generations).measure()
        finally:
            crowd.close()
    figures["broken_promises"] = broken_promises(figures)
    print(json.dumps(figures, indent=2))
    return 1 if figures["broken_promises"] else 0


if __name__ == "__main__":
    sys.exit(main())
