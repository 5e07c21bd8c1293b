"""One running stack for every test that tries its doors, freezes its parts or looks for its secrets.

It is behind a token, deep down in a clone that others may enter; its settings hold planted secrets; its definitions
spill one wherever a step can write; and the model API that it asks repeats whatever it was sent.
"""

import base64
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlencode

import psycopg
from psycopg.rows import dict_row

from xbot_assets.door.sessions import Sessions
from xbot_assets.runtime.machine.accounts import SECRETS_FILE
from xbot_assets.settings import Settings, load_settings
from xbot_assets.settings.secrecy import secret_values
from xbot_assets.testing.patience import until
from xbot_assets_tests.acceptance.command import Stack, environment, remove_database, running, xbot
from xbot_assets_tests.security.secrets.echoing_api import STATUSES, EchoingApi, echoing_api
from xbot_assets_tests.security.secrets.spilled_words import JOB, SENSOR_WORDS

TOKEN = "only-the-owner-of-this-stack-knows-it"  # noqa: S105 - of a test's stack
DEEP = "a clone far down below everything else"
PLANTED = {
    "openai_api_key": "sk-canary-of-the-model/0123+456",
    "browser_token": "canary-of-the-browser-host",
    "sandbox_token": "canary-of-the-sandbox",
    "session_key": "canary-of-the-session",
    "service_token": TOKEN,
}
IN_URL = "canary%2Fwithin-a-url"
SENT = base64.b64encode(b"me:canary/within-a-url").decode()
"""As it is in a header, and in an echo."""
IN_ALERT, IN_ALERT_PATH, IN_DEADMAN = "canary-7of-the-alerts", "canary-8in-an-alert-s-path", "canary-9of-the-deadman"
PLANTED_IN_URLS = {
    "password in a URL": IN_URL,
    "password in alert_urls": IN_ALERT,
    "path in alert_urls": IN_ALERT_PATH,
    "deadman_url": IN_DEADMAN,
}
SILENCE_SECONDS = "12"
"""Four times what is least allowed: a browser and a stack share two cores here, and what is only slow is not frozen."""
SETTINGS = PLANTED | {
    "approval": "all",
    "llm": "openai",
    "definitions": "xbot_assets_tests.security.secrets.leaking_defs",
    "silence_max_seconds": SILENCE_SECONDS,
    "llm_attempts": "1",
    "deadman_seconds": "5",
}


@dataclass(frozen=True, slots=True)
class SharedStack:
    """The stack, and the API it asks."""

    stack: Stack
    api: EchoingApi
    given: dict[str, str]

    @property
    def home(self) -> Path:
        """Its data directory."""
        return self.stack.home

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        return self.stack.process.pid

    def ask_to_stop(self) -> None:
        """Begin its stop, and do not wait for it."""
        self.stack.process.terminate()

    def settings(self) -> Settings:
        """Return the settings as the stack's own processes see them now."""
        return load_settings(environment(self.home, **self.given))

    def link(self, **more: str) -> str:
        """Return what ``xbot open`` would print, made here: a command more costs a second."""
        settings = self.settings()
        asked = {"code": Sessions(lambda: settings).link_code("the owner"), **more}
        return f"{settings.service_url}/opened?{urlencode(asked)}"

    def opened(self, *words: str) -> str:
        """Return what ``xbot open`` prints: the one-time link, and at its first use nothing more."""
        return xbot(self.home, "open", "--no-browser", *words, **self.given).stdout.strip()

    def ask_database(self, query: LiteralString, **values: object) -> list[dict[str, Any]]:
        """Run one query, with both schemas in the path."""
        url = self.settings().database_url
        assert url is not None
        with psycopg.connect(url.get_secret_value(), row_factory=dict_row, autocommit=True) as connection:
            connection.execute("set search_path to xbot, dagster, public")
            return connection.execute(query, values).fetchall()

    def wait_for_spills(self) -> None:
        """Return when every kind of spill has happened; that it takes a while is why not everybody waits."""
        failed = "select 1 from runs where pipeline_name = %(job)s and status = 'FAILURE'"
        until(lambda: self.ask_database(failed, job=JOB), "the job that spills has failed")
        ticks = "select 1 from job_ticks where tick_body like %(words)s"
        until(lambda: self.ask_database(ticks, words=f"%{SENSOR_WORDS}%"), "the sensor has failed")
        until(lambda: self.api.answered >= set(STATUSES), "the API has refused with each status")
        until(lambda: any(IN_ALERT_PATH in path for path in self.api.paths), "the alert was sent")
        until(lambda: any(IN_DEADMAN in path for path in self.api.paths), "that all is well was told")

    def secrets(self) -> dict[str, str]:
        """Return every secret that there is, planted or made by the stack, also as it is sent."""
        kept: dict[str, str] = json.loads((self.home / SECRETS_FILE).read_text())
        return (
            PLANTED
            | PLANTED_IN_URLS
            | {"password in a URL, decoded": IN_URL.replace("%2F", "/"), "the same, as sent": SENT}
            | {f"kept {name}": value for name, value in kept.items()}
            | {f"setting {number}": value for number, value in enumerate(secret_values(self.settings()))}
        )


@contextmanager
def shared_stack() -> Iterator[SharedStack]:
    """Start it; its data directory's path alone is longer than a socket's may be."""
    base = Path(tempfile.mkdtemp(prefix="xbot-doors-"))
    base.chmod(0o755)
    home = base / DEEP / DEEP / DEEP / ".xbot"
    home.parent.mkdir(parents=True)
    try:
        with echoing_api() as api:
            api.status = None
            given = SETTINGS | {
                "openai_base_url": f"http://me:{IN_URL}@127.0.0.1:{api.port}/v1",
                "alert_urls": f"json://me:{IN_ALERT}@127.0.0.1:{api.port}/{IN_ALERT_PATH}",
                "deadman_url": f"http://127.0.0.1:{api.port}/ping/{IN_DEADMAN}",
            }
            with running(home, **given) as stack:
                yield SharedStack(stack, api, given)
    finally:
        remove_database(home)
        shutil.rmtree(base, ignore_errors=True)
