"""Moving the sandbox's clock and the product's clock together.

In sandbox mode both follow one line, so that a faster or moved clock takes the whole system along. A real target has
real time: every function here refuses it.
"""

from datetime import datetime, timedelta

import httpx

from xbot_assets.domain.clock import CLOCK_LATEST, ClockLine, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.settings import Settings
from xbot_assets.store.clock import read_line, set_line
from xbot_assets.store.engine.database import Database

CONTROL_TIMEOUT_SECONDS = 10.0


def current_line(database: Database) -> ClockLine:
    """Return the line in force; real time when none was set."""
    now = system_now()
    return read_line(database) or ClockLine(now, now)


def advance(settings: Settings, database: Database, by: timedelta) -> datetime:
    """Jump both clocks forward and return the new product time.

    Raises:
        PermanentFailure: when the target is not the sandbox, or ``by`` is negative or leads past the end of its ids.
        TransientFailure: when the sandbox does not answer; neither clock has moved then.
    """
    if by < timedelta(0):
        raise PermanentFailure(
            "Time never runs backwards.", code=FailureCode.TIME_BACKWARDS, remedy="Give a positive time."
        )
    now = system_now()
    line = current_line(database)
    if by > CLOCK_LATEST - line.at(now):
        raise PermanentFailure(
            f"The clock cannot be put beyond {CLOCK_LATEST:%Y-%m-%d}.",
            code=FailureCode.BAD_CLOCK,
            remedy="Give a shorter time; 'xbot sandbox clock' shows where it is.",
        )
    line = line.moved(now, by)
    apply_line(settings, database, line)
    return line.at(system_now())


def set_rate(settings: Settings, database: Database, rate: float) -> None:
    """Let both clocks run ``rate`` times as fast as real time from now on; raises as :func:`advance`."""
    apply_line(settings, database, current_line(database).at_rate(system_now(), rate))


def apply_line(settings: Settings, database: Database, line: ClockLine) -> None:
    """Give both clocks this line: the sandbox first, because it may refuse."""
    token = _control_token(settings)
    body = {
        "real_anchor": line.real_anchor.isoformat(),
        "sandbox_anchor": line.product_anchor.isoformat(),
        "rate": line.rate,
    }
    try:
        answer = httpx.put(
            f"{settings.target_url}/_sandbox/clock",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=CONTROL_TIMEOUT_SECONDS,
            trust_env=False,
            verify=str(settings.target_url).startswith("https:"),  # certificates of all authorities cost 7 MB
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise TransientFailure(
            "The sandbox did not take the new clock.",
            code=FailureCode.SANDBOX_DOWN,
            remedy="Check 'xbot status'; start the stack with scripts/run or 'xbot up'.",
        ) from error
    set_line(database, line)


def _control_token(settings: Settings) -> str:
    if settings.mode != "sandbox" or settings.sandbox_token is None or settings.target_url is None:
        raise PermanentFailure(
            "Only the sandbox's clock can be moved.",
            code=FailureCode.NOT_THE_SANDBOX,
            remedy="Start the stack in sandbox mode (the default) with scripts/run or 'xbot up'.",
        )
    return settings.sandbox_token.get_secret_value()
