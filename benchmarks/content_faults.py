"""Content while the language model fails: each fault alone, mixed, gone: ``python -m benchmarks.content_faults``.

- ``alone``: half a day of one fault on every request, then a few hours without it.
- ``mixed``: a week in which 30 % of the requests meet one of the faults.
- ``gone``: nobody listens at the API's address for 72 hours, then it is back.

Time is simulated; the model's server, its failures and the database are real. Held against the promises: the plan keeps
the cadence of its tier, every failure is booked in its category, no post is queued that the gates did not pass, alerts
are open only where a person must act, and everything is as before once the fault is over. Prints one JSON document; the
exit code is 1 when a promise is broken.
"""

import argparse
import json
import sys
from typing import Any

from xbot_assets.testing.content.faults import CASES, alone, gone, kept, mixed


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=7, help="of mixed faults (default 7)")
    parser.add_argument("--hours", type=float, default=72, help="without the API (default 72)")
    parser.add_argument("--only", choices=("alone", "mixed", "gone"), help="one part")
    chosen = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    if chosen.only in {None, "alone"}:
        figures |= {f"alone: {name}": alone(name) for name in CASES}
    if chosen.only in {None, "mixed"}:
        figures["mixed"] = mixed(chosen.days)
    if chosen.only in {None, "gone"}:
        figures["gone"] = gone(chosen.hours)
    for part in figures.values():
        part["promises"] = kept(part)
    print(json.dumps(figures, indent=2, default=str))
    return int(not all(all(part["promises"].values()) for part in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
