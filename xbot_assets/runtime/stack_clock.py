"""The clocks at start and stop of a stack: product time goes on where it was, and never runs backwards."""

from datetime import datetime

import httpx

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError, TransientFailure
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.clock_control import apply_line
from xbot_assets.store.clock import read_line, set_line
from xbot_assets.store.engine.database import Database, open_database

CONTROL_SECONDS = 10.0
REAL_RATE = 1.0


def start_clock(settings: Settings, *, owns_site: bool) -> None:
    """Put product and sandbox on one line, from the later of both times on, at the rate of the settings.

    A site that is not our own sandbox runs on real time.

    Raises:
        ProductError: when the database or the sandbox does not answer.
    """
    with open_database(settings) as database:
        if not owns_site:
            set_line(database, None)
            return
        now = system_now()
        start = max(_product_time(database, now), _sandbox_time(settings, now))
        apply_line(settings, database, ClockLine(now, start, settings.sandbox_clock_rate))


def slow_down(settings: Settings) -> str | None:
    """Let both clocks go on at real speed while the stack is stopped, so that a night does not become weeks.

    Returns:
        Why it could not be done, or ``None``. It is no reason not to stop.
    """
    try:
        with open_database(settings) as database:
            line = read_line(database)
            if line is not None and line.rate != REAL_RATE:
                apply_line(settings, database, line.at_rate(system_now(), REAL_RATE))
    except ProductError as failure:
        return failure.reason
    return None


def _product_time(database: Database, now: datetime) -> datetime:
    line = read_line(database)
    return now if line is None else line.at(now)


def _sandbox_time(settings: Settings, now: datetime) -> datetime:
    token = settings.sandbox_token.get_secret_value() if settings.sandbox_token else ""
    try:
        answer = httpx.get(
            f"{settings.target_url}/_sandbox/clock",
            headers={"Authorization": f"Bearer {token}"},
            timeout=CONTROL_SECONDS,
            trust_env=False,
            verify=str(settings.target_url).startswith("https:"),  # certificates of all authorities cost 7 MB
        ).raise_for_status()
        line = answer.json()
        anchors = datetime.fromisoformat(line["real_anchor"]), datetime.fromisoformat(line["sandbox_anchor"])
        return ClockLine(*anchors, line["rate"]).at(now)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise TransientFailure(
            "The sandbox does not tell its time.", code=FailureCode.SANDBOX_DOWN, remedy="See .xbot/logs/sandbox.log."
        ) from error
