"""``xbot open``: the pages or the Dagster UI, logged in."""

import html
import webbrowser
from typing import Annotated
from urllib.parse import urlencode

import typer

from xbot_assets.browser.session.login import check_display
from xbot_assets.cli.app import settings_now
from xbot_assets.cli.decisions.review import who_asks
from xbot_assets.cli.terminal import echo
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.door.dagster_ui import DESTINATION
from xbot_assets.door.sessions import Sessions
from xbot_assets.runtime.machine.accounts import has_password, kept_password
from xbot_assets.runtime.machine.files import private_directory, write_private
from xbot_assets.runtime.machine.lock import is_running
from xbot_assets.runtime.stack import SERVICE_TOKEN
from xbot_assets.settings import Settings

LINK_PAGE = "open.html"
SHOWN_FILE = "token.shown"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("open")(open_now)


def open_now(
    dagster: Annotated[bool, typer.Option("--dagster", help="Open the Dagster UI instead of the pages.")] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the address.")
    ] = True,
) -> None:
    """Open the pages in your browser, logged in: the link works once, within five minutes.

    Where the pages ask for a token that was made for you, the first call shows it, too.
    """
    settings = settings_now()
    address = _address(settings, dagster=dagster)
    if settings.service_token is not None:
        _show_token_once(settings)
        address = _link(settings, dagster=dagster)
    echo(address)
    if browser and _has_display():
        # Everybody on this machine may read a command line, and would be in before the owner: so only the name of a
        # file that nobody else can read is on it.
        page = _redirection(settings, address) if settings.service_token is not None else address
        webbrowser.open(page)


def _address(settings: Settings, *, dagster: bool) -> str:
    address = settings.web_url if dagster else settings.service_url
    if not is_running(settings.home) or address is None:
        raise PermanentFailure(
            "There is no page to open: nothing runs, or only the parts do.",
            code=FailureCode.NOT_RUNNING,
            remedy="Start it with scripts/run or 'xbot up', and wait until it says that it is up.",
        )
    return address


def _link(settings: Settings, *, dagster: bool) -> str:
    asked = {"code": Sessions(lambda: settings).link_code(who_asks())} | ({"to": DESTINATION} if dagster else {})
    return f"{settings.service_url}/opened?{urlencode(asked)}"


def _show_token_once(settings: Settings) -> None:
    """Show the token that was made here; one that the owner set is known to the owner."""
    token = settings.service_token.get_secret_value() if settings.service_token else ""
    noted = private_directory(settings.home / "run") / SHOWN_FILE
    if noted.exists() or not has_password(settings.home, SERVICE_TOKEN):
        return
    if kept_password(settings.home, SERVICE_TOKEN) == token:
        echo(f"The token of the pages, shown this once: {token}", err=True)
        echo("You need it only in programs and on other machines; 'xbot open' logs you in here.", err=True)
        write_private(noted, "")


def _redirection(settings: Settings, link: str) -> str:
    page = private_directory(settings.home / "run") / LINK_PAGE
    write_private(page, f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(link)}">\n')
    return page.as_uri()


def _has_display() -> bool:
    try:
        check_display()
    except ProductError:
        return False
    return True
