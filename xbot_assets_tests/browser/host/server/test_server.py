"""The real host with a real Chromium against a tiny site: slots, deadlines, and the one click."""

import threading

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
from xbot_assets.x.operations import CheckSession, ReadProfile
from xbot_assets_tests.browser.host.server.server_rig import publish, read
from xbot_assets_tests.browser.host_rig import HANDLE, TOKEN, HostProcess
from xbot_assets_tests.browser.tiny_site import TinySite


def test_a_published_post_has_the_id_of_xs_own_answer(host: HostProcess, site: TinySite) -> None:
    """One click, one request, and the witness is the id in its answer."""
    done = publish(host, "two\nlines & <b>bold</b> 🦊")
    assert (done.post_id, done.permalink) == ("777", f"/{HANDLE}/status/777")
    assert done.typed_text == "two\nlines & <b>bold</b> 🦊"
    assert len(site.created) == 1


def test_shadow_publishing_does_everything_but_the_click(host: HostProcess, site: TinySite) -> None:
    """The text is typed and read back; X hears nothing."""
    done = publish(host, submit=False)
    assert (done.post_id, done.permalink, done.typed_text) == (None, None, "hello")
    assert site.created == []


def test_a_text_that_the_editor_changed_is_not_posted(host: HostProcess, site: TinySite) -> None:
    """What is in the editor must be what was asked for."""
    site.mangle = True
    with pytest.raises(PermanentFailure) as caught:
        publish(host)
    assert caught.value.code == "typed_text_differs"
    assert site.created == []


def test_a_disabled_button_is_not_clicked(host: HostProcess, site: TinySite) -> None:
    """A text that fits may wait for a better moment; one that does not is refused for good."""
    site.disabled = True
    for text, code in (("hello", "post_button_late"), ("x" * 300, "post_button_disabled")):
        for seconds in growing(6):
            with pytest.raises(ProductError) as caught:
                publish(host, text, seconds=seconds)
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
        publish(host)
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert len(site.created) == 1


def test_no_answer_before_the_deadline_leaves_the_outcome_unknown(host: HostProcess, site: TinySite) -> None:
    """The click was made; the deadline does not make it undone."""
    site.create = "hang"
    for seconds in growing(3):
        with pytest.raises(ProductError) as caught:
            publish(host, seconds=seconds)
        if site.created:  # else the time was over before the click
            break
    assert (caught.value.kind, caught.value.code) == (FailureKind.UNKNOWN, "deadline")


# --- reading ----------------------------------------------------------------------------------------------
def test_a_batch_says_of_every_post_whether_it_was_read(host: HostProcess, site: TinySite) -> None:
    """Gone is X's answer; what hangs is unread for want of time; the rest is read."""
    site.gone, site.slow = {"2"}, {"4", "5"}
    for seconds in growing(4):
        done = read(host, "1", "2", "3", "4", "5", seconds=seconds)
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
    read(host, "1")
    before = site.sessions
    for _ in range(3):
        read(host, "1")
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
        return read(host, "9", seconds=PATIENCE).posts[0].post_id or ""
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
