"""Readiness questions: each is asked again and again while a program starts, and never raises."""

import socket
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from xbot_assets.domain.failures import ProductError
from xbot_assets.service.health.daemons import heartbeats, silent

PROBE_SECONDS = 2.0
"""One question may take this long; a program that is up answers in milliseconds."""
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


def browser_settled(url: str) -> Question:
    """Return the question "has the browser host started Chromium, or given the first tries up?"."""

    def ask() -> bool:
        try:
            said = browser_health(url)
        except (httpx.HTTPError, ValueError):
            return False
        return said.get("reason") is None or bool(said.get("degraded"))

    return ask


def browser_trouble(url: str) -> str | None:
    """Return why the browser host has no Chromium, or ``None`` when it has one."""
    try:
        reason = browser_health(url).get("reason")
    except (httpx.HTTPError, ValueError):
        return "The browser host does not answer."
    return None if reason is None else f"There is no browser: {reason}"


def browser_health(url: str) -> dict[str, Any]:
    """Return what the host says of itself. Raises httpx's errors, or ``ValueError`` for no JSON."""
    found = httpx.get(f"{url}/health", timeout=PROBE_SECONDS, trust_env=False, verify=_is_tls(url)).json()
    return found if isinstance(found, dict) else {"reason": "its health page makes no sense"}


def daemons_beat(web_url: str, token: str | None, since: datetime) -> Question:
    """Return the question "has every daemon beaten since then?"; older beats are of an earlier start."""

    def ask() -> bool:
        try:
            beats = heartbeats(web_url, token, PROBE_SECONDS)
        except ProductError:
            return False
        return bool(beats) and not silent(beats, since)

    return ask


def _is_tls(url: str) -> bool:
    """Say whether certificates matter: to load those of all authorities costs 7 MB and tens of milliseconds."""
    return url.startswith("https:")
