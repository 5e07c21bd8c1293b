"""Readiness questions: each is asked again and again while a program starts, and never raises."""

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.runtime.grpc_health import Address, grpc_serves
from xbot_assets.service.health.daemons import heartbeats, silent

PROBE_SECONDS = 2.0
"""One question may take this long; a program that is up answers in milliseconds."""
BEAT_SECONDS = timedelta(seconds=45)
"""Dagster's daemons beat every 30 s; a process of which no daemon has beaten for this long does nothing."""
BEAT_LONGEST = timedelta(minutes=5)
"""One daemon alone may be late by as long as a sensor takes, which Dagster ends after a minute."""
Question = Callable[[], bool]


def answers(url: str, token: str | None = None) -> Question:
    """Return the question "does this URL answer 200 to who has the token?"."""
    login = {"Authorization": f"Bearer {token}"} if token else {}

    def ask() -> bool:
        try:
            return (
                httpx.get(url, headers=login, timeout=PROBE_SECONDS, trust_env=False, verify=_is_tls(url)).status_code
                == HTTPStatus.OK
            )
        except httpx.HTTPError:
            return False

    return ask


def accepts(path: Path) -> Question:
    """Return the question "does anything accept connections on this Unix socket?"."""

    def ask() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(PROBE_SECONDS)
            return probe.connect_ex(str(path)) == 0

    return ask


def browser_start_ended(url: str) -> Question:
    """Return the question "has the browser host started Chromium, or given the first tries up?"."""

    def ask() -> bool:
        try:
            said = browser_health(url)
        except (httpx.HTTPError, ValueError):
            return False
        return said.get("reason") is None or bool(said.get("degraded") or said.get("refusal"))

    return ask


def browser_health(url: str) -> dict[str, Any]:
    """Return what the host says of itself. Raises httpx's errors, or ``ValueError`` for no JSON."""
    health = httpx.get(f"{url}/health", timeout=PROBE_SECONDS, trust_env=False, verify=_is_tls(url)).json()
    return health if isinstance(health, dict) else {"reason": "its health page makes no sense"}


def daemons_beat(web_url: str, token: str | None, since: datetime) -> Question:
    """Return the question "has every daemon beaten since then?"; older beats are of an earlier start."""

    def ask() -> bool:
        try:
            beats = heartbeats(web_url, token, PROBE_SECONDS)
        except ProductError:
            return False
        return bool(beats) and not silent(beats, since)

    return ask


def serves_grpc(address: Address) -> Question:
    """Return the question "does this gRPC server answer that it serves?"."""
    return lambda: grpc_serves(address, PROBE_SECONDS)


def browser_answers(url: str) -> Question:
    """Return the question "does the browser host answer?", with a Chromium or without."""

    def ask() -> bool:
        try:
            browser_health(url)
        except (httpx.HTTPError, ValueError):
            return False
        return True

    return ask


def daemons_live(web_url: str, token: str | None) -> Callable[[], bool | None]:
    """Return the question "do the daemons beat?"; ``None`` when the UI, which is asked, does not answer."""

    def ask() -> bool | None:
        try:
            beats = heartbeats(web_url, token, PROBE_SECONDS)
        except ProductError:
            return None
        now = system_now()
        return len(silent(beats, now - BEAT_SECONDS)) < len(beats) and not silent(beats, now - BEAT_LONGEST)

    return ask


def _is_tls(url: str) -> bool:
    """Say whether certificates matter: to load those of all authorities costs 7 MB and tens of milliseconds."""
    return url.startswith("https:")
