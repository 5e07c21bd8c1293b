"""What the door before Dagster's UI costs a request: the same application with and without it, in turns.

    python -m benchmarks.door_cost [requests]

Behind the door each request carries a session's cookie, as the UI's own do. Prints medians
in milliseconds, as one JSON document.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from pydantic import SecretStr
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from xbot_assets.door.dagster_ui import dagster_door
from xbot_assets.door.guard import COOKIE, Guard
from xbot_assets.door.half_sent import complete_within
from xbot_assets.settings import Settings
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.serving import served

REQUESTS = 500
MS = 1000
QUERIES = {
    "a question by GraphQL": ("POST", "/graphql", {"query": "{version}"}),
    "a file of the UI": ("GET", "/favicon.png", None),
}


def main(requests: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home, DagsterInstance.local_temp(home) as instance:
        settings = Settings(home=Path(home), service_token=SecretStr("t" * 24), pages_key=SecretStr("k" * 43))
        cookie = {COOKIE: Guard(lambda: settings).sessions.begin("somebody").cookie}
        with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as workspace:
            bare = create_app_from_workspace_process_context(workspace)
            guarded = dagster_door(create_app_from_workspace_process_context(workspace), lambda: settings)
            with served(bare, AutoHTTPProtocol) as one, served(guarded, complete_within(10)) as other:
                times = {
                    what: _compare([(f"{origin}{path}", method, body) for origin in (one, other)], cookie, requests)
                    for what, (method, path, body) in QUERIES.items()
                }
    print(json.dumps(times, indent=2))


def _compare(
    asked: list[tuple[str, str, dict[str, str] | None]], cookie: dict[str, str], requests: int
) -> dict[str, float]:
    took: list[list[float]] = [[], []]
    with httpx.Client(cookies=cookie, trust_env=False, timeout=PATIENCE) as client:
        for _ in range(requests):
            for index, (url, method, body) in enumerate(asked):
                began = time.perf_counter()
                client.request(method, url, json=body).raise_for_status()
                took[index].append((time.perf_counter() - began) * MS)
    without, behind = (median(values) for values in took)
    return {"without_ms": round(without, 2), "behind_ms": round(behind, 2), "cost_ms": round(behind - without, 2)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else REQUESTS)
