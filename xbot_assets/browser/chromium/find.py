"""Finds a Chromium that works on this machine, or installs one."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import playwright

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings

_log = logging.getLogger(__name__)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""In this order: the headless shell is about 2.6 times faster and takes a third of the memory."""
USUAL_PLACES = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/local/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PLAYWRIGHT_BUILDS = (
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium-*/chrome-*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
ROOT_DOWNLOADS = Path("/var/lib/xbot-assets/browsers")
"""Where root's download goes: root's own cache is closed to the user that Chromium runs as."""
_PLACE_VARIABLE = "PLAYWRIGHT_BROWSERS_PATH"
VERSION_SECONDS = 20.0
"""A browser that has not told its version by then does not work here."""
DOWNLOAD_SECONDS = 240.0
PACKAGE_SECONDS = 300.0


def find_browser(
    settings: Settings, environ: Mapping[str, str] | None = None, places: Sequence[str] = USUAL_PLACES
) -> Path:
    """Return a Chromium that answers ``--version``.

    Looked for, in this order: ``settings.browser_path`` (then nothing else will do), the ``PATH``, the usual
    places, and builds that Playwright has downloaded before.

    Raises:
        PermanentFailure: ``no_browser``.
    """
    named = settings.browser_path
    if named is not None:
        if works(named):
            return named
        reason = f"{named} is not a Chromium that runs here."
        raise PermanentFailure(
            reason, code=FailureCode.NO_BROWSER, remedy="Correct XBOT_BROWSER_PATH, or leave it empty."
        )
    browser = next(filter(works, _candidates(os.environ if environ is None else environ, places)), None)
    if browser is None:
        raise _no_browser("There is no working Chromium on this machine.")
    return browser


def find_windowed_browser(
    settings: Settings, environ: Mapping[str, str] | None = None, places: Sequence[str] = USUAL_PLACES
) -> Path:
    """Return a Chromium that can open a window: looked for as :func:`find_browser` does, without headless shells.

    Raises:
        PermanentFailure: ``no_browser``.
    """
    env = os.environ if environ is None else environ
    named = [settings.browser_path] if settings.browser_path else []
    windowed = (path for path in (*named, *_candidates(env, places)) if "headless" not in path.name)
    browser = next(filter(works, windowed), None)
    if browser is None:
        raise PermanentFailure(
            "There is no Chromium on this machine that can open a window.",
            code=FailureCode.NO_BROWSER,
            remedy="Install the package chromium, or run 'python -m playwright install chromium'.",
        )
    return browser


def _no_browser(reason: str) -> PermanentFailure:
    remedy = "Install the package chromium-headless-shell or chromium, or name a binary in XBOT_BROWSER_PATH."
    return PermanentFailure(reason, code=FailureCode.NO_BROWSER, remedy=remedy)


def _candidates(env: Mapping[str, str], places: Sequence[str]) -> Iterator[Path]:
    on_path = (shutil.which(name, path=env.get("PATH", "")) for name in NAMES)
    yield from (Path(path) for path in on_path if path)
    yield from map(Path, places)
    for folder in _download_folders(env):
        for pattern in _PLAYWRIGHT_BUILDS:
            yield from sorted(folder.glob(pattern), key=_build_number, reverse=True)


def _download_folders(env: Mapping[str, str]) -> list[Path]:
    """Return where Playwright may have put its builds; ``0`` in its variable means inside its package."""
    named = env.get(_PLACE_VARIABLE)
    if named == "0":
        return [Path(playwright.__file__).parent / "driver" / "package" / ".local-browsers"]
    if named:
        return [Path(named)]
    home = Path(env.get("HOME", "/nonexistent"))
    return [ROOT_DOWNLOADS, home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"]


def _build_number(binary: Path) -> int:
    """Return the number in ``chromium-1234``: newer builds first."""
    numbers = [part.rpartition("-")[2] for part in binary.parts if part.startswith("chromium")]
    return int(numbers[0]) if numbers and numbers[0].isdecimal() else 0


def works(binary: Path) -> bool:
    """Say whether the file is a browser that starts. A snap is not: it cannot see the profile it is given."""
    if not binary.is_file() or not os.access(binary, os.X_OK) or binary.resolve().name == "snap":
        return False
    try:
        done = subprocess.run(  # noqa: S603 - the file was found by its name or named by the owner
            [binary, "--version"], capture_output=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("%s does not start: %s", binary, error)
        return False
    return done.returncode == 0


def ensure_browser(settings: Settings, tell: Callable[[str], None]) -> Path:
    """Return a Chromium as :func:`find_browser` does; where there is none, and none was named, install one first.

    Raises:
        PermanentFailure: ``no_browser``.
    """
    try:
        return find_browser(settings)
    except PermanentFailure:
        if settings.browser_path is not None:
            raise
    tell("No browser was found; installing one. This can take a minute.")
    return install_browser(settings)


def install_browser(
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    *,
    places: Sequence[str] = USUAL_PLACES,
    as_root: bool | None = None,
) -> Path:
    """Install a Chromium and return it: Playwright's own download, else, for root, the system's package.

    Raises:
        PermanentFailure: ``no_browser``, naming each way that was tried and how it failed.
    """
    env = dict(os.environ if environ is None else environ)
    root = os.geteuid() == 0 if as_root is None else as_root
    if root:
        env.setdefault(_PLACE_VARIABLE, str(ROOT_DOWNLOADS))
    problems: list[str] = []
    for command, seconds in _ways(env, root=root):
        problem = _run(command, env, seconds)
        try:
            return find_browser(settings, env, places)
        except PermanentFailure as failure:
            problems.append(f"'{' '.join(command)}' {problem or failure.reason}")
    raise _no_browser(f"No Chromium could be installed: {'; '.join(problems)}.")


def _ways(env: Mapping[str, str], *, root: bool) -> Iterator[tuple[list[str], float]]:
    yield [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"], DOWNLOAD_SECONDS
    apt = shutil.which("apt-get", path=env.get("PATH", ""))
    if root and apt:
        yield [apt, "update"], PACKAGE_SECONDS
        for package in ("chromium-headless-shell", "chromium"):
            yield [apt, "install", "-y", "--no-install-recommends", package], PACKAGE_SECONDS


def _run(command: Sequence[str], env: Mapping[str, str], seconds: float) -> str | None:
    """Run one way of installing; return how it failed, in a few words, or ``None``."""
    _log.info("Installing a browser: %s", " ".join(command))
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            command,
            env={**env, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"did not finish within {seconds:.0f} s"
    except OSError as error:
        return f"could not be started ({error.strerror})"
    return (
        f"failed: {_last_words(done.stderr or done.stdout) or f'exit {done.returncode}'}" if done.returncode else None
    )


def _last_words(output: str) -> str:
    """Return the last line that names an error, or else the last line with words; a brace says nothing."""
    lines = [line.strip() for line in output.splitlines() if any(character.isalpha() for character in line)]
    errors = [line for line in lines if "error" in line.casefold() or line.startswith("E:")]
    return (errors or lines or [""])[-1]
