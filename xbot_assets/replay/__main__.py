"""``python -m xbot_assets.replay``: the replay without the rest of the command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from xbot_assets.domain.failures import ProductError
from xbot_assets.replay.command import replay_command
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy
from xbot_assets.replay.study import OVERLOADS

OVERLOAD_MAX = 100.0
"""Enough to drown any policy; more only takes time."""
USAGE_EXIT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the replay; 0 when it ran, 1 for a bad file, 2 for bad options."""
    asked = _parser().parse_args(arguments)
    try:
        parameters = Parameters(days=asked.days, seed=asked.seed, variation=asked.cv)
        text = replay_command(
            asked.jobs,
            parameters,
            policies=asked.policy or tuple(Policy),
            overloads=asked.overload or OVERLOADS,
            as_json=asked.json,
            plot=asked.plot,
        )
    except ValidationError as error:
        problems = (f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_url=False))
        sys.stderr.write("\n".join(problems) + "\n")
        return USAGE_EXIT
    except ProductError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    defaults = Parameters()
    parser = argparse.ArgumentParser(prog="xbot replay", description="Who waits for a browser slot, by policy.")
    parser.add_argument("--jobs", type=Path, required=True, help="the old system's jobs, a CSV file")
    parser.add_argument("--days", type=float, default=defaults.days, help="length of the tape")
    parser.add_argument("--policy", type=Policy, action="append", choices=list(Policy), help="may repeat; default all")
    parser.add_argument("--overload", type=_overload, action="append", help="may repeat; default 1, 1.3, 2 and 4")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="same seed, same tape")
    parser.add_argument("--cv", type=float, default=defaults.variation, help="variation of service times")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--plot", type=Path, help="folder for PNG plots")
    return parser


def _overload(text: str) -> float:
    value = float(text)
    if not 0 < value <= OVERLOAD_MAX:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {OVERLOAD_MAX:g}")
    return value


if __name__ == "__main__":
    sys.exit(main())
