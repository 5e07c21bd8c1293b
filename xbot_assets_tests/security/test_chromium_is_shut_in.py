"""Chromium without its own sandbox: seen for what it is, refused for pages of others, told of for our own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xbot_assets.browser.chromium.confinement import Confinement, RunAs
from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.chromium.trial import try_browser
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.doctor.examination import examine_browser
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, service_account
from xbot_assets.settings import Settings, load_settings
from xbot_assets.testing.patience import PATIENCE

BY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs Chromium as an account of its own")
NO_NAMESPACES = """#!/bin/sh
exec unshare --user --map-current-user --keep-caps sh -c '
  echo 0 > /proc/sys/user/max_user_namespaces
  exec setpriv --ambient-caps -all --inh-caps -all {browser} "$@"' sh "$@"
"""
"""A machine without user namespaces, for this Chromium alone: in the namespace that it gets nobody can make another."""
GIVEN_UP = '#!/bin/sh\nexec {browser} --no-sandbox "$@"\n'
"""A system whose start script switches the sandbox off for everybody, without a word."""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="xbot-shut-in-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def script(place: Path) -> Callable[[str], Path]:
    """Write a start script around the real Chromium."""

    def write(text: str) -> Path:
        path = place / "chromium"
        path.write_text(text.format(browser=_browser()))
        path.chmod(0o755)
        return path

    return write


def _browser() -> Path:
    return find_browser(load_settings({}, use_parts=False))


def _user() -> RunAs | None:
    account = service_account(BROWSER_ACCOUNT)
    return None if account is None else RunAs(account.uid, account.gid)


def _tried(binary: Path, place: Path, *, weaker: bool = False) -> Confinement:
    return try_browser(Launcher(binary, _user(), place, weaker=weaker), PATIENCE)


def _refused(binary: Path, place: Path) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as caught:
        _tried(binary, place)
    assert caught.value.code is FailureCode.BROWSER_UNCONFINED
    return caught.value


def test_chromium_runs_in_its_sandbox_and_not_as_root(place: Path) -> None:
    """The ordinary case, without which the others would say nothing."""
    confinement = _tried(_browser(), place)
    assert confinement.sandboxed
    assert confinement.weakness is None
    assert "root" not in str(confinement)


def test_without_user_namespaces_it_is_refused_and_the_reason_is_said(
    script: Callable[[str], Path], place: Path
) -> None:
    """As in a container with a strict profile."""
    failure = _refused(script(NO_NAMESPACES), place)
    assert "gives Chromium no sandbox" in failure.reason
    assert "user namespaces" in failure.remedy


def test_for_our_own_pages_it_runs_without_and_says_why(script: Callable[[str], Path], place: Path) -> None:
    """The sandbox's pages are ours."""
    confinement = _tried(script(NO_NAMESPACES), place, weaker=True)
    assert not confinement.sandboxed
    assert confinement.weakness is not None
    assert "gives Chromium no sandbox" in confinement.weakness.reason


def test_a_start_script_that_switches_the_sandbox_off_is_seen(script: Callable[[str], Path], place: Path) -> None:
    """It starts well and says nothing: only its processes tell."""
    assert "namespaces of its own" in _refused(script(GIVEN_UP), place).reason


@BY_ROOT
def test_a_browser_that_the_account_cannot_enter_does_not_run_as_root(place: Path) -> None:
    """It once did, without its sandbox, and said nothing but a line in a log."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (closed / "chromium").symlink_to(_browser())
    failure = _refused(closed / "chromium", place)
    assert "may not enter" in failure.reason
    weak = _tried(closed / "chromium", place, weaker=True)
    assert not weak.sandboxed
    assert weak.weakness is not None
    assert "may not enter" in weak.weakness.reason


@BY_ROOT
def test_without_an_account_root_is_refused_before_anything_starts(place: Path) -> None:
    """Root has no sandbox of Chromium's."""
    with pytest.raises(PermanentFailure) as caught:
        asyncio.run(Launcher(_browser(), None, place).start())
    assert caught.value.code is FailureCode.BROWSER_UNCONFINED
    assert "no account for Chromium" in caught.value.reason


@pytest.mark.parametrize("mode", ["sandbox", "shadow"])
def test_doctor_fails_a_chromium_without_its_sandbox(mode: str, script: Callable[[str], Path], tmp_path: Path) -> None:
    """In every mode: what is only told of in the sandbox stops the others."""
    settings = Settings(mode=mode, browser_path=script(NO_NAMESPACES), home=tmp_path / ".xbot")
    with pytest.raises(PermanentFailure) as caught:
        examine_browser(settings)
    assert caught.value.code is FailureCode.BROWSER_UNCONFINED
    assert "without Chromium's own sandbox" in caught.value.reason
    assert not settings.home.exists(), "the doctor changes nothing"


@BY_ROOT
def test_a_temporary_directory_that_the_account_cannot_enter_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chromium's profile is there; the browser itself is not what is closed."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    failure = _refused(_browser(), place)
    assert str(closed) in failure.reason
    assert "TMPDIR" in failure.remedy
