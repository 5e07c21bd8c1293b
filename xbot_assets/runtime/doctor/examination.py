"""The checks behind ``xbot doctor``: the machine, the settings, and every component that can be asked.

They change nothing and work while nothing runs.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from xbot_assets.browser.chromium.confinement import Confinement, RunAs
from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.chromium.trial import try_browser
from xbot_assets.browser.session.source import keeps_session, load_session
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.runtime.checks import (
    check_addresses,
    check_files,
    check_files_left,
    check_writable,
    exposed_env_file,
    free_mb,
)
from xbot_assets.runtime.dagster_home import build_command
from xbot_assets.runtime.doctor.model_checks import models_state, way_to_the_model
from xbot_assets.runtime.doctor.warned import Warned
from xbot_assets.runtime.embedded.postgres_install import wheel_install
from xbot_assets.runtime.embedded.valkey import wheel_binary
from xbot_assets.runtime.environment import PACKAGE_ROOT, child_environment
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, known_account
from xbot_assets.runtime.machine.lock import is_running
from xbot_assets.runtime.machine.ports import is_free
from xbot_assets.service.health.components import Component, Components, Verdict
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.pings import components
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.own_profile import Profile

PYTHON_FROM, PYTHON_BELOW = (3, 11), (3, 14)
"""As in pyproject.toml."""
BROWSER_SECONDS = 30.0
GRAPH_SECONDS = 120.0
STANDING = {True: "It runs.", False: "It does not run; start it with scripts/run or 'xbot up'."}
PORT_SETTINGS = ("web_port", "service_port", "sandbox_port")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    level: Literal["ok", "warn", "fail"]
    name: str
    text: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Yield the findings one by one; without usable settings the later checks make no sense."""
    yield _python()
    told: list[str] = []
    try:
        settings = load_settings(tell=told.append)
        running = is_running(settings.home)
        if not running:
            settings = load_settings(use_parts=False)  # a killed stack may have left its parts file
        check_addresses(settings)
    except ProductError as failure:
        yield Finding("fail", "Settings", failure.reason, failure.remedy.strip())
        return
    remedy = "They work; correct the environment or .env." if told else ""
    yield Finding(
        "warn" if told else "ok", "Settings", " ".join([f"{settings.mode} mode{_whom(settings)}.", *told]), remedy
    )
    yield Finding("ok", "Stack", STANDING[running])
    for name, check in _machine_checks(settings, running=running):
        yield _finding(name, check)
    yield from _components(settings, running=running)


def _machine_checks(settings: Settings, *, running: bool) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "Data directory", lambda: _home(settings)
    yield "Disk", lambda: _disk(settings)
    yield "Files", lambda: _files(settings)
    yield "Secrets", lambda: _secrets(settings)
    if settings.mode != "sandbox":
        yield "Session", lambda: session_state(settings, system_now())
    yield "Models", lambda: models_state(settings, system_now().date())
    if settings.llm == "openai":
        yield "Way to the model", lambda: way_to_the_model(settings)
    if not running:
        yield "Ports", lambda: _ports(settings)
    if settings.browser_url is None or running:
        yield "Browser", lambda: examine_browser(settings)
    if settings.database_url is None:
        yield "Database", lambda: f"Embedded, starts with the stack ({wheel_install()})."
    if settings.redis_url is None:
        yield "Cache", lambda: f"Embedded, starts with the stack ({wheel_binary()})."
    yield "Dagster", lambda: _dagster(settings)


def _finding(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding("ok", name, check())
    except Warned as warning:
        return Finding("warn", name, warning.text, warning.remedy)
    except ProductError as failure:
        return Finding("fail", name, failure.reason, failure.remedy.strip())


def _python() -> Finding:
    here = ".".join(map(str, sys.version_info[:3]))
    if PYTHON_FROM <= sys.version_info[:2] < PYTHON_BELOW:
        return Finding("ok", "Python", here)
    return Finding("fail", "Python", f"{here} is not supported.", "Use Python 3.11, 3.12 or 3.13.")


def _home(settings: Settings) -> str:
    check_writable(settings.home)
    return f"{settings.home} can be written."


def _files(settings: Settings) -> str:
    check_files(settings)
    return "The persona and the prices are readable."


def _secrets(settings: Settings) -> str:
    told = exposed_env_file(settings)
    if told is not None:
        raise PermanentFailure(told, code=FailureCode.SECRETS_EXPOSED)
    return "Nobody else can read them."


def _whom(settings: Settings) -> str:
    return f", posts for real as @{Profile(settings).handle}" if settings.mode == "live" else ""


def session_state(settings: Settings, now: datetime) -> str:
    """Open the sealed session and tell its age and end; whether X still accepts it, only X can say.

    Raises:
        Warned: its end is near.
        PermanentFailure: it is no good, or there is none.
    """
    if not keeps_session(settings):
        return "The browser host keeps it, on another machine."
    session = load_session(settings, now)
    days = (now - session.sealed_at).days
    age = f"{days} days ago" if days != 1 else "a day ago"
    told, ends = f"Sealed for @{session.handle} {age if days else 'today'}", session.ends_at
    if ends is None:
        return f"{told}."
    if ends - now <= timedelta(days=settings.session_warning_days):
        raise Warned(f"{told}; its login ends on {ends:%Y-%m-%d}.", "Run 'xbot login' before that.")
    return f"{told}; its login ends on {ends:%Y-%m-%d} unless X ends it earlier."


def _disk(settings: Settings) -> str:
    free = free_mb(settings.home)
    if free < settings.disk_free_min_mb:
        raise PermanentFailure(
            f"Only {free} MB are free; at least {settings.disk_free_min_mb} MB are needed.",
            code=FailureCode.DISK_FULL,
            remedy="Free some disk space or set XBOT_HOME to another disk.",
        )
    check_files_left(settings)
    return f"{free} MB free."


def _ports(settings: Settings) -> str:
    wanted = {name: getattr(settings, name) for name in PORT_SETTINGS}
    taken = [f"{port} (XBOT_{name.upper()})" for name, port in wanted.items() if port and not is_free(port)]
    if taken:
        raise PermanentFailure(
            f"Taken by another program: {', '.join(taken)}.",
            code=FailureCode.PORT_TAKEN,
            remedy="Stop that program, or leave the setting empty to let a free port be chosen.",
        )
    return "Free ports are chosen at the start." if not any(wanted.values()) else "The ports you chose are free."


def examine_browser(settings: Settings) -> str:
    """Let the browser show one line of our own, shut in as the stack would shut it in.

    Raises:
        PermanentFailure: ``no_browser``, or ``browser_unconfined`` when it works without its own sandbox only.
    """
    binary = find_browser(settings)
    with tempfile.TemporaryDirectory(prefix="xbot-doctor-", ignore_cleanup_errors=True) as place:
        launcher = Launcher(binary, _browser_user(), Path(place), weaker=True)
        try:
            confinement = try_browser(launcher, BROWSER_SECONDS)
        except ProductError as failure:
            raise _no_page(binary) from failure
    if not confinement.sandboxed:
        raise _unconfined(settings, confinement)
    return f"{binary} works {confinement}."


def _unconfined(settings: Settings, confinement: Confinement) -> PermanentFailure:
    weakness = confinement.weakness
    so = "the stack does not start with it" if settings.mode != "sandbox" else "in shadow and live mode it is refused"
    why = f" {weakness.reason}." if weakness else ""
    return PermanentFailure(
        f"Chromium works only {confinement}; {so}.{why}",
        code=FailureCode.BROWSER_UNCONFINED,
        remedy=weakness.remedy if weakness else None,
    )


def _browser_user() -> RunAs | None:
    """Return whom Chromium would run as. The doctor makes no account: before the first start another one will do."""
    if os.geteuid() != 0:
        return None
    account = known_account(BROWSER_ACCOUNT) or known_account("nobody")
    return None if account is None else RunAs(account.uid, account.gid)


def _no_page(binary: Path) -> PermanentFailure:
    return PermanentFailure(
        f"{binary} was found but shows no page.",
        code=FailureCode.NO_BROWSER,
        remedy="Run it by hand to see why; missing system libraries are the usual cause.",
    )


def _dagster(settings: Settings) -> str:
    try:
        installed = version("dagster")
    except PackageNotFoundError as error:
        raise PermanentFailure("Dagster is not installed.", code=FailureCode.NO_DAGSTER) from error
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            build_command("check"),
            env=child_environment(settings),
            cwd=PACKAGE_ROOT,
            capture_output=True,
            text=True,
            timeout=GRAPH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PermanentFailure("The asset graph takes too long to load.", code=FailureCode.GRAPH_SLOW) from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PermanentFailure(
            f"The asset graph does not load: {last}", code=FailureCode.GRAPH_BROKEN, remedy="Run scripts/check."
        )
    return f"{installed}, the asset graph loads."


def _components(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Ask every component while the stack runs, and otherwise those that live elsewhere."""
    connections = Connections(lambda: settings)
    try:
        asked = [part for part in components(connections) if running or part.is_elsewhere(settings)]
        for verdict in asyncio.run(_ask(asked)):
            yield _as_finding(verdict)
    finally:
        connections.close()


async def _ask(asked: list[Component]) -> list[Verdict]:
    together = Components(asked)
    try:
        return await together.check()
    finally:
        together.close()


def _as_finding(verdict: Verdict) -> Finding:
    if verdict.state != "failed":
        return Finding("ok", verdict.name, verdict.detail)
    return Finding("fail" if verdict.required else "warn", verdict.name, verdict.detail, verdict.remedy)
