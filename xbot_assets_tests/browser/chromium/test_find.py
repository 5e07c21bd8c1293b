"""Which browser is taken, and how one is installed; with programs made for the test on a PATH of its own."""

import stat
from pathlib import Path

import pytest

from xbot_assets.browser.chromium.find import find_browser, find_windowed_browser, install_browser, works
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings, load_settings

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens on the discard port: Playwright's download fails at once."""


def _program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings that name no browser."""
    return load_settings({"XBOT_HOME": str(tmp_path / "home")}, use_parts=False)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which nothing is installed."""
    return {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "builds"),
        "PLAYWRIGHT_DOWNLOAD_HOST": NOWHERE,
    }


def test_the_named_browser_is_taken_before_any_other(tmp_path: Path, env: dict[str, str]) -> None:
    """XBOT_BROWSER_PATH wins over the PATH."""
    _program(tmp_path / "bin" / "chromium")
    named = _program(tmp_path / "mine")
    chosen = load_settings({"XBOT_BROWSER_PATH": str(named), "XBOT_HOME": str(tmp_path)}, use_parts=False)
    assert find_browser(chosen, env, ()) == named


def test_a_named_browser_that_does_not_run_is_not_replaced_by_another(tmp_path: Path, env: dict[str, str]) -> None:
    """Who names a browser wants that one: say that it does not work."""
    _program(tmp_path / "bin" / "chromium")
    broken = _program(tmp_path / "mine", "exit 1")
    chosen = load_settings({"XBOT_BROWSER_PATH": str(broken), "XBOT_HOME": str(tmp_path)}, use_parts=False)
    with pytest.raises(PermanentFailure, match="XBOT_BROWSER_PATH") as caught:
        find_browser(chosen, env, ())
    assert caught.value.code == "no_browser"


def test_the_headless_shell_is_preferred_and_broken_ones_are_passed_over(
    tmp_path: Path, env: dict[str, str], settings: Settings
) -> None:
    """The order is headless shell, Chromium, Chrome; each must answer --version."""
    _program(tmp_path / "bin" / "google-chrome")
    assert find_browser(settings, env, ()).name == "google-chrome"
    _program(tmp_path / "bin" / "chromium")
    assert find_browser(settings, env, ()).name == "chromium"
    shell = _program(tmp_path / "bin" / "chromium-headless-shell")
    assert find_browser(settings, env, ()) == shell
    _program(shell, "echo error while loading shared libraries >&2; exit 127")
    assert find_browser(settings, env, ()).name == "chromium"


def test_a_usual_place_comes_before_a_downloaded_build_and_the_newest_build_first(
    tmp_path: Path, env: dict[str, str], settings: Settings
) -> None:
    """Builds are compared by number, not by letters."""
    for number in ("999", "1255"):
        _program(tmp_path / "builds" / f"chromium_headless_shell-{number}" / "chrome-linux64" / "chrome-headless-shell")
    assert "1255" in str(find_browser(settings, env, ()))
    usual = _program(tmp_path / "usual" / "chromium")
    assert find_browser(settings, env, (str(usual),)) == usual


def test_a_snap_is_not_taken(tmp_path: Path) -> None:
    """A snap cannot see the profile in the temporary directory."""
    snap = _program(tmp_path / "snap")
    link = tmp_path / "chromium"
    link.symlink_to(snap)
    assert not works(link)


def test_without_any_browser_the_remedy_is_named(env: dict[str, str], settings: Settings) -> None:
    """One clear failure, with what to do."""
    with pytest.raises(PermanentFailure) as caught:
        find_browser(settings, env, ())
    assert caught.value.code == "no_browser"
    assert "chromium-headless-shell" in caught.value.remedy


def test_root_installs_the_package_when_the_download_fails(
    tmp_path: Path, env: dict[str, str], settings: Settings
) -> None:
    """The download host is unreachable; apt-get then provides the second package it is asked for."""
    target = tmp_path / "bin" / "chromium"
    made = f'printf "#!/bin/sh\\nexit 0\\n" > "{target}" && /bin/chmod +x "{target}"'
    script = f'for word; do last=$word; done\n[ "$last" = chromium ] || exit 100\n{made}'
    _program(tmp_path / "bin" / "apt-get", script)
    assert install_browser(settings, env, places=(), as_root=True) == target


def test_who_is_not_root_is_told_each_way_that_failed(tmp_path: Path, env: dict[str, str], settings: Settings) -> None:
    """The system's package manager is not touched without root."""
    _program(tmp_path / "bin" / "apt-get", f"echo touched > '{tmp_path}/touched'")
    with pytest.raises(PermanentFailure, match="playwright install") as caught:
        install_browser(settings, env, places=(), as_root=False)
    assert caught.value.code == "no_browser"
    assert not (tmp_path / "touched").exists()


def test_a_headless_shell_is_never_taken_for_a_window(tmp_path: Path, env: dict[str, str]) -> None:
    """Also when the settings name it; what is missing is said with what to install."""
    shell = _program(tmp_path / "bin" / "chromium-headless-shell")
    chosen = load_settings({"XBOT_BROWSER_PATH": str(shell), "XBOT_HOME": str(tmp_path)}, use_parts=False)
    with pytest.raises(PermanentFailure, match="can open a window") as caught:
        find_windowed_browser(chosen, env, ())
    assert "playwright install chromium" in caught.value.remedy
    full = _program(tmp_path / "bin" / "chromium")
    assert find_windowed_browser(chosen, env, ()) == full
