"""The small commands: ``status``, ``migrate``, ``post``, ``resume``, ``replay``, ``install-browser``, ``version``."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from xbot_assets import __version__
from xbot_assets.browser.chromium.find import ensure_browser
from xbot_assets.cli.app import NAME_WIDTH, settings_alone, settings_now, shown
from xbot_assets.cli.decisions.review import who_asks
from xbot_assets.cli.images import read_images
from xbot_assets.cli.terminal import Line, Styled, echo, print_json
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.runtime.machine.lock import holder_of, is_running
from xbot_assets.settings import Settings
from xbot_assets.steps.account.publishing_hold import resume_publishing
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.own_posts import OwnPost, queue_own
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema, migrate

SERVICE_SECONDS = 15.0
"""The status service answers within the time limits of its own pings."""
EXIT_NOT_READY = 1
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""For a command that has a parser of its own."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command("migrate")(migrate_now)
    app.command()(post)
    app.command()(resume)
    app.command("replay", context_settings=PASSED_ON, add_help_option=False)(replay)
    app.command("install-browser")(install)
    app.command()(version)


def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Say what runs and how it is. Exits 0 when everything that is needed is ready, 1 otherwise."""
    settings = settings_now()
    document = _status(settings)
    if as_json:
        print_json(document)
    else:
        for line in _told(settings, document):
            echo(*line)
    if not document.get("ready", False):
        raise typer.Exit(EXIT_NOT_READY)


def migrate_now() -> None:
    """Bring the database schema up to date. 'xbot up' does this by itself."""
    applied = migrate(settings_now())
    for name in applied:
        echo(f"Applied {name}.")
    echo("The schema is up to date.")


def post(
    texts: Annotated[
        list[str], typer.Argument(help="What to post, as it should appear; \\n is a line break. Several make a thread.")
    ],
    images: Annotated[
        list[Path] | None, typer.Option("--image", help="An image of the first post; up to four.", show_default=False)
    ] = None,
    alts: Annotated[
        list[str] | None,
        typer.Option("--alt", help="What an image shows, in words: one for each --image.", show_default=False),
    ] = None,
) -> None:
    """Queue a post of your own, or a thread, and print the numbers. It is due now; the running stack publishes it.

    Whether a rule makes it wait, and until when, is told on standard error.
    """
    settings = settings_now()
    written = OwnPost(texts, read_images(images or [], alts or []))
    with open_database(settings) as database:
        check_schema(database)
        queued = queue_own(Account(settings, database, DatabaseClock(database)), written)
    for post_id in queued.ids:
        echo(post_id)
    echo(f"It waits. {queued.waits.sentence}" if queued.waits else "It goes next.", err=True)


def resume() -> None:
    """Let publishing go on after a hold. X locked, limited or logged out the account; put that right first."""
    with open_database(settings_now()) as database:
        check_schema(database)
        lifted = resume_publishing(database, who_asks(), DatabaseClock(database).now())
    for hold in lifted:
        echo(f"Lifted, on hold since {hold.since:%Y-%m-%d %H:%M} UTC: {hold.reason}")
    echo("Publishing goes on." if lifted else "Publishing was not on hold.")


def replay(context: typer.Context) -> None:
    """Compare ways of sharing the browser on a file of jobs. 'xbot replay --help' says more."""
    from xbot_assets.replay.__main__ import main as replay_main  # noqa: PLC0415 - numpy, which the supervisor needs not

    raise typer.Exit(replay_main(context.args))


def install() -> None:
    """Find a browser, or install one, and print where it is."""
    echo(ensure_browser(settings_alone(), lambda line: echo(line, err=True)))


def version() -> None:
    """Print the version."""
    echo(f"xbot {__version__}")


def _status(settings: Settings) -> dict[str, Any]:
    if not is_running(settings.home):
        return {"running": False, "ready": False, "home": str(settings.home)}
    if settings.service_url is None:
        return {"running": True, "ready": False, "home": str(settings.home), "holder": holder_of(settings.home)}
    try:
        address = f"{settings.service_url}/api/status.json"
        answer = httpx.get(address, headers=_service_login(settings), timeout=SERVICE_SECONDS, trust_env=False)
        status: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise TransientFailure(
            "The stack runs, but its status service does not answer.",
            code=FailureCode.SERVICE_DOWN,
            remedy=f"See {shown(settings.home)}/logs/service.log.",
        ) from error
    return {"running": True, "home": str(settings.home), "service_url": settings.service_url} | status


def _service_login(settings: Settings) -> dict[str, str]:
    token = settings.service_token
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _told(settings: Settings, document: dict[str, Any]) -> list[Line]:
    if not document["running"]:
        return [(f"Nothing runs from {shown(settings.home)}. Start it with scripts/run or 'xbot up'.",)]
    if "components" not in document:
        return [(f"The stack is starting or stopping (xbot {document['holder']}).",)]
    below = [*_product_lines(document), f"{'Status page':<{NAME_WIDTH}}{document['service_url']}"]
    if document["web_url"]:
        below.append(f"{'Dagster':<{NAME_WIDTH}}{document['web_url']}")
    parts = [_component_line(part) for part in document["components"]]
    return [("Ready." if document["ready"] else "Not ready.",), ("",), *parts, ("",), *((line,) for line in below)]


def _component_line(part: dict[str, Any]) -> Line:
    colour = {"ok": typer.colors.GREEN, "failed": typer.colors.RED}.get(part["state"])
    remedy = f" {part['remedy']}" if part["state"] == "failed" else ""
    return Styled(f"{part['state']:<7}", colour), f"{part['name']:<{NAME_WIDTH}}{part['detail']}{remedy}"


def _product_lines(document: dict[str, Any]) -> list[str]:
    product = document["product"]
    if product is None:
        return [str(document["problem"])]
    queue = ", ".join(f"{count} {state}" for state, count in product["queue"].items()) or "none yet"
    models = ", ".join(f"{model['kind']} v{model['version']}" for model in product["models"]) or "none yet"
    lines = [("Product time", f"{product['now'][:19].replace('T', ' ')} UTC, {product['rate']:g}x")]
    lines += [("Session", _session_words(product["session"])), ("Posts", queue), ("Champions", models)]
    lines += [("Thread", _thread_line(post)) for post in product["posts"] if post["thread"] and _is_open(post)]
    lines += _budget_lines(product["budget"])
    lines += [("On hold", f"{hold['reason']} Run 'xbot resume' when it is put right.") for hold in product["holds"]]
    lines += [(alert["severity"].upper(), f"{alert['reason']} {alert['remedy']}") for alert in product["alerts"]]
    return [f"{name:<{NAME_WIDTH}}{text}" for name, text in lines]


def _session_words(session: dict[str, Any] | None) -> str:
    if session is None:
        return "not checked yet"
    account = f" as @{session['handle']}" if session["handle"] else ""
    when = session["checked_at"][:19].replace("T", " ")
    return f"{session['state'].replace('_', ' ')}{account}, checked {when} UTC"


def _is_open(post: dict[str, Any]) -> bool:
    return post["status"] not in {"published", "shadowed", "rejected"}


def _thread_line(post: dict[str, Any]) -> str:
    return f"{post['thread'].removeprefix('thread ')} is {post['status']} (post {post['id']})"


def _budget_lines(budget: dict[str, Any]) -> list[tuple[str, str]]:
    every = f"{budget['model']}, {budget['posts_per_plan']} a plan, every {budget['plan_minutes']:g} minutes"
    lines = [("Spent today", f"${budget['spent_usd']:.4f} of ${budget['budget_usd']:.2f}")]
    lines += [("Budget tier", f"{budget['tier']}: {every}. {budget['why']}")]
    return lines + ([("Model on hold", budget["held"])] if budget["held"] else [])
