"""Starts and ends one Chromium, confined as well as this machine allows.

Keep out: which Chromium (``chromium.py``), who uses it (``pool.py``).
"""

import asyncio
import contextlib
import logging
import os
import shlex
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser import unprivileged
from xbot_assets.browser.failures import classify

_log = logging.getLogger(__name__)

FLAGS = (
    # Playwright adds most of these; they are named so that the browser stays off the network without it too.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--no-default-browser-check",
)
START_SECONDS = 20.0
"""A Chromium that is not up by then is not coming."""
CLOSE_SECONDS = 1.5
"""A Chromium that has not closed by then is killed: the host must be gone 3 s after SIGTERM."""
KILL_SECONDS = 1.0
DRIVER_LOOK_SECONDS = 1.0
"""Between two looks at whether the driver process lives."""
_FOLDER_PREFIX = "xbot-browser-"
_OPEN_TO_PASS = 0o711
"""Our own folder in the temporary directory: others may pass through it to their profile, not look into it."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The system user that Chromium runs as when the host runs as root."""

    uid: int
    gid: int

    @classmethod
    def parse(cls, text: str) -> "RunAs":
        """Read ``uid:gid``.

        Raises:
            ValueError: when it is something else, or root.
        """
        uid, _, gid = text.partition(":")
        if not (uid.isdecimal() and gid.isdecimal()) or 0 in {int(uid), int(gid)}:
            msg = f"{text!r} is not UID:GID of an ordinary user."
            raise ValueError(msg)
        return cls(int(uid), int(gid))


@dataclass(frozen=True, slots=True)
class Confinement:
    """How far Chromium is shut in: as which user (``None``: our own), and with its own sandbox or without."""

    run_as: RunAs | None
    sandboxed: bool

    def __str__(self) -> str:
        """Say it in words, for the log and the health page."""
        root = os.geteuid() == 0 and self.run_as is None
        user = f"user {self.run_as.uid}" if self.run_as else ("root" if root else "this user")
        return f"as {user}, {'with' if self.sandboxed else 'without'} Chromium's own sandbox"


def confinements(run_as: RunAs | None) -> list[Confinement]:
    """Return what to try, the safest first. Root cannot have Chromium's sandbox without dropping privileges."""
    if os.geteuid() != 0:
        return [Confinement(None, sandboxed=True), Confinement(None, sandboxed=False)]
    dropped = [Confinement(run_as, sandboxed=True), Confinement(run_as, sandboxed=False)] if run_as else []
    return [*dropped, Confinement(None, sandboxed=False)]


class Engine:
    """One Playwright driver and its one Chromium, from start to end.

    Attributes:
        browser: the Chromium.
        lost: set when Chromium is gone or was given up.
    """

    def __init__(self, playwright: Playwright, browser: Browser, confinement: Confinement, folder: Path) -> None:
        self.browser = browser
        self.confinement = confinement
        self.lost = asyncio.Event()
        self._playwright = playwright
        self._folder = folder
        self._drivers = psutil.Process().children()
        browser.on("disconnected", lambda _browser: self.lost.set())

    async def until_lost(self) -> None:
        """Wait until Chromium is gone, was given up, or its driver has died, which Playwright does not tell."""
        while not self.lost.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.lost.wait(), DRIVER_LOOK_SECONDS)
            if not all(_alive(driver) for driver in self._drivers):
                self.lost.set()

    async def close(self) -> None:
        """Close Chromium and the driver; kill what does not close in time."""
        self.lost.set()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(self._close_politely(), CLOSE_SECONDS)
        await asyncio.to_thread(_remove_all, self._folder)

    async def _close_politely(self) -> None:
        with contextlib.suppress(PlaywrightError):
            await self.browser.close()
        await self._playwright.stop()


class Launcher:
    """Starts Chromium in the safest confinement that works here, and remembers which that was."""

    def __init__(self, binary: Path, run_as: RunAs | None, home: Path) -> None:
        self._binary = binary
        self._home = home
        self._choices = confinements(run_as)

    async def start(self) -> Engine:
        """Start a driver and a Chromium, with a temporary folder of their own.

        Raises:
            ProductError: when no confinement works; the reason is that of the last one tried.
        """
        folder = _own_folder()
        os.environ["TMPDIR"] = str(folder)  # the driver makes Chromium's profile there
        playwright = await async_playwright().start()
        try:
            browser, choice = await self._try_all(playwright)
        except BaseException:
            with contextlib.suppress(PlaywrightError):
                await playwright.stop()
            await asyncio.to_thread(_remove_all, folder)
            raise
        return Engine(playwright, browser, choice, folder)

    async def _try_all(self, playwright: Playwright) -> tuple[Browser, Confinement]:
        while True:
            choice = self._choices[0]
            try:
                browser = await self._launch(playwright, choice)
            except PlaywrightError as error:
                # Too slow is not a reason to give up a confinement; only a refusal to start is.
                if len(self._choices) == 1 or isinstance(error, PlaywrightTimeoutError):
                    raise classify(error) from error
                _log.warning("Chromium does not start %s; trying with less.", choice)
                del self._choices[0]
            else:
                _log.log(logging.INFO if choice.sandboxed else logging.WARNING, "Chromium runs %s.", choice)
                del self._choices[1:]  # one that works is not given up for less
                return browser, choice

    async def _launch(self, playwright: Playwright, choice: Confinement) -> Browser:
        return await playwright.chromium.launch(
            executable_path=self._wrapper(choice.run_as) if choice.run_as else self._binary,
            args=list(FLAGS),
            chromium_sandbox=choice.sandboxed,
            timeout=START_SECONDS * 1000,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    def _wrapper(self, run_as: RunAs) -> Path:
        """Write the program that Playwright starts in Chromium's place: it drops root first."""
        wrapper = self._home / "chromium-unprivileged"  # not in the temporary directory: that may forbid programs
        self._home.mkdir(parents=True, exist_ok=True)
        command = (
            sys.executable,
            "-I",
            "-S",
            unprivileged.__file__,
            str(run_as.uid),
            str(run_as.gid),
            str(self._binary),
        )
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o700)
        return wrapper


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill_descendants() -> None:
    """Kill every process below this one, deepest first. The host starts nothing but browsers and drivers."""
    below = psutil.Process().children(recursive=True)
    for process in reversed(below):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(below, timeout=KILL_SECONDS)


def _own_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
    folder.chmod(_OPEN_TO_PASS)
    return folder


def _remove_all(folder: Path) -> None:
    kill_descendants()
    shutil.rmtree(folder, ignore_errors=True)


def sweep_abandoned_folders() -> None:
    """Remove the temporary folders of hosts that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0]
        ours = folder.lstat().st_uid == os.geteuid() and not folder.is_symlink()
        if ours and owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
