"""Logging in by hand, on the real sandbox site: the owner types, the program only watches; and importing a session.

The window is a headless one here, and a function of the test is the owner's hands.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.async_api import Page, StorageState

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.session.key import read_key
from xbot_assets.browser.session.login import LoginWindow, checked, log_in
from xbot_assets.browser.session.sealed import storage_state
from xbot_assets.browser.session.source import session_path
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.settings import load_settings
from xbot_assets.settings.acknowledgement import live_sentence
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.processes import asked
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.operations import CheckSession, Publish
from xbot_assets_tests.browser.host_rig import CONTROL_TOKEN, HANDLE, HostProcess, browser_host, ready
from xbot_assets_tests.browser.sessions import new_key, sealed, store

PASSWORD = "hunter2-of-the-owner"  # noqa: S105 - any password fits in the sandbox
WINDOW_SECONDS = PATIENCE
NO_SECONDS = 2.0
Hands = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    url: str

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Call the control endpoint."""
        headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
        answer = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, headers=headers, trust_env=False)
        return answer.raise_for_status().json()

    def session(self, handle: str = HANDLE) -> StorageState:
        """Return a login, made if need be with its account."""
        return storage_state(self.control("POST", "session", {"handle": handle}))

    def answers(self) -> bool:
        """Say whether it is up."""
        try:
            return httpx.get(f"{self.url}/_sandbox/health", trust_env=False).is_success
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run one sandbox with two accounts for the module."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = ["--data", str(tmp_path_factory.mktemp("sandbox")), "--port", str(port), "--token", CONTROL_TOKEN]
    process = subprocess.Popen([sys.executable, "-m", "xbot_assets.sandbox", *arguments], stderr=subprocess.DEVNULL)
    try:
        site = Sandbox(f"http://127.0.0.1:{port}")
        until(site.answers, "the sandbox answers")
        site.session()
        site.session("other")
        yield site
    finally:
        process.terminate()
        process.wait(10)


def a_launcher(home: Path) -> Launcher:
    """Return what starts a browser without a window."""
    return Launcher(find_browser(load_settings({}, use_parts=False)), None, home, weaker=True)


def typing(handle: str) -> Hands:
    """Return an owner who logs in as this account."""

    async def owner(page: Page) -> None:
        await page.fill('input[autocomplete="username"]', handle)
        await page.keyboard.press("Enter")
        await page.fill('input[type="password"]', PASSWORD)
        await page.keyboard.press("Enter")

    return owner


def logged_in(sandbox: Sandbox, home: Path, owner: Hands, seconds: float = WINDOW_SECONDS) -> tuple[Any, list[str]]:
    """Log in as HANDLE with these hands; return the session and what was told."""
    told: list[str] = []
    window = LoginWindow(a_launcher(home), Site(sandbox.url, HANDLE), seconds, told.append)
    return asyncio.run(log_in(window, owner)), told


def left_over() -> list[str]:
    """Return the temporary folders that a browser of this process has left, and the processes below it."""
    mark = f"xbot-browser-{os.getpid()}-"
    folders = [path.name for path in Path(tempfile.gettempdir()).iterdir() if path.name.startswith(mark)]
    return folders + [
        name
        for name in asked(psutil.Process().children(recursive=True), lambda child: child.name()).values()
        if "chrom" in name
    ]


def live(sandbox: Sandbox, home: Path, key_path: Path) -> dict[str, str]:
    """Return the settings of a live host on the sandbox."""
    return {
        "XBOT_HOME": str(home),
        "XBOT_MODE": "live",
        "XBOT_HANDLE": HANDLE,
        "XBOT_LIVE_ACKNOWLEDGEMENT": live_sentence(HANDLE),
        "XBOT_SESSION_KEY_PATH": str(key_path),
        "XBOT_TARGET_URL": sandbox.url,
    }


def test_the_owner_types_and_the_session_is_what_was_typed_for(sandbox: Sandbox, tmp_path: Path) -> None:
    """The login page of the site itself; the password is in nothing that the program keeps or says."""
    state, told = logged_in(sandbox, tmp_path, typing(HANDLE))
    assert {cookie["name"] for cookie in state["cookies"]} == {"auth_token", "ct0"}
    assert PASSWORD not in json.dumps([state, told])
    assert told == []
    assert left_over() == []
    session = asyncio.run(checked(a_launcher(tmp_path), Site(sandbox.url, HANDLE.upper()), state))
    assert {cookie["name"] for cookie in session["cookies"]} == {"auth_token", "ct0"}


def test_another_account_is_told_once_and_waited_out(sandbox: Sandbox, tmp_path: Path) -> None:
    """The owner may have typed the wrong name; nothing is stored for it."""
    told: list[str] = []

    async def scenario() -> None:
        window = LoginWindow(a_launcher(tmp_path), Site(sandbox.url, HANDLE), WINDOW_SECONDS, told.append)

        async def twice(page: Page) -> None:
            await typing("other")(page)
            await page.wait_for_url("**/home")
            while not told:  # noqa: ASYNC110 - what is waited for is the other task's look
                await asyncio.sleep(0.05)
            await page.context.clear_cookies()
            await page.goto(f"{sandbox.url}/home")
            await typing(HANDLE)(page)

        await log_in(window, twice)

    asyncio.run(scenario())
    assert told == [f"That is @other. Log out there, and log in as @{HANDLE}."]


def test_a_window_that_is_closed_is_one_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    """And nothing is left running."""

    async def close(page: Page) -> None:
        await page.close()

    with pytest.raises(PermanentFailure, match="The window was closed before the login was done") as caught:
        logged_in(sandbox, tmp_path, close)
    assert "Nothing was stored" in caught.value.remedy
    assert left_over() == []


def test_nobody_logging_in_ends_with_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    """A window that was forgotten closes by itself."""

    async def nothing(_page: Page) -> None:
        return None

    with pytest.raises(PermanentFailure, match=f"Nobody logged in as @{HANDLE} within"):
        logged_in(sandbox, tmp_path, nothing, NO_SECONDS)
    assert left_over() == []


def test_a_site_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    """No network, for example."""

    async def nothing(_page: Page) -> None:
        return None

    with pytest.raises(ProductError, match="could not be reached"):
        logged_in(Sandbox("http://127.0.0.1:9"), tmp_path, nothing)


def odd(sandbox: Sandbox, **change: object) -> object:
    """Return a login with one cookie that is not as cookies are."""
    first, *rest = sandbox.session()["cookies"]
    return {"cookies": [dict(first) | change, *rest], "origins": []}


def imported(sandbox: Sandbox, tmp_path: Path, content: object) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run ``xbot login --import`` on a file with this content."""
    file = tmp_path / "session.json"
    file.write_text(json.dumps(content))
    bare = {name: value for name, value in os.environ.items() if not name.startswith("XBOT_")}
    settings = live(sandbox, tmp_path / ".xbot", tmp_path / "keys" / "session.key")
    command = [sys.executable, "-m", "xbot_assets.cli", "login", "--import", str(file)]
    done = subprocess.run(command, env=bare | settings, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "Traceback" not in done.stderr
    return done, file


def everything_below(folder: Path) -> bytes:
    """Return the content of every file below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_session_made_elsewhere_is_sealed_and_its_file_deleted(sandbox: Sandbox, tmp_path: Path) -> None:
    """Then a live host posts with it, and no cookie is in a file, in the output, or on a command line."""
    state = sandbox.session()
    secrets = [cookie["value"] for cookie in state["cookies"]]
    done, file = imported(sandbox, tmp_path, state)
    assert done.returncode == 0, done.stderr
    assert not file.exists()
    settings = load_settings(live(sandbox, tmp_path / ".xbot", tmp_path / "keys" / "session.key"))
    assert session_path(settings).stat().st_mode & 0o077 == 0
    secrets.append(read_key(settings).text)
    text = "posted with the owner's own session"
    extra = live(sandbox, settings.home, tmp_path / "keys" / "session.key")
    with browser_host(settings.home, sandbox.url, extra=extra) as host:
        ready(host)
        assert host.run(CheckSession()).handle == HANDLE
        assert host.run(Publish(text=text)).post_id
        told = host.log + host.health().text + _command_lines(host)
    assert [post["text"] for post in sandbox.control("GET", "ledger")["posts"]].count(text) == 1
    kept = everything_below(settings.home).decode(errors="replace")
    assert [secret for secret in secrets if secret in kept + told + done.stdout + done.stderr] == []


def _command_lines(host: HostProcess) -> str:
    processes = [psutil.Process(host.process.pid), *host.below()]
    return "\n".join(word for process in processes for word in of_process(process.cmdline))


def of_process(ask: Callable[[], Iterable[str]]) -> list[str]:
    """Return what a process answers; a page's process may end while it is asked."""
    with suppress(psutil.NoSuchProcess):
        return list(ask())
    return []


def test_a_key_in_the_environment_stays_with_the_host(sandbox: Sandbox, tmp_path: Path) -> None:
    """Chromium and its driver inherit none of our settings."""
    key = new_key()
    extra = live(sandbox, tmp_path / ".xbot", tmp_path / "none") | {"XBOT_SESSION_KEY": key.text}
    store(session_path(load_settings(extra)), sealed(key, HANDLE, sandbox.url, sandbox.session()))
    with browser_host(tmp_path / ".xbot", sandbox.url, extra=extra) as host:
        ready(host)
        assert host.run(CheckSession()).state is AccountState.LOGGED_IN
        inherited = [name for process in host.below() for name in of_process(process.environ)]
    assert "PATH" in inherited
    assert [name for name in inherited if name.startswith("XBOT_")] == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda sandbox: sandbox.session("other"), "The session is one of @other, not of @owner."),
        (lambda _: {"cookies": [], "origins": []}, "is not accepted by the site, which says: logged out"),
        (lambda _: {"cookies": "c00kie"}, "holds no Playwright storage state"),
        (lambda _: ["c00kie"], "holds no Playwright storage state"),
        (lambda sandbox: odd(sandbox, sameSite="c00kie"), "is not one that Chromium takes"),
        (lambda sandbox: odd(sandbox, value="c00kie\n"), "is not one that Chromium takes"),
        (lambda sandbox: odd(sandbox, expires=float("inf")), "is not one that Chromium takes"),
    ],
    ids=["another account", "logged out", "no cookies", "no state", "odd kind", "odd value", "odd end"],
)
def test_an_import_that_is_no_session_of_the_account_stores_nothing(
    sandbox: Sandbox, tmp_path: Path, spoil: Callable[[Sandbox], object], sentence: str
) -> None:
    """One sentence, and the file stays where it is."""
    done, file = imported(sandbox, tmp_path, spoil(sandbox))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "c00kie" not in done.stderr
    assert file.exists()
    assert not (tmp_path / ".xbot" / "session.sealed").exists()


def test_a_login_by_hand_needs_a_screen(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing is made before that is known."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XBOT_", "DISPLAY", "WAYLAND"))}
    env = bare | live(sandbox, tmp_path / ".xbot", tmp_path / "session.key")
    command = [sys.executable, "-m", "xbot_assets.cli", "login"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no screen here to log in on.")
    assert list(tmp_path.iterdir()) == []
