"""The system's components, each registered together with its ping."""

import os
import shutil
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.service.health.asking_dagster import REMEDY
from xbot_assets.service.health.components import Component, NotUsed
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.daemons import BEAT_AGE_MAX, heartbeats, silent
from xbot_assets.settings import Settings
from xbot_assets.store.engine.migrate import check_schema

HTTP_SECONDS = 4.0
"""Below the time limit of a whole ping, so that the reason is told instead of only "no answer"."""
LLM_FRESH_SECONDS = 60.0
"""The writer's API belongs to someone else and counts requests."""
BYTES_PER_MB = 1024 * 1024
FULL_FILES = 16
"""Each run of Dagster's makes a few."""
FULL_MB = 16
"""With less, PostgreSQL cannot begin another segment of its log."""
OPENAI_URL = "https://api.openai.com/v1"
SANDBOX_KEY = "sk-sandbox-status"
LOGS = "Its log is in .xbot/logs."
"""Of a part on this machine."""

PROXY = (
    "Correct or unset ALL_PROXY, HTTPS_PROXY, HTTP_PROXY and SSL_CERT_FILE; "
    "the line 'Way to the model' of 'xbot doctor' names the one that is used."
)


def components(connections: Connections) -> list[Component]:
    """Return every component of the system."""
    asked = _Pings(connections)
    return [
        Component("Database", asked.database, is_elsewhere=lambda given: given.database_url is not None),
        Component("Schema", asked.schema, is_elsewhere=lambda given: given.database_url is not None),
        Component("Cache", asked.cache, required=False, is_elsewhere=lambda given: given.redis_url is not None),
        Component("Browser host", asked.browser, is_elsewhere=lambda given: given.browser_url is not None),
        Component("Target site", asked.target, is_elsewhere=lambda given: given.target_url is not None),
        Component(
            "Language model",
            asked.language_model,
            required=False,
            is_elsewhere=lambda given: given.llm == "openai" or given.openai_base_url is not None,
            fresh_seconds=LLM_FRESH_SECONDS,
        ),
        Component("Dagster daemons", asked.daemons),
        Component("Disk", asked.disk),
    ]


class _Pings:
    """The questions; each is asked in a thread of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def database(self) -> str:
        self._connections.database().fetch_one("database_answers")
        return "Answers."

    def schema(self) -> str:
        check_schema(self._connections.database())
        return "Up to date."

    def cache(self) -> str:
        settings = self._connections.settings()
        if settings.redis_url is None or settings.redis_url.get_secret_value() == "off":
            raise NotUsed("Switched off; the database answers alone.")
        if not self._connections.cache().ping():
            reason = "The cache does not answer; the database answers alone, more slowly."
            raise TransientFailure(reason, code=FailureCode.CACHE_DOWN, remedy=LOGS)
        return "Answers."

    def browser(self) -> str:
        settings = self._connections.settings()
        if settings.browser_url is None:
            raise PermanentFailure(
                "No browser host runs.", code=FailureCode.NO_BROWSER_HOST, remedy="Start it: scripts/run or 'xbot up'."
            )
        token = settings.browser_token.get_secret_value() if settings.browser_token else ""
        answer = _get(f"{settings.browser_url}/health", "browser host", token)
        return _browser_words(answer)

    def target(self) -> str:
        settings = self._connections.settings()
        if settings.target_url is None:
            raise PermanentFailure(
                "No target is known.", code=FailureCode.NO_TARGET, remedy="Start the sandbox: scripts/run or 'xbot up'."
            )
        if settings.mode == "sandbox":
            return f"The sandbox answers, its time is {_get_sandbox_time(settings.target_url)}."
        # A real site is not visited from here: only the browser host may, with the owner's session.
        host = urlsplit(settings.target_url).hostname or ""
        return _connects(host, urlsplit(settings.target_url).port or 443)

    def language_model(self) -> str:
        settings = self._connections.settings()
        url, key = _model_endpoint(settings)
        models = _get(f"{url}/models", "language model", key, through_proxy=True)
        return f"Answers, {len(models.get('data', []))} models."

    def daemons(self) -> str:
        settings = self._connections.settings()
        if settings.web_url is None:
            raise NotUsed("Dagster was not started: only the parts run.")
        token = settings.service_token.get_secret_value() if settings.service_token else None
        beats = heartbeats(settings.web_url, token, HTTP_SECONDS)
        missing = silent(beats, system_now() - BEAT_AGE_MAX)
        if missing:
            reason = f"No heartbeat from: {', '.join(missing)}."
            raise TransientFailure(reason, code=FailureCode.DAEMON_SILENT, remedy=REMEDY)
        return f"{len(beats)} daemons beat."

    def disk(self) -> str:
        """Ask about the data directory's disk: a database without room goes on answering until it has to write."""
        home = self._connections.settings().home
        free = shutil.disk_usage(home).free // BYTES_PER_MB
        if free < FULL_MB:
            reason = f"The disk that holds {home} is full: {free} MB are free."
            raise PermanentFailure(reason, code=FailureCode.DISK_FULL, remedy="Free some disk space.")
        status = os.statvfs(home)
        if status.f_files and status.f_favail < FULL_FILES:  # some file systems count none
            reason = f"The disk that holds {home} is full: it takes {status.f_favail} more files (inodes)."
            raise PermanentFailure(reason, code=FailureCode.DISK_FULL, remedy="Remove files that are not needed.")
        return f"{free} MB free."


def _get(url: str, what: str, token: str = "", *, through_proxy: bool = False) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # The proxy of the environment is for the Internet, not for this machine nor for parts of this system elsewhere.
    host = urlsplit(url).hostname
    local = host in {"127.0.0.1", "localhost", "::1"}
    trusts = through_proxy and not local
    asked = what if local else f"{what} at {host}"
    remedy = LOGS if local else "Check its address in the settings, and whether this machine reaches it."
    return _request(asked, remedy, lambda: httpx.get(url, headers=headers, timeout=HTTP_SECONDS, trust_env=trusts))


def _request(what: str, remedy: str, send: Callable[[], httpx.Response]) -> dict[str, Any]:
    """Send a question and return the JSON object of the answer.

    Raises:
        TransientFailure: code ``unreachable``. PermanentFailure: code ``bad_answer`` or ``bad_proxy``.
    """
    answer = _sent(what, remedy, send)
    try:
        body = answer.json()
    except ValueError as error:
        raise PermanentFailure(f"The {what} answers nonsense.", code=FailureCode.BAD_ANSWER, remedy=remedy) from error
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        raise PermanentFailure(
            f"The {what} refuses our key.", code=FailureCode.REFUSED, remedy="Correct the key or token."
        )
    if answer.status_code != HTTPStatus.OK or not isinstance(body, dict):
        reason = f"The {what} answers with status {answer.status_code}{_said(body)}."
        raise TransientFailure(reason, code=FailureCode.BAD_ANSWER, remedy=remedy)
    return body


def _sent(what: str, remedy: str, send: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        return send()
    except httpx.HTTPError as error:
        reason = f"The {what} does not answer ({type(error).__name__})."
        raise TransientFailure(reason, code=FailureCode.UNREACHABLE, remedy=remedy) from error
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
        reason = f"The {what} cannot be asked: the environment names a proxy or certificates that cannot be used."
        raise PermanentFailure(reason, code=FailureCode.BAD_PROXY, remedy=PROXY) from error


def _said(body: object) -> str:
    """Return the reason in an error's body, if it has one."""
    reason = body.get("reason") or body.get("detail") if isinstance(body, dict) else None
    return f": {str(reason).rstrip('.')}" if reason else ""


def _browser_words(answer: dict[str, Any]) -> str:
    return f"Chromium {answer.get('browser')}, {answer.get('busy')} of {answer.get('slots')} slots busy."


def _get_sandbox_time(target_url: str) -> str:
    return str(_get(f"{target_url}/_sandbox/health", "sandbox").get("now", "unknown"))[:16].replace("T", " ")


def _connects(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), timeout=HTTP_SECONDS):
            return f"{host} accepts connections."
    except OSError as error:
        reason = f"{host} cannot be reached."
        raise TransientFailure(reason, code=FailureCode.UNREACHABLE, remedy="Check the network.") from error


def _model_endpoint(settings: Settings) -> tuple[str, str]:
    if settings.llm == "openai" and settings.openai_api_key is not None:
        return settings.openai_base_url or OPENAI_URL, settings.openai_api_key.get_secret_value()
    if settings.openai_base_url is None:
        raise PermanentFailure(
            "No language model runs.", code=FailureCode.NO_LLM, remedy="Start the sandbox: scripts/run or 'xbot up'."
        )
    return settings.openai_base_url, SANDBOX_KEY
