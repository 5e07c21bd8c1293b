"""The browser host as a part of the stack: as whom Chromium runs, and what to say when it is not shut in."""

import sys

import httpx

from xbot_assets.browser.chromium.confinement import RunAs
from xbot_assets.domain.alerts.operations import BROWSER_DEGRADED, BROWSER_UNCONFINED
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.runtime.environment import BROWSER_HOST
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, service_account
from xbot_assets.runtime.progress import Tell
from xbot_assets.runtime.readiness import browser_answers, browser_health, browser_start_ended
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import Database


def browser_program(settings: Settings, url: str, tell: Tell) -> Program:
    """Return the browser host at ``url`` as the supervisor runs it."""
    user = browser_user(settings, tell)
    command = [sys.executable, "-m", "xbot_assets.browser.host.server", "--port", url.rpartition(":")[2]]
    option = [] if user is None else ["--run-as", f"{user.uid}:{user.gid}"]
    return Program(
        "browser", [*command, *option], browser_start_ended(url), secrets=BROWSER_HOST, pulse=browser_answers(url)
    )


def browser_user(settings: Settings, tell: Tell) -> RunAs | None:
    """Return whom Chromium runs as: ``None`` for ourselves, else the account that root keeps for it.

    Raises:
        PermanentFailure: ``no_service_account`` when it cannot be made and there are pages of others to be seen.
    """
    try:
        account = service_account(BROWSER_ACCOUNT)
    except PermanentFailure as failure:
        if settings.mode != "sandbox":
            raise
        tell(f"{failure.reason} {failure.remedy}")
        return None
    return None if account is None else RunAs(account.uid, account.gid)


def update_browser_alerts(database: Database, url: str, tell: Tell) -> None:
    """Raise what is wrong with the browser host's Chromium as alerts, and resolve those of an earlier start.

    Raises:
        PermanentFailure: ``browser_unconfined`` when no Chromium may be used here as it would have to run.
    """
    try:
        health = browser_health(url)
    except (httpx.HTTPError, ValueError):
        health = {"reason": "The browser host does not answer."}
    if (refusal := health.get("refusal")) is not None:
        raise _refusal(refusal)
    now = DatabaseClock(database).now()
    trouble = health.get("reason")
    if trouble is None:
        resolve_alert(database, BROWSER_DEGRADED, now)
    else:
        alert(database, BROWSER_DEGRADED, now=now, reason=f"There is no browser: {trouble}")
        tell(f"There is no browser: {trouble} {BROWSER_DEGRADED.remedy}")
    if health.get("sandboxed") is not False:
        resolve_alert(database, BROWSER_UNCONFINED, now)
        return
    how, remedy = _words_of(health)
    alert(database, BROWSER_UNCONFINED, now=now, how=how, remedy=remedy)
    tell(f"Chromium runs {how}. {remedy}")


def _refusal(told: dict[str, str]) -> ProductError:
    return PermanentFailure(told["reason"], code=FailureCode.BROWSER_UNCONFINED, remedy=told["remedy"])


def _words_of(health: dict[str, object]) -> tuple[str, str]:
    """Return how Chromium runs, and what to do about it, as the host tells."""
    weakness = health.get("weakness")
    known = weakness if isinstance(weakness, dict) else {}
    why = f" ({known['reason']})" if "reason" in known else ""
    return f"{health.get('confinement')}{why}", str(known.get("remedy", FailureCode.BROWSER_UNCONFINED.remedy))
