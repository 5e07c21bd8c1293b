"""``python -m xbot_assets.sandbox``: starts the sandbox on one loopback port."""

import argparse
import os
from pathlib import Path

from xbot_assets.sandbox.people.audiences import NAMES
from xbot_assets.sandbox.server import serve

TOKEN_VARIABLE = "XBOT_SANDBOX_TOKEN"  # noqa: S105 - a name, not a token


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m xbot_assets.sandbox", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the sandbox's state")
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument(
        "--token",
        default=os.environ.get(TOKEN_VARIABLE),
        help=f"bearer token of the control endpoints (else ${TOKEN_VARIABLE}, which other users cannot see)",
    )
    parser.add_argument("--rate", type=float, help="sandbox seconds per real second from now on")
    parser.add_argument(
        "--audience", choices=NAMES, default="kind", help="who reads in a world that is made from now on (default kind)"
    )
    chosen = parser.parse_args()
    if not chosen.token:
        parser.error(f"a control token is needed: --token or ${TOKEN_VARIABLE}")
    if chosen.rate is not None and chosen.rate <= 0:
        parser.error("--rate must be above zero")
    serve(chosen.data, chosen.port, chosen.token, chosen.rate, chosen.audience)


if __name__ == "__main__":
    main()
