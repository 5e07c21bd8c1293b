"""The real host with a real Chromium against a tiny site: slots, deadlines, crashes, and the one click."""

import os
import pwd
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from xbot_assets.domain.failures import (
    FailureKind,
    PermanentFailure,
    ProductError,
    TransientFailure,
)
from xbot_assets.testing.patience import PATIENCE, growing, until
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.answers import PostsRead, Published
from xbot_assets.x.operations import CheckSession, Publish, ReadPosts, ReadProfile
from xbot_assets_tests.browser.host_rig import HANDLE, OPERATION_SECONDS, TOKEN, HostProcess, browser_host, gone, ready
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

LONGEST_SECONDS = 600.0
"""The longest deadline that the host takes; no test waits for it."""
WITNESS = (200, {"data": {"create_tweet": {"tweet_results": {"result": {"rest_id": "777"}}}}})


@pytest.fixture(scope="module")
def shared_site() -> Iterator[TinySite]:
    """Serve one site for the module."""
    with tiny_site() as site:
        yield site


@pytest.fixture(scope="module")
def host(shared_site: TinySite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """Run one host for the module; every test leaves it working."""
    with browser_host(tmp_path_factory.mktemp("home"), shared_site.url) as running:
        ready(running)
        yield running


@pytest.fixture
def site(shared_site: TinySite) -> TinySite:
    """Return the site in its plain state."""
    shared_site.create, shared_site.state = WITNESS, "logged_in"
    shared_site.gone, shared_site.slow = set(), set()
    shared_site.mangle = shared_site.disabled = False
    shared_site.created.clear()
    shared_site.waiting.clear()
    return shared_site


def _publish(
    host: HostProcess, text: str = "hello", seconds: float = OPERATION_SECONDS, *, submit: bool = True
) -> Published:
    return host.run(Publish(text=text, submit=submit), seconds)


def _read(host: HostProcess, *ids: str, seconds: float = OPERATION_SECONDS) -> PostsRead:
    return host.run(ReadPosts(post_ids=ids, handle=HANDLE), seconds)


# --- the one click ----------------------------------------------------------------------------------------
def test_a_published_post_has_the_id_of_xs_own_answer(host: HostProcess, site: TinySite) -> None:
    """One click, one request, and the witness is the id in its answer."""
    done = _publish(host, "two\nlines & <b>bold</b> 🦊")
    assert (done.post_id, done.permalink) == ("777", f"/{HANDLE}/status/777")
    assert done.typed_text == "two\nlines & <b>bold</b> 🦊"
    assert len(site.created) == 1


def test_shadow_publishing_does_everything_but_the_click(host: HostProcess, site: TinySite) -> None:
    """The text is typed and read back; X hears nothing."""
    done = _publish(host, submit=False)
    assert (done.post_id, done.permalink, done.typed_text) == (None, None, "hello")
    assert site.created == []


def test_a_text_that_the_editor_changed_is_not_posted(host: HostProcess, site: TinySite) -> None:
    """What is in the editor must be what was asked for."""
    site.mangle = True
    with pytest.raises(PermanentFailure) as caught:
        _publish(host)
    assert caught.value.code == "typed_text_differs"
    assert site.created == []


def test_a_disabled_button_is_not_clicked(host: HostProcess, site: TinySite) -> None:
    """A text that fits may wait for a better moment; one that does not is refused for good."""
    site.disabled = True
    for text, code in (("hello", "post_button_late"), ("x" * 300, "post_button_disabled")):
        for seconds in growing(6):
            with pytest.raises(ProductError) as caught:
                _publish(host, text, seconds=seconds)
            if caught.value.code == code:  # else the time was over before the button was there
                break
    assert site.created == []


@pytest.mark.parametrize(
    ("create", "kind", "code"),
    [
        ((200, {"errors": [{"code": 226}], "data": {}}), FailureKind.PERMANENT, "looks_automated"),
        ((200, {"errors": [{"code": 344}], "data": {}}), FailureKind.BUDGET, "daily_limit"),
        ((200, {"errors": [{"code": 187}], "data": {}}), FailureKind.UNKNOWN, "duplicate"),
        ((200, {"data": {}}), FailureKind.UNKNOWN, "no_witness"),
        ((500, {}), FailureKind.UNKNOWN, "no_witness"),
        (None, FailureKind.UNKNOWN, "no_witness"),
    ],
)
def test_an_answer_without_an_id_is_a_typed_failure(
    host: HostProcess, site: TinySite, create: tuple[int, object] | None, kind: FailureKind, code: str
) -> None:
    """A refusal is a failure even with status 200; silence after the click is an unknown outcome."""
    site.create = create
    with pytest.raises(ProductError) as caught:
        _publish(host)
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert len(site.created) == 1


def test_no_answer_before_the_deadline_leaves_the_outcome_unknown(host: HostProcess, site: TinySite) -> None:
    """The click was made; the deadline does not make it undone."""
    site.create = "hang"
    for seconds in growing(3):
        with pytest.raises(ProductError) as caught:
            _publish(host, seconds=seconds)
        if site.created:  # else the time was over before the click
            break
    assert (caught.value.kind, caught.value.code) == (FailureKind.UNKNOWN, "deadline")


# --- reading ----------------------------------------------------------------------------------------------
def test_a_batch_says_of_every_post_whether_it_was_read(host: HostProcess, site: TinySite) -> None:
    """Gone is X's answer; what hangs is unread for want of time; the rest is read."""
    site.gone, site.slow = {"2"}, {"4", "5"}
    for seconds in growing(4):
        done = _read(host, "1", "2", "3", "4", "5", seconds=seconds)
        if len(done.posts) == 2:  # else the time was over before they were read
            break
    assert [(post.post_id, post.counts.likes, post.counts.views) for post in done.posts] == [("1", 2, 30), ("3", 2, 30)]
    assert [(miss.post_id, miss.why) for miss in done.missed] == [("2", "gone"), ("4", "unread"), ("5", "unread")]


def test_a_locked_account_is_not_a_batch_of_missed_posts(host: HostProcess, site: TinySite) -> None:
    """When X shows no page at all, the whole operation fails with the account's state."""
    site.state = "locked"
    assert host.run(CheckSession()).state is AccountState.LOCKED
    with pytest.raises(PermanentFailure) as caught:
        host.run(ReadProfile(handle=HANDLE))
    assert caught.value.code == "locked"


def test_a_lost_session_is_renewed_when_it_is_checked(host: HostProcess, site: TinySite) -> None:
    """The source is asked for a new session and the page is looked at once more."""
    before = site.sessions
    site.state = "logged_out"
    assert host.run(CheckSession()).state is AccountState.LOGGED_OUT
    assert site.sessions > before
    site.state = "logged_in"
    checked = host.run(CheckSession())
    assert (checked.state, checked.handle) == ("logged_in", "owner")


def test_contexts_are_kept_between_operations(host: HostProcess, site: TinySite) -> None:
    """Operations that go well ask for no new session: the context is the one from before."""
    _read(host, "1")
    before = site.sessions
    for _ in range(3):
        _read(host, "1")
    assert site.sessions == before


# --- slots ------------------------------------------------------------------------------------------------
def test_a_fourth_operation_at_once_is_refused_and_three_are_carried_out(host: HostProcess, site: TinySite) -> None:
    """The host does not queue in secret, and being busy is not being unwell."""
    site.slow = {"9"}
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda: outcomes.append(_outcome(host))) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: outcomes == ["no_slot"] and host.health().json()["busy"] == 3, "one is refused, every slot is busy")
    assert host.health().json()["ok"] is True
    site.let_go_until(lambda: len(outcomes) == 4)
    for thread in threads:
        thread.join()
    assert outcomes == ["no_slot", "9", "9", "9"]
    assert host.health().json()["busy"] == 0


def _outcome(host: HostProcess) -> str:
    try:
        return _read(host, "9", seconds=PATIENCE).posts[0].post_id or ""
    except TransientFailure as failure:
        return failure.code


def test_a_call_without_the_token_or_of_another_form_is_refused(host: HostProcess) -> None:
    """Nothing on the machine may use the logged-in account by knowing the port alone."""
    call = {"operation": {"kind": "check_session"}, "lane": "low", "deadline_seconds": 5}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert httpx.post(f"{host.url}/operations", json=call, headers=headers, trust_env=False).status_code == 401
    good = {"Authorization": f"Bearer {TOKEN}"}
    bad = httpx.post(f"{host.url}/operations", json=call | {"lane": "x"}, headers=good, trust_env=False)
    assert bad.status_code == 422
    assert bad.json()["problems"][0]["loc"] == ["lane"]
    huge = httpx.post(f"{host.url}/operations", content=b"x" * 200_000, headers=good, trust_env=False)
    assert huge.status_code == 422


# --- crashes ----------------------------------------------------------------------------------------------
def test_a_killed_chromium_is_replaced_and_a_read_may_be_tried_again(host: HostProcess, site: TinySite) -> None:
    """The operation in flight is answered as transient; the next one works."""
    site.slow = {"9"}
    failures: list[ProductError] = []
    thread = threading.Thread(target=lambda: failures.append(_failure(lambda: _read(host, "9"))))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    host.chromium().kill()
    thread.join()
    assert (failures[0].kind, failures[0].code) == (FailureKind.TRANSIENT, "browser_crashed")
    ready(host)
    assert _read(host, "1").posts[0].post_id == "1"


def test_a_chromium_killed_after_the_click_leaves_the_outcome_unknown(host: HostProcess, site: TinySite) -> None:
    """The request had left; nobody heard the answer."""
    site.create = "hang"
    failures: list[ProductError] = []
    thread = threading.Thread(target=lambda: failures.append(_failure(lambda: _publish(host))))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    host.chromium().kill()
    thread.join()
    assert (failures[0].kind, failures[0].code) == (FailureKind.UNKNOWN, "browser_crashed")
    ready(host)


def _failure(act: Callable[[], object]) -> ProductError:
    try:
        act()
    except ProductError as failure:
        return failure
    raise AssertionError


def test_a_killed_page_process_fails_one_operation_only(host: HostProcess, site: TinySite) -> None:
    """A page's crash is noticed long before the deadline, what was read before it is kept, and Chromium stays."""
    site.slow = {"9"}
    before = host.chromium().pid
    answers: list[PostsRead] = []
    thread = threading.Thread(target=lambda: answers.append(_read(host, "1", "9", seconds=LONGEST_SECONDS)))
    thread.start()
    assert site.waiting.wait(PATIENCE)
    for renderer in host.renderers():
        renderer.kill()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it waits for its deadline"
    assert [post.post_id for post in answers[0].posts] == ["1"]
    assert [miss.post_id for miss in answers[0].missed] == ["9"]
    assert host.chromium().pid == before
    assert _read(host, "1").posts


def test_a_hung_chromium_is_replaced(host: HostProcess, site: TinySite) -> None:
    """A stopped Chromium answers nothing, not even a request to close: it is killed and started anew."""
    assert site.url
    before = host.chromium()
    before.send_signal(signal.SIGSTOP)
    with pytest.raises(TransientFailure):
        host.run(ReadProfile(handle=HANDLE), 1.5)
    until(lambda: gone([before]), "the hung Chromium is gone")
    ready(host)
    assert _read(host, "1").posts


def test_a_killed_driver_is_replaced(host: HostProcess, site: TinySite) -> None:
    """Playwright's driver is a process of its own; its death is noticed without any operation."""
    assert site.url
    below = host.below()
    host.driver().kill()
    until(lambda: gone(below), "the driver and its Chromium are gone")
    ready(host)
    assert _read(host, "1").posts


# --- start and end ----------------------------------------------------------------------------------------
def test_a_terminated_host_ends_before_its_operations_do_and_leaves_nothing(site: TinySite, tmp_path: Path) -> None:
    """Operations in flight are answered, Chromium is closed, and no temporary folder stays."""
    site.slow = {"9"}
    with browser_host(tmp_path, site.url, extra={"TMPDIR": str(tmp_path)}) as own:
        ready(own)
        below = own.below()
        failures: list[ProductError] = []
        thread = threading.Thread(
            target=lambda: failures.append(_failure(lambda: _read(own, "9", seconds=LONGEST_SECONDS)))
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
        assert _read(own, "1").posts
        assert own.driver().uids().real == 0
        assert {process.uids().real for process in (own.chromium(), *own.renderers())} == {nobody.pw_uid}
