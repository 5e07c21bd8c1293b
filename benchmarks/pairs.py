"""Faults in pairs on a whole stack under load, and how soon all is well again: ``python -m benchmarks.pairs``.

Prints one JSON document with a row for each pair; the exit code is 1 when a post was lost or doubled, an alert was
raised twice, or the stack was not ready, with a post out, within a minute of the faults' end.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict

from xbot_assets.testing.pairs.faults import PAIRS
from xbot_assets.testing.pairs.stage import stage
from xbot_assets.testing.pairs.trial import Trial, trial

WELL_SECONDS = 60.0


def kept(done: Trial) -> bool:
    """Say whether everything that was promised came."""
    return not (done.lost or done.doubled or done.again) and done.ready_seconds + done.post_seconds <= WELL_SECONDS


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="only the first so many")
    options = parser.parse_args()
    with stage() as made:
        trials = [trial(made, pair) for pair in PAIRS[: options.pairs]]
    whole = all(map(kept, trials))
    document = {"kept": whole, "load_average": os.getloadavg(), "pairs": list(map(asdict, trials))}
    print(json.dumps(document, indent=2))
    return int(not whole)


if __name__ == "__main__":
    sys.exit(main())
