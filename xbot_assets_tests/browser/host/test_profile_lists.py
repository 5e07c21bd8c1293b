"""The lists of a profile as X has kept them before and since August 2026, and accounts that it does not show."""

from collections.abc import Callable

import pytest

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets.x.account_state import ACCOUNT_TROUBLE
from xbot_assets.x.answers import OwnTimelineRead
from xbot_assets.x.operations import Publish, ReadOwnTimeline, ReadPosts, ReadProfile
from xbot_assets_tests.browser.host_rig import HANDLE, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

ORIGINAL, REPLY = PostKind.ORIGINAL, PostKind.REPLY
STRANGER = "marta_bytes"
"""Somebody of the sandbox's world."""


@pytest.fixture
def thread(host: HostProcess, sandbox: Sandbox, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Publish a post, an answer to it and one to that; return their ids."""
    assert sandbox.url
    ids: list[str] = []
    for number in range(3):
        text = f"{number} of {request.node.name}"
        done = host.run(Publish(text=text, in_reply_to=ids[-1] if ids else None))
        ids.append(done.post_id or "")
    first, second, third = ids
    return first, second, third


def _lists(read: OwnTimelineRead) -> list[set[PostKind]]:
    return [set(held.kinds) for held in read.lists]


@pytest.mark.parametrize("names", ["known", "new"])
@pytest.mark.parametrize(
    ("tabs", "lists"), [("joined", [{ORIGINAL, REPLY}]), ("split", [{REPLY}, {ORIGINAL}])], ids=["joined", "split"]
)
def test_originals_and_replies_are_both_read_in_either_way_and_by_any_name(
    host: HostProcess, sandbox: Sandbox, thread: tuple[str, str, str], tabs: str, lists: list[set[PostKind]], names: str
) -> None:
    """What each answers is told by X's data; a list by a name that nobody knows is read by its shape."""
    sandbox.faults(tabs=tabs, list_names=names)
    read = host.run(ReadOwnTimeline(limit=40))
    first, second, third = thread
    told = {post.post_id: (post.kind, post.in_reply_to) for post in read.posts}
    assert _lists(read) == lists
    assert (told[first], told[second], told[third]) == ((ORIGINAL, None), (REPLY, first), (REPLY, second))
    assert all(held.complete for held in read.lists)
    holding = [held for held in read.lists if first in [post.post_id for post in held.posts]]
    assert all(ORIGINAL in held.kinds for held in holding)


def test_an_unknown_list_is_reported_once(host: HostProcess, sandbox: Sandbox) -> None:
    """In the host's log, for whoever updates this program."""
    for _ in range(2):
        sandbox.faults(list_names="new", tabs="split")
        host.run(ReadOwnTimeline(limit=5))
    assert host.log.count("the name UserRepliesTimelineNext") == 1


def test_posts_alone_are_one_list_in_either_way(host: HostProcess, sandbox: Sandbox) -> None:
    """Without replies the first tab is enough."""
    for tabs in ("joined", "split"):
        sandbox.faults(tabs=tabs)
        assert _lists(host.run(ReadOwnTimeline(limit=5, with_replies=False))) == [{ORIGINAL}]


def test_a_list_that_holds_people_to_follow_and_no_post_is_empty(host: HostProcess, sandbox: Sandbox) -> None:
    """So looks the list of replies of an account that never answered anything."""
    sandbox.control("POST", "reset", {"seed": 1})
    sandbox.faults(tabs="split")
    only = host.run(Publish(text="The only one."))
    replies, originals = host.run(ReadOwnTimeline(limit=40)).lists
    assert replies.complete
    assert replies.posts == ()
    assert replies.kinds == {REPLY}
    assert [post.post_id for post in originals.posts] == [only.post_id]


# --- accounts that are not shown --------------------------------------------------------------------------
def _code(work: Callable[[], object]) -> str:
    with pytest.raises(ProductError) as caught:
        work()
    assert caught.value.remedy
    return str(caught.value.code)


@pytest.mark.parametrize("shape", ["2024", "2025", "2026"])
@pytest.mark.parametrize(("shown", "code"), [("missing", "no_account"), ("suspended", "account_suspended")])
def test_a_profile_that_is_not_shown_is_a_typed_failure_that_is_not_about_us(
    host: HostProcess, sandbox: Sandbox, shown: str, code: str, shape: str
) -> None:
    """X answers with error 63 about somebody else; our own account goes on."""
    sandbox.faults(account_shown=shown, user_shape=shape)
    assert _code(lambda: host.run(ReadProfile(handle=STRANGER))) == code
    assert code not in ACCOUNT_TROUBLE
    assert host.run(ReadProfile(handle=HANDLE)).hidden is None


@pytest.mark.parametrize("shape", ["2024", "2025", "2026"])
@pytest.mark.parametrize(("shown", "code"), [("protected", "account_protected"), ("blocked", "account_blocked")])
def test_an_account_that_hides_its_posts_shows_its_numbers_and_says_so(
    host: HostProcess, sandbox: Sandbox, shown: str, code: str, shape: str
) -> None:
    """The head of its page is there; that there are no posts below it is no fact about them."""
    sandbox.faults(account_shown=shown, user_shape=shape)
    profile = host.run(ReadProfile(handle=STRANGER))
    assert (str(profile.hidden), profile.exact) == (code, True)
    assert profile.posts
    sandbox.faults()
    assert host.run(ReadProfile(handle=STRANGER)).hidden is None


@pytest.mark.parametrize(
    ("shown", "code"), [("missing", "no_account"), ("suspended", "suspended"), ("blocked", "timeline_failed")]
)
def test_our_own_account_that_is_not_shown_is_never_one_without_posts(
    host: HostProcess, sandbox: Sandbox, thread: tuple[str, str, str], shown: str, code: str
) -> None:
    """Else every post of ours would be taken for removed. Nobody blocks himself: such a page could not be read."""
    assert thread
    for tabs in ("joined", "split"):
        sandbox.faults(account_shown=shown, ours_unshown=True, tabs=tabs)
        assert _code(lambda: host.run(ReadOwnTimeline())) == code


def test_our_own_protected_posts_are_read(host: HostProcess, sandbox: Sandbox, thread: tuple[str, str, str]) -> None:
    """Only others do not see them."""
    sandbox.faults(account_shown="protected", ours_unshown=True)
    assert set(thread) <= {post.post_id for post in host.run(ReadOwnTimeline(limit=40)).posts}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("missing", "no longer exists"),
        ("suspended", "suspended account"),
        ("protected", "limits who can view"),
        ("blocked", "blocked"),
    ],
)
def test_a_post_by_an_account_that_is_not_shown_is_missed_with_x_s_own_words(
    host: HostProcess, sandbox: Sandbox, shown: str, words: str
) -> None:
    """It is not taken for gone, unless its author is."""
    user_id = sandbox.graphql("UserByScreenName", screen_name=STRANGER)["data"]["user"]["result"]["rest_id"]
    listed = sandbox.graphql("UserTweets", userId=user_id)
    entries = listed["data"]["user"]["result"]["timeline"]["timeline"]["instructions"][-1]["entries"]
    post_id = next(name.removeprefix("tweet-") for entry in entries if (name := entry["entryId"]).startswith("tweet-"))
    sandbox.faults(account_shown=shown)
    (missed,) = host.run(ReadPosts(post_ids=(post_id,), handle=STRANGER)).missed
    assert missed.why == ("gone" if shown == "missing" else "unread")
    assert words in missed.reason
