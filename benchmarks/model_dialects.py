"""A week of plans against each server of OpenAI's API that is known here: ``python -m benchmarks.model_dialects``.

Each server is a shape drawn by hand (``xbot_assets/sandbox/llm/dialects``): what it takes and refuses, how it answers,
thinks and bills, and what goes wrong there now and then. The product is set up as an owner would: an address, a key, a
model and its price. Time is simulated; HTTP and the database are real. Prints one JSON document; the exit code is 1
when a promise is broken.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from xbot_assets.sandbox.llm.dialects.table import DIALECTS
from xbot_assets.testing.content.dialects import days_in, kept


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=7, help="of plans against each server (default 7)")
    parser.add_argument("--only", choices=tuple(DIALECTS), help="one server")
    chosen = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory(prefix="xbot-dialects-") as folder:
        for name in [chosen.only] if chosen.only else DIALECTS:
            seen = days_in(name, chosen.days, Path(folder))
            figures[name] = seen | {"promises": kept(seen)}
            print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    print(json.dumps(figures, indent=2))
    return int(not all(all(seen["promises"].values()) for seen in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
