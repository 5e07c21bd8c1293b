"""What is left when processes are killed or hang: no orphan, no storm of restarts, and a Chromium that works."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.process_identity import own_identity
from xbot_assets.settings import load_settings
from xbot_assets.testing.patience import until
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.operations import CheckSession
from xbot_assets_tests.browser.host_rig import HostProcess, browser_host, gone, ready
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

CRASHES_MAX = 9
"""Each doubles the wait, so sooner or later even a slow look sees that there is none."""


@pytest.fixture(scope="module")
def site() -> Iterator[TinySite]:
    """Serve one site for the module."""
    with tiny_site() as served:
        yield served


def _works(host: HostProcess) -> bool:
    return host.run(CheckSession()).state is AccountState.LOGGED_IN


@pytest.mark.soak
def test_a_chromium_that_keeps_crashing_is_started_ever_more_rarely(site: TinySite, tmp_path: Path) -> None:
    """After three crashes the host says that it is degraded and when it tries again; then it is on probation."""
    with browser_host(tmp_path, site.url) as host:
        for crashes in range(1, CRASHES_MAX):
            ready(host)
            began = time.monotonic()
            host.chromium().kill()
            health = until(partial(_counted, host, crashes), "the crash is seen")
            if crashes >= 3 and health.get("degraded"):  # else the next one was started before we looked
                break
        assert f"failure {crashes} in a row" in health["reason"]
        assert health["breaker"] == "open"
        ready(host)
        assert time.monotonic() - began > 0.5
        health = host.health().json()
        assert (health["starts"], health["failures_in_a_row"], health["breaker"]) == (crashes + 1, crashes, "half_open")
        assert _works(host)


def _counted(host: HostProcess, crashes: int) -> dict[str, Any]:
    """Return what the host says of itself, once it has counted so many crashes."""
    health: dict[str, Any] = host.health().json()
    return health if health["failures_in_a_row"] >= crashes else {}


def test_a_starting_script_killed_alone_leaves_no_chromium_behind(site: TinySite, tmp_path: Path) -> None:
    """Some systems start Chromium by a script that stays its parent; without it Chromium has another parent."""
    real = find_browser(load_settings({}, use_parts=False))
    script = tmp_path / "chromium"
    script.write_text(f'#!/bin/sh\n"{real}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    with browser_host(tmp_path, site.url, extra={"XBOT_BROWSER_PATH": str(script)}) as host:
        ready(host)
        below = host.below()
        starter = next(process for process in below if str(script) in process.cmdline())
        starter.kill()
        until(lambda: gone(below), "every process below it is gone")
        ready(host)
        assert _works(host)


@pytest.mark.soak
def test_a_hung_chromium_is_found_while_nobody_uses_it(site: TinySite, tmp_path: Path) -> None:
    """Chromium is asked every few seconds; one that is stopped does not answer."""
    with browser_host(tmp_path, site.url) as host:
        ready(host)
        before = host.chromium()
        before.send_signal(signal.SIGSTOP)
        until(lambda: gone([before]), "the hung Chromium is gone")
        ready(host)
        assert _works(host)


def test_a_hung_page_process_does_not_outlive_its_chromium(site: TinySite, tmp_path: Path) -> None:
    """A stopped process notices nothing; it ends with the group it is in."""
    with browser_host(tmp_path, site.url) as host:
        ready(host)
        until(lambda: bool(host.renderers()), "there is a page process")
        renderers = host.renderers()
        for renderer in renderers:
            renderer.send_signal(signal.SIGSTOP)
        host.chromium().kill()
        until(lambda: gone(renderers), "the stopped processes are gone")


def test_the_next_host_ends_what_a_killed_host_could_not(site: TinySite, tmp_path: Path) -> None:
    """A hung Chromium does not notice that its host is gone; the next host knows it by its folder's name."""
    extra = {"TMPDIR": str(tmp_path)}
    with browser_host(tmp_path, site.url, extra=extra) as host:
        ready(host)
        orphan, driver = host.chromium(), host.driver()
        for process in (driver, orphan):  # the driver would end Chromium when it loses its host
            process.send_signal(signal.SIGSTOP)
        host.process.kill()
        driver.kill()
        host.process.wait()
    assert not gone([orphan])
    with browser_host(tmp_path, site.url, extra=extra) as next_one:
        ready(next_one)
        assert gone([orphan])
        assert len(list(tmp_path.glob("xbot-browser-*"))) == 1


def test_the_chromium_of_a_living_host_and_the_folders_of_others_are_left_alone(site: TinySite, tmp_path: Path) -> None:
    """Two hosts may run side by side; a folder that only looks like ours is not removed."""
    strange = tmp_path / "xbot-browser-notes"
    strange.mkdir()
    extra = {"TMPDIR": str(tmp_path)}
    with browser_host(tmp_path / "a", site.url, extra=extra) as one:
        ready(one)
        before = one.chromium()
        with browser_host(tmp_path / "b", site.url, extra=extra) as other:
            ready(other)
            assert _works(other)
        assert one.chromium() == before
        assert _works(one)
    assert strange.is_dir()


def test_a_reused_process_id_does_not_protect_an_orphan(site: TinySite, tmp_path: Path) -> None:
    """The folder's name holds the host's identity, too: this test's own id with another's is a dead host."""
    another = f"{own_identity()}0"  # not the parent's: timeout(1), say, starts a program in the tick it began in itself
    dead = tmp_path / f"xbot-browser-{os.getpid()}-{another}-x"
    living = tmp_path / f"xbot-browser-{os.getpid()}-{own_identity()}-x"
    dead.mkdir()
    living.mkdir()
    with browser_host(tmp_path, site.url, extra={"TMPDIR": str(tmp_path)}) as host:
        ready(host)
        assert (dead.exists(), living.exists()) == (False, True)
