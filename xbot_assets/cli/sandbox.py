"""``xbot sandbox``: reset, clock and faults over the sandbox's control endpoint."""

import json
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

import httpx
import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.terminal import echo
from xbot_assets.domain.clock import RATE_MAX, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.sandbox.state.faults import FAULTS
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.clock_control import advance as advance_clocks
from xbot_assets.steps.operations.clock_control import current_line, set_rate
from xbot_assets.store.engine.database import open_database

CONTROL_SECONDS = 60.0
"""A reset seeds a whole world; the rest takes milliseconds."""
LONGEST_SHOWN = 40
"""Characters of a wrong word that are repeated."""
DEFAULT_SEED = 1
_DURATION = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

commands = typer.Typer(help="Reset, speed up or break the sandbox on purpose.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="sandbox")


@commands.command()
def reset(
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = DEFAULT_SEED,
) -> None:
    """Wipe the sandbox and make its world anew. Its posts, audience and faults go; the database is not touched."""
    _control(settings_now(), "POST", "reset", {"seed": seed})
    echo(f"The sandbox is new (seed {seed}).")


@commands.command()
def clock(
    rate: Annotated[
        float | None, typer.Option(min=0.001, max=RATE_MAX, help="Let time run this many times as fast.")
    ] = None,
    advance: Annotated[str | None, typer.Option(help="Jump forward, e.g. 26h, 90m or 1d12h.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Only show the clock (also without any option).")] = False,
) -> None:
    """Move the sandbox's clock and the product's together. Time never runs backwards."""
    del show  # showing is what happens in any case
    settings = settings_now()
    by = None if advance is None else duration(advance)
    with open_database(settings) as database:
        if by is not None:
            advance_clocks(settings, database, by)
        if rate is not None:
            set_rate(settings, database, rate)
        line = current_line(database)
    echo(f"{line.at(system_now()):%Y-%m-%d %H:%M:%S} UTC, {line.rate:g}x")


@commands.command()
def fault(
    changes: Annotated[list[str] | None, typer.Argument(help="name=value, as many as you like.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all faults first.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="List every fault there is.")] = False,
) -> None:
    """Break the sandbox on purpose, and show the faults in force. Example: xbot sandbox fault slow_seconds=3."""
    if list_all:
        for name, known in FAULTS.items():
            echo(f"{name:<28}{known.meaning} ({known.expects})")
        return
    settings = settings_now()
    wanted = dict(map(_change, changes or []))
    active = {} if clear else _control(settings, "GET", "faults")
    if clear or wanted:
        active = _control(settings, "PUT", "faults", {**active, **wanted}) or {**active, **wanted}
    for name, value in active.items():
        echo(f"{name}={json.dumps(value)}")
    if not active:
        echo("No faults.")


def duration(text: str) -> timedelta:
    """Read a length of time such as ``26h`` or ``1d12h``.

    Raises:
        PermanentFailure: code ``bad_duration``.
    """
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise _bad_duration(f"{text[:LONGEST_SHOWN]!r} is not a length of time.")
    try:
        return sum((timedelta(**{_UNITS[part["unit"]]: float(part["count"])}) for part in parts), timedelta())
    except OverflowError as error:
        raise _bad_duration("No clock can be put forward by so much.") from error


def _bad_duration(reason: str) -> PermanentFailure:
    return PermanentFailure(reason, code=FailureCode.BAD_DURATION, remedy="Write it as 26h, 90m or 1d12h.")


def _change(text: str) -> tuple[str, object]:
    name, joint, value = text.partition("=")
    if not joint or not name:
        raise PermanentFailure(
            f"{text!r} is not name=value.", code=FailureCode.BAD_FAULT, remedy="See 'xbot sandbox fault --list'."
        )
    try:
        return name, json.loads(json.dumps(json.loads(value), allow_nan=False, ensure_ascii=False).encode())
    except (ValueError, RecursionError):  # no JSON, or none that can be sent: without an end, or half a character
        return name, value


def _control(settings: Settings, method: str, path: str, body: object = None) -> dict[str, Any]:
    if settings.mode != "sandbox" or settings.sandbox_token is None or settings.target_url is None:
        raise PermanentFailure(
            "No sandbox runs here.",
            code=FailureCode.NO_SANDBOX,
            remedy="Start it with scripts/run, 'xbot up' or 'xbot up --parts'.",
        )
    headers = {"Authorization": f"Bearer {settings.sandbox_token.get_secret_value()}"}
    url = f"{settings.target_url}/_sandbox/{path}"
    try:
        answer = httpx.request(method, url, json=body, headers=headers, timeout=CONTROL_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise TransientFailure(
            "The sandbox does not answer.", code=FailureCode.SANDBOX_DOWN, remedy="Check 'xbot status'."
        ) from error
    if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise PermanentFailure(_refusal(answer), code=FailureCode.REFUSED, remedy="See 'xbot sandbox fault --list'.")
    if not answer.is_success:
        raise TransientFailure(
            f"The sandbox answers with status {answer.status_code}.",
            code=FailureCode.SANDBOX_DOWN,
            remedy="See logs/sandbox.log.",
        )
    document = answer.json() if answer.content else {}
    return document if isinstance(document, dict) else {}


def _refusal(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    problems = said.get("problems") if isinstance(said, dict) else None
    if isinstance(problems, list):
        return " ".join(map(str, problems))
    return f"The sandbox refuses this: {said.get('error', said) if isinstance(said, dict) else answer.text[:200]}"
