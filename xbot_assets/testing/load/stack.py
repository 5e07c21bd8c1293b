"""A real ``xbot up`` under load: started in a directory of its own, asked over its own endpoints, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
from psycopg.rows import dict_row

from xbot_assets.runtime.embedded.postgres import LOCATION_FILE
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.settings import Settings, load_settings

Row = dict[str, Any]

LOAD_SETTINGS = {
    "definitions": "xbot_assets.testing.load.defs",
    # A minute of product time each second, so that the least spacing of one minute lets a post out each second.
    "sandbox_clock_rate": "60",
    "post_spacing_minutes": "1",
    "recovery_minutes": "1",
    "limit_pause_minutes": "5",
    "posts_per_day_max": "200",
    "posts_per_hour_max": "60",
    "rate_start_per_hour": "60",
    "rate_ceiling_per_hour": "60",
    # The load is ours: the product's own reading, planning and learning would be due all the time.
    "metrics_first_day_minutes": "1440",
    "account_metrics_minutes": "1440",
    "plan_interval_minutes": "1440",
    "learn_interval_minutes": "1440",
}
START_SECONDS = 120.0
STOP_SECONDS = 60.0
ASK_SECONDS = 60.0
"""On two busy cores the webserver answers some questions late."""
POLL_SECONDS = 0.1
SITE_SECONDS = 0.4
"""The sandbox answers this late, as a site on a real network does: slots are then held without keeping cores busy."""
UP = "Ctrl-C stops everything"
"""The last words of a start."""


class LoadStack:
    """A running stack."""

    def __init__(self, home: Path, settings: Mapping[str, str], python: str = sys.executable) -> None:
        self.home = home
        self.environment = _environment(home, settings)
        self._log = home.parent / "up.log"
        with self._log.open("w") as stream:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [python, "-P", "-m", "xbot_assets.cli", "up"],
                env=self.environment,
                cwd=PACKAGE_ROOT,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        return self._process.pid

    def wait_until_up(self, seconds: float = START_SECONDS) -> None:
        """Return when the stack says that it is up; it has so many seconds for it.

        Raises:
            RuntimeError: with everything it said instead.
        """
        deadline = time.monotonic() + seconds
        while UP not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self._log.read_text())
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop everything; the data stay."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STOP_SECONDS)

    def settings(self) -> Settings:
        """Return the settings as the parts of the stack see them now."""
        return load_settings(self.environment)

    def ask_database(self, query: LiteralString, **values: object) -> list[Row]:
        """Run one query, with both schemas in the path."""
        url = self.settings().database_url
        if url is None:
            raise RuntimeError("The stack has no database yet.")
        with psycopg.connect(url.get_secret_value(), row_factory=dict_row, autocommit=True) as connection:
            connection.execute("set search_path to xbot, dagster, public")
            return connection.execute(query, values).fetchall()

    def ask_dagster(self, query: str, **values: object) -> dict[str, Any]:
        """Ask the UI's GraphQL, as a person's browser does."""
        address = f"{self.settings().web_url}/graphql"
        body = {"query": query, "variables": values}
        answer = httpx.post(address, json=body, timeout=ASK_SECONDS, trust_env=False)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        if document.get("errors"):
            raise RuntimeError(str(document["errors"]))
        data: dict[str, Any] = document["data"]
        return data

    def ask_sandbox(self, path: str, change: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Ask the sandbox's control endpoint, or put something there."""
        settings = self.settings()
        token = settings.sandbox_token.get_secret_value() if settings.sandbox_token else ""
        address = f"{settings.target_url}/_sandbox/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        method = "GET" if change is None else "PUT"
        answer = httpx.request(method, address, json=change, headers=headers, timeout=ASK_SECONDS, trust_env=False)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document

    def browser_health(self) -> dict[str, Any] | None:
        """Return what the browser host says of itself; ``None`` while it does not answer."""
        try:
            answer = httpx.get(f"{self.settings().browser_url}/health", timeout=ASK_SECONDS, trust_env=False)
        except httpx.HTTPError:
            return None
        health: dict[str, Any] = answer.json()
        return health

    def dagster(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Dagster's own command line against the stack."""
        command = [sys.executable, "-P", "-m", "dagster", *words]
        return subprocess.run(  # noqa: S603 - our own program
            command,
            env=self.environment | {"DAGSTER_HOME": str(self.home / "dagster")},
            cwd=PACKAGE_ROOT,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=True,
        )

    @property
    def workspace(self) -> Path:
        """The workspace file that names the code server."""
        return self.home / "run" / "workspace.yaml"


@contextmanager
def load_stack(settings: Mapping[str, str] | None = None) -> Iterator[LoadStack]:
    """Start a stack with the load's definitions; stop it and remove its data at the end."""
    with running_stack(LOAD_SETTINGS | dict(settings or {})) as stack:
        stack.ask_sandbox("faults", {"slow_seconds": SITE_SECONDS})
        yield stack


@contextmanager
def running_stack(
    settings: Mapping[str, str],
    start_seconds: float = START_SECONDS,
    python: str = sys.executable,
    prepare: Callable[[Path], None] | None = None,
) -> Iterator[LoadStack]:
    """Start a stack with these settings, by this Python; stop it and remove its data at the end.

    Args:
        settings: by their names, without the prefix.
        start_seconds: it has so long to be up.
        python: what runs it.
        prepare: called with the data directory, which is not there yet, before the start.
    """
    place = Path(tempfile.mkdtemp(prefix="xbot-stack-"))
    place.chmod(0o711)  # Chromium's user must pass through
    try:
        if prepare is not None:
            prepare(place / ".xbot")
        stack = LoadStack(place / ".xbot", settings, python)
        try:
            stack.wait_until_up(start_seconds)
            yield stack
        finally:
            stack.stop()
    finally:
        _remove(place)


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XBOT_", "OPENAI_"))}
    chosen = {f"XBOT_{name.upper()}": value for name, value in settings.items()}
    paths = {"PYTHONPATH": str(PACKAGE_ROOT), "PYTHONSAFEPATH": "1"}
    return bare | paths | chosen | {"XBOT_HOME": str(home)}


def _remove(place: Path) -> None:
    """Delete the data; the embedded database of root is somewhere else."""
    location = place / ".xbot" / LOCATION_FILE
    if location.is_file():
        data = Path(location.read_text().strip())
        shutil.rmtree(data.parent if data.parent != location.parent else data, ignore_errors=True)
    kept = os.environ.get("KEEP_LOGS")
    if kept:
        shutil.copytree(place / ".xbot" / "logs", kept, dirs_exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
