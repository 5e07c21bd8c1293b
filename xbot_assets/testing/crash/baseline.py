"""The plain retrying worker beside ours: procrastinate, as its documentation shows it, with the same browser operation.

A job that fails is retried, and so is a job whose worker stopped sending heartbeats. Its package is no dependency of
this repository: it is installed into a directory of the run's own. Changed for speed: heartbeats come twice a second
and count as lost after two seconds, and stalled jobs are looked for every second.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from xbot_assets.browser.client import BrowserClient
from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import load_settings
from xbot_assets.x.operations import Publish

VERSION = "3.10.0"
PLACE_VARIABLE = "CRASH_BASELINE"
"""Names the directory with the installed package to the worker."""
DATABASE_VARIABLE = "CRASH_BASELINE_DATABASE"
RETRIES_MAX = 10
RETRY_SECONDS = 1
HEARTBEAT_SECONDS = 0.5
STALLED_SECONDS = 2.0
LOOK_SECONDS = 1.0
SILENT_SECONDS = 10.0
"""A worker without a heartbeat for so long hangs."""
_SILENCE = "select extract(epoch from now() - max(last_heartbeat))::float as seconds from procrastinate_workers"
TASK = "publish"


def install(place: Path) -> None:
    """Install the package with what it needs, unless it is there."""
    if not (place / "procrastinate").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target", str(place)]
        subprocess.run([*command, f"procrastinate=={VERSION}"], check=True, stdout=sys.stderr)  # noqa: S603 - fixed


def opened_app(database_url: str, place: Path) -> Any:  # noqa: ANN401 - the package is not there for mypy
    """Return the application with its one task."""
    if str(place) not in sys.path:
        sys.path.append(str(place))
    import procrastinate  # type: ignore[import-not-found]  # noqa: PLC0415 - installed for this run

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))
    retry = procrastinate.RetryStrategy(max_attempts=RETRIES_MAX, wait=RETRY_SECONDS)
    app.task(name=TASK, retry=retry)(publish)
    return app


def publish(text: str) -> None:
    """Publish a text with the product's own browser operation; an exception has the job retried."""
    settings = load_settings()
    token = settings.browser_token.get_secret_value() if settings.browser_token else ""
    with BrowserClient(settings.browser_url or "", token) as client:
        seconds = settings.publish_deadline_seconds
        client.run(Publish(text=text), lane=Lane.CRITICAL, deadline_seconds=seconds)


def work() -> int:
    """Work until killed; return when the worker ends, as it does when the database goes away."""
    return asyncio.run(_work(opened_app(os.environ[DATABASE_VARIABLE], Path(os.environ[PLACE_VARIABLE]))))


async def _work(app: Any) -> int:  # noqa: ANN401 - see opened_app
    try:
        async with app.open_async():
            retrying = asyncio.create_task(_retry_stalled(app))
            try:
                await app.run_worker_async(
                    install_signal_handlers=False,
                    fetch_job_polling_interval=HEARTBEAT_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                )
            finally:
                retrying.cancel()
                await asyncio.gather(retrying, return_exceptions=True)
    except Exception as error:  # noqa: BLE001 - the database is down; whoever keeps it alive starts it again
        print(type(error).__name__, error, file=sys.stderr)
        return 1
    return 0


async def _retry_stalled(app: Any) -> None:  # noqa: ANN401 - see opened_app
    """Do what the documentation's task for stalled jobs does; end a worker that lives on without its heartbeat.

    It does so after some deaths of the server; whoever watches it from outside would start it again.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        with contextlib.suppress(Exception):
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
                await app.job_manager.retry_job(job)
            beat = await app.connector.execute_query_one_async(query=_SILENCE)
            if (beat["seconds"] or 0) > SILENT_SECONDS:
                os._exit(1)
