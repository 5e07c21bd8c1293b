"""``python -m xbot_assets.service --port N``: the status service, on loopback unless the owner opened it."""

import argparse
import sys

import uvicorn

from xbot_assets.domain.failures import ProductError
from xbot_assets.door.half_sent import complete_within
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections

ADDRESSES = {"loopback": "127.0.0.1", "all": "0.0.0.0"}  # noqa: S104 - only behind a token, which the settings demand
STOP_SECONDS = 3
"""A page that is being read gets this long when the service stops."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m xbot_assets.service", description="Health and status pages.")
    parser.add_argument("--port", type=int, required=True, help="the port to listen on")
    port = parser.parse_args(arguments).port
    connections = Connections()
    try:
        settings = connections.settings()
    except ProductError as failure:
        sys.stderr.write(f"{failure.reason}\n{failure.remedy}\n")
        return 1
    app = build_app(connections)
    uvicorn.run(
        app,
        host=ADDRESSES[settings.service_bind],
        port=port,
        http=complete_within(settings.service_request_seconds),
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
