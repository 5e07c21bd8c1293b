"""The replay's model against a real stack, on one short tape: ``python -m benchmarks.model_check``.

Runs of every lane are launched on a real stack at set times. Each run's creation, start and end are then read from
Dagster's records, and the model plays the same arrivals with the same service times; what it is judged by is how long
each run waited. A run's service is from its launch to its end, because that is what holds its lane in Dagster. Two
numbers of the real queue are known beforehand and given to the model: the daemon looks once a second, so a run is
launched half a second after its turn has come, and so is the one behind it.
"""

import argparse
import json
import sys

from xbot_assets.testing.load.model_check import compared, play_real, tape
from xbot_assets.testing.load.stack import load_stack


def main() -> int:
    """Run the comparison as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=60, help="runs on the tape (default 60)")
    parser.add_argument("--seconds", type=float, default=180.0, help="in which they arrive (default 180)")
    parser.add_argument("--seed", type=int, default=5, help="of the tape")
    chosen = parser.parse_args()
    with load_stack() as stack:
        document = compared(play_real(stack, tape(chosen.runs, chosen.seconds, chosen.seed)))
    print(json.dumps(document, indent=2))
    return int(not all(lane["kept"] for lane in document.values()))


if __name__ == "__main__":
    sys.exit(main())
