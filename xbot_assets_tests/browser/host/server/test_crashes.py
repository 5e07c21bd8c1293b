"""The real host with a real Chromium against a tiny site: what crashes or ends, and what does not start."""

import os
import pwd
import signal
import threading
from pathlib import Path

import pytest

from xbot_assets.domain.failures import (
    FailureKind,
    ProductError,
    TransientFailure,
)
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.x.answers import PostsRead
from xbot_assets.x.operations import CheckSession, ReadProfile
from xbot_assets_tests.browser.host.server.server_rig import failure_of, publish, read
from xbot_assets_tests.browser.host_rig import HANDLE, TOKEN, HostProcess, browser_host, gone, ready
from xbot_assets_tests.browser.tiny_site import TinySite

LONGEST_SECONDS = 600.0
"""The longest deadline that the host takes; no test waits for it."""


def test_a_killed_chromium_is_replaced_and_a_read_may_be_tried_again(host: HostProcess, site: TinySite) -> None:
    """The operation in flight is answered as transient; the next one works."""
    site.slow = {"9"}
    failures: list[ProductError] = []
    thread = threading.Thread(target=lambda: failures.append(failure_of(lambda: read(host, "9"))))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    host.chromium().kill()
    thread.join()
    assert (failures[0].kind, failures[0].code) == (FailureKind.TRANSIENT, "browser_crashed")
    ready(host)
    assert read(host, "1").posts[0].post_id == "1"


def test_a_chromium_killed_after_the_click_leaves_the_outcome_unknown(host: HostProcess, site: TinySite) -> None:
    """The request had left; nobody heard the answer."""
    site.create = "hang"
    failures: list[ProductError] = []
    thread = threading.Thread(target=lambda: failures.append(failure_of(lambda: publish(host))))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    host.chromium().kill()
    thread.join()
    assert (failures[0].kind, failures[0].code) == (FailureKind.UNKNOWN, "browser_crashed")
    ready(host)


def test_a_killed_page_process_fails_one_operation_only(host: HostProcess, site: TinySite) -> None:
    """A page's crash is noticed long before the deadline, what was read before it is kept, and Chromium stays."""
    site.slow = {"9"}
    before = host.chromium().pid
    answers = list[PostsRead]()
    thread = threading.Thread(target=lambda: answers.append(read(host, "1", "9", seconds=LONGEST_SECONDS)))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    for renderer in host.renderers():
        renderer.kill()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it waits for its deadline"
    assert [post.post_id for post in answers[0].posts] == ["1"]
    assert [miss.post_id for miss in answers[0].missed] == ["9"]
    assert host.chromium().pid == before
    assert read(host, "1").posts


def test_a_hung_chromium_is_replaced(host: HostProcess, site: TinySite) -> None:
    """A stopped Chromium answers nothing, not even a request to close: it is killed and started anew."""
    assert site.url
    before = host.chromium()
    before.send_signal(signal.SIGSTOP)
    with pytest.raises(TransientFailure):
        host.run(ReadProfile(handle=HANDLE), 1.5)
    until(lambda: gone([before]), "the hung Chromium is gone")
    ready(host)
    assert read(host, "1").posts


def test_a_killed_driver_is_replaced(host: HostProcess, site: TinySite) -> None:
    """Playwright's driver is a process of its own; its death is noticed without any operation."""
    assert site.url
    below = host.below()
    host.driver().kill()
    until(lambda: gone(below), "the driver and its Chromium are gone")
    ready(host)
    assert read(host, "1").posts


# --- start and end ----------------------------------------------------------------------------------------
def test_a_terminated_host_ends_before_its_operations_do_and_leaves_nothing(site: TinySite, tmp_path: Path) -> None:
    """Operations in flight are answered, Chromium is closed, and no temporary folder stays."""
    site.slow = {"9"}
    with browser_host(tmp_path, site.url, extra={"TMPDIR": str(tmp_path)}) as own:
        ready(own)
        below = own.below()
        failures: list[ProductError] = []
        thread = threading.Thread(
            target=lambda: failures.append(failure_of(lambda: read(own, "9", seconds=LONGEST_SECONDS)))
        )
        thread.start()
        assert site.waiting.wait(PATIENCE)
        own.process.terminate()
        assert own.process.wait(PATIENCE) == 0
        thread.join()
        assert (failures[0].kind, failures[0].code) == (FailureKind.TRANSIENT, "browser_host_stopping")
        until(lambda: gone(below), "every process is gone")
        assert list(tmp_path.glob("xbot-browser-*")) == []


def test_a_killed_host_leaves_no_chromium(site: TinySite, tmp_path: Path) -> None:
    """SIGKILL lets nobody tidy up; Chromium must notice by itself. The next host removes the folder."""
    with browser_host(tmp_path, site.url, extra={"TMPDIR": str(tmp_path)}) as own:
        ready(own)
        below = own.below()
        own.process.kill()
        own.process.wait()
        until(lambda: gone(below), "every process is gone")
    with browser_host(tmp_path, site.url, extra={"TMPDIR": str(tmp_path)}) as next_one:
        ready(next_one)
        assert len(list(tmp_path.glob("xbot-browser-*"))) == 1


def test_a_chromium_that_does_not_start_makes_the_host_degraded_not_dead(site: TinySite, tmp_path: Path) -> None:
    """Health says why with 503, operations are refused as transient, and it goes on trying."""
    broken = tmp_path / "chromium"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho no way >&2\nexit 1\n', encoding="utf-8")
    broken.chmod(0o755)
    with browser_host(
        tmp_path, site.url, extra={"XBOT_BROWSER_PATH": str(broken), "XBOT_BROWSER_START_ATTEMPTS": "1"}
    ) as own:
        until(lambda: own.health().json().get("degraded") is True, "the host is degraded")
        assert own.health().status_code == 503
        assert "Chromium" in own.health().json()["reason"]
        assert own.process.poll() is None
        with pytest.raises(TransientFailure) as caught:
            own.run(CheckSession())
        assert caught.value.code == "browser_down"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"XBOT_BROWSER_PATH": "/nonexistent"}, "XBOT_BROWSER_PATH"),
        ({"XBOT_BROWSER_TOKEN": ""}, "XBOT_BROWSER_TOKEN"),
        ({"XBOT_SANDBOX_TOKEN": ""}, "session"),
    ],
)
def test_a_host_that_cannot_work_says_why_and_exits(
    site: TinySite, tmp_path: Path, extra: dict[str, str], words: str
) -> None:
    """One sentence, a non-zero exit, no trace."""
    with browser_host(tmp_path, site.url, extra=extra) as own:
        assert own.process.wait(PATIENCE) != 0
    assert words in own.log
    assert "Traceback" not in own.log


def test_no_token_and_no_session_is_ever_logged(host: HostProcess, site: TinySite) -> None:
    """After all that has gone wrong above, the log holds neither."""
    assert site.sessions
    assert TOKEN not in host.log
    assert "auth_token" not in host.log


@pytest.mark.skipif(os.geteuid() != 0, reason="dropping privileges needs root")
def test_chromium_does_not_run_as_root(site: TinySite, tmp_path: Path) -> None:
    """The host keeps root; Chromium and everything below it is an ordinary user in a profile of its own."""
    nobody = pwd.getpwnam("nobody")
    with browser_host(tmp_path, site.url, arguments=("--run-as", f"{nobody.pw_uid}:{nobody.pw_gid}")) as own:
        ready(own)
        assert f"as user {nobody.pw_uid}" in own.health().json()["confinement"]
        assert read(own, "1").posts
        assert own.driver().uids().real == 0
        assert {process.uids().real for process in (own.chromium(), *own.renderers())} == {nobody.pw_uid}
