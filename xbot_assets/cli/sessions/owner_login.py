"""``xbot login``: the owner logs in by hand, once, and the session is sealed."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from xbot_assets.browser.chromium.confinement import RunAs
from xbot_assets.browser.chromium.find import find_browser, find_windowed_browser
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.session.failures import damaged, missing
from xbot_assets.browser.session.key import SessionKey, find_or_make_key, key_path
from xbot_assets.browser.session.login import LoginWindow, check_display, checked, log_in
from xbot_assets.browser.session.sealed import OwnerSession, seal, storage_state
from xbot_assets.browser.session.source import session_path, target
from xbot_assets.cli.app import settings_alone, shown
from xbot_assets.cli.terminal import echo
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import read_json
from xbot_assets.runtime.browser_part import browser_user
from xbot_assets.runtime.machine.files import home_directory, private_directory, write_private
from xbot_assets.runtime.machine.lock import is_running
from xbot_assets.settings import Settings
from xbot_assets.steps.own_profile import Profile

if TYPE_CHECKING:
    from xbot_assets.browser.session.sealed import LoginState

SECONDS_PER_MINUTE = 60


def log_in_owner(file: Path | None) -> None:
    """Log in in a window, or take the session of a file, and seal it."""
    settings = settings_alone()
    site = _site(settings)
    if file is None:
        check_display()
    home_directory(settings.home)
    key = find_or_make_key(settings)
    state = _by_hand(settings, site) if file is None else _imported(settings, site, file)
    path = _store(settings, OwnerSession(site.handle, site.base, system_now(), state), key)
    echo(f"The session of @{site.handle} is sealed in {shown(path)}.")
    if settings.session_key is None:
        echo(f"Its key is {key_path(settings)}. Back it up apart from the data directory, or not at all.")
    if file is not None and file.resolve() != path.resolve():
        _delete(file)
    echo(_next(settings))


def _site(settings: Settings) -> Site:
    base = target(settings)
    if settings.mode == "sandbox" or base is None:
        raise PermanentFailure(
            "The sandbox logs in by itself.",
            code=FailureCode.NO_LOGIN,
            remedy="To log in to X, set XBOT_MODE=shadow or live, and XBOT_HANDLE; docs/live.md says how.",
        )
    return Site(base, Profile(settings).handle)


def _by_hand(settings: Settings, site: Site) -> "LoginState":
    launcher = Launcher(find_windowed_browser(settings), _user(settings), settings.home, headless=False)
    echo(f"A window opens on {site.base}. Log in there as @{site.handle}; it closes by itself.", err=True)
    seconds = settings.login_minutes * SECONDS_PER_MINUTE
    return asyncio.run(log_in(LoginWindow(launcher, site, seconds, lambda line: echo(line, err=True))))


def _imported(settings: Settings, site: Site, file: Path) -> "LoginState":
    try:
        state = storage_state(read_json(file))
    except OSError as error:
        raise missing(file, error.strerror or type(error).__name__) from error
    except ValueError:
        raise damaged(f"to import is none: {file} holds no Playwright storage state") from None
    echo(f"Looking at {site.base} once, to see whose session it is.", err=True)
    return asyncio.run(checked(Launcher(find_browser(settings), _user(settings), settings.home), site, state))


def _user(settings: Settings) -> RunAs | None:
    """Return whom root lets Chromium run as, as the stack does: the page of a login is seen in its sandbox or not."""
    return browser_user(settings, lambda line: echo(line, err=True))


def _store(settings: Settings, session: OwnerSession, key: SessionKey) -> Path:
    path = session_path(settings)
    private_directory(path.parent)
    write_private(path, seal(session, key))
    return path


def _delete(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        echo(f"Delete {file} yourself ({error.strerror}): it is as good as a password.", err=True)
    else:
        echo(f"{file} is deleted: it was as good as a password.")


def _next(settings: Settings) -> str:
    if is_running(settings.home):
        return "The running stack uses it from now on. If publishing is on hold, run 'xbot resume'."
    does = "posts for real" if settings.mode == "live" else "reads X and posts nothing"
    return f"Next: 'xbot doctor', then 'xbot up'. In {settings.mode} mode it {does}."
