"""Starts and ends one Chromium, confined as well as this machine allows."""

import asyncio
import contextlib
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser.chromium import processes, unprivileged
from xbot_assets.browser.chromium.confinement import (
    NAMESPACES_REMEDY,
    NO_ACCOUNT,
    Confinement,
    RunAs,
    Weakness,
    confinements,
    is_shut_in,
    refused,
    weakness_of,
)
from xbot_assets.browser.chromium.memory import Meter
from xbot_assets.browser.failures import classify
from xbot_assets.process_identity import runs

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
    "--disable-software-rasterizer",  # of WebGL only, which no page of ours needs: 15 MB
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--no-default-browser-check",
)
START_SECONDS = 20.0
"""A Chromium that is not up by then is not coming."""
CLOSE_SECONDS = 1.5
"""A Chromium that has not closed by then is killed: the host must be gone 3 s after SIGTERM."""
OURS = ("XBOT_", "OPENAI_")
"""How the names of settings begin that Chromium and its driver do not get."""
_FOLDER = "TMPDIR"
SHUT_IN_SECONDS = 3.0
"""Chromium starts what holds its pages at once; when nothing of it is shut in by then, nothing will be."""
SHUT_IN_LOOK_SECONDS = 0.05
_NOT_SEEN = Weakness("None of Chromium's processes was seen in namespaces of its own", NAMESPACES_REMEDY)
LOOK_SECONDS = 1.0
"""Between two looks at whether the driver, Chromium and the script above it live."""


class Engine:
    """One Playwright driver and its one Chromium, from start to end.

    Attributes:
        browser: the Chromium.
        meter: measures its contexts.
        lost: set when Chromium is gone or was given up.
        why: how it was lost.
    """

    def __init__(self, driver: "Driver", browser: Browser, confinement: Confinement, family: processes.Family) -> None:
        self.browser = browser
        self.confinement = confinement
        self.meter = Meter(browser)
        self.lost = asyncio.Event()
        self.why = ""
        self._driver = driver
        self._family = family
        browser.on("disconnected", lambda _browser: self.give_up("Chromium went away."))

    def give_up(self, why: str) -> None:
        """Have this Chromium replaced; the first reason is kept."""
        self.why = self.why or why
        self.lost.set()

    async def until_lost(self) -> None:
        """Wait until Chromium is gone or was given up, or a process died of which Playwright does not tell.

        These are its own driver, and the script that starts Chromium on some systems.
        """
        while not self.lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.lost.wait()
            if not all(map(runs, (*self._driver.own, *self._family.roots))):
                self.give_up("Chromium's driver, or the script that started it, went away.")

    async def close(self) -> None:
        """Close Chromium and the driver; kill what does not close in time."""
        self.give_up("It was closed.")
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._close_politely()
        await self._driver.end(self._family)

    async def _close_politely(self) -> None:
        with contextlib.suppress(PlaywrightError):
            await self.browser.close()
        await self._driver.playwright.stop()


@dataclass(frozen=True, slots=True)
class Driver:
    """Playwright's driver, its own processes, and the folder in which it makes Chromium's profile."""

    playwright: Playwright
    own: tuple[psutil.Process, ...]
    folder: Path

    @classmethod
    async def start(cls) -> "Driver":
        """Start a driver in a temporary folder of its own."""
        folder, before = processes.own_folder(), set(psutil.Process().children())
        with _environment(folder):  # the driver makes Chromium's profile there
            playwright = await async_playwright().start()
        return cls(playwright, tuple(set(psutil.Process().children()) - before), folder)

    async def end(self, family: processes.Family | None = None) -> None:
        """Kill the driver and every process of its Chromium, and remove the folder."""
        known = family or processes.Family()
        await asyncio.to_thread(processes.end_all_in, self.folder, known)
        await asyncio.to_thread(processes.end, self.own)


@contextlib.contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Let what starts now use this temporary folder, and know none of our settings: keys and tokens are among them."""
    own = {name: value for name, value in os.environ.items() if name.startswith(OURS) or name == _FOLDER}
    for name in own:
        del os.environ[name]
    os.environ[_FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[_FOLDER]
        os.environ.update(own)


class Launcher:
    """Starts Chromium in the safest confinement that works here, and remembers which that was.

    Args:
        binary: the Chromium.
        run_as: whom it runs as when we are root.
        home: where the program that drops root is written.
        headless: it has a window only for ``xbot login``.
        weaker: whether it may run without its own sandbox; only for pages that are our own.
    """

    def __init__(
        self, binary: Path, run_as: RunAs | None, home: Path, *, headless: bool = True, weaker: bool = False
    ) -> None:
        self._binary = binary
        self._home = home
        self._headless = headless
        self._choices = confinements(run_as, weaker=weaker)
        self._weaker = weaker

    async def start(self) -> Engine:
        """Start a driver and a Chromium, with a temporary folder of their own.

        Raises:
            PermanentFailure: ``browser_unconfined`` when it could only run without its own sandbox, and may not.
            ProductError: when no confinement works; the reason is that of the last one tried.
        """
        if not self._choices:
            raise refused(NO_ACCOUNT)
        driver = await Driver.start()
        try:
            browser, choice, family = await self._try_all(driver)
        except BaseException:
            with contextlib.suppress(PlaywrightError):
                await driver.playwright.stop()
            await driver.end()
            raise
        return Engine(driver, browser, choice, family)

    async def _try_all(self, driver: "Driver") -> tuple[Browser, Confinement, processes.Family]:
        while True:
            choice = self._choices[0]
            try:
                browser = await self._launch(driver.playwright, choice)
            except PlaywrightError as error:
                self._try_less(weakness_of(error, choice, self._binary), error)
                continue
            family = await asyncio.to_thread(processes.Family.working_in, driver.folder)
            if choice.sandboxed and not await _seen_shut_in(family):
                await browser.close()
                self._try_less(_NOT_SEEN, None)
                continue
            _log.log(logging.INFO if choice.sandboxed else logging.WARNING, "Chromium runs %s.", choice)
            del self._choices[1:]  # one that works is not given up for less
            return browser, choice, family

    def _try_less(self, weakness: Weakness | None, error: PlaywrightError | None) -> None:
        """Go on to the next confinement.

        Raises:
            ProductError: when there is none, or being shut in is not what this one failed for.
        """
        if weakness is not None and len(self._choices) == 1 and not self._weaker:
            raise refused(weakness) from error
        # Too slow is not a reason to give up a confinement; only a refusal to start is.
        if error is not None and (len(self._choices) == 1 or isinstance(error, PlaywrightTimeoutError)):
            raise classify(error) from error
        failed, *rest = self._choices
        _log.warning("Chromium does not start %s; trying with less.", failed)
        why = failed.weakness or weakness or Weakness(f"Chromium does not start {failed}", NAMESPACES_REMEDY)
        self._choices = [choice.because_of(why) for choice in rest]

    async def _launch(self, playwright: Playwright, choice: Confinement) -> Browser:
        return await playwright.chromium.launch(
            executable_path=self._wrapper(choice.run_as) if choice.run_as else self._binary,
            args=list(FLAGS),
            headless=self._headless,
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


async def _seen_shut_in(family: processes.Family) -> bool:
    """Look at Chromium's processes until one is seen in namespaces of its own."""
    until = asyncio.get_running_loop().time() + SHUT_IN_SECONDS
    while not await asyncio.to_thread(lambda: is_shut_in(family.members())):
        if asyncio.get_running_loop().time() > until:
            return False
        await asyncio.sleep(SHUT_IN_LOOK_SECONDS)
    return True
