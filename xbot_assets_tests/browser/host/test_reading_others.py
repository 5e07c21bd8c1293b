"""What others do, read through real Chromium: search, notifications, answers below a post, somebody's timeline."""

from collections.abc import Callable
from typing import Any

import pytest

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.x.operations import Publish, ReadNotifications, ReadReplies, ReadTimeline, Search
from xbot_assets.x.search_query import SearchQuery
from xbot_assets_tests.browser.host_rig import HANDLE, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

ANN, BOT, BLOCKED = "ann_asks", "beep_boop", "not_for_us"


@pytest.fixture
def plant(sandbox: Sandbox) -> Callable[..., str]:
    """Let somebody of the world write a post; return its id."""

    def post(handle: str, text: str, **more: Any) -> str:  # noqa: ANN401 - JSON
        return str(sandbox.control("POST", "posts", {"handle": handle, "text": text, **more})["id"])

    return post


@pytest.fixture
def own(host: HostProcess, sandbox: Sandbox, request: pytest.FixtureRequest) -> str:
    """Publish a post of ours and return its id."""
    assert sandbox.url
    return host.run(Publish(text=f"Of {request.node.name}")).post_id or ""


def test_notifications_tell_who_answered_quoted_mentioned_liked_and_followed(
    host: HostProcess, sandbox: Sandbox, plant: Callable[..., str], own: str
) -> None:
    """Each post with what it answers and quotes; acts with whom, what and when; our own posts are not among them."""
    reply = plant(ANN, "And in winter?", in_reply_to=own)
    quote = plant(BOT, "Worth a look.", quoted_id=own, automated=True, sensitive=True)
    mention = plant(BLOCKED, f"Ask @{HANDLE.upper()}, they know.")
    sandbox.control("POST", "acts", {"kind": "blocked", "handle": BLOCKED, "by": HANDLE})
    sandbox.control("POST", "acts", {"kind": "like", "handle": ANN, "post_id": own, "age_seconds": 60})
    sandbox.control("POST", "acts", {"kind": "follow", "handle": ANN, "target": HANDLE})
    read = host.run(ReadNotifications())
    posts = {post.post_id: post for post in read.posts}
    assert HANDLE not in {post.handle for post in read.posts}
    assert (posts[reply].in_reply_to, posts[reply].in_reply_to_handle) == (own, HANDLE)
    assert posts[reply].conversation_id == own
    assert [box.handle for box in posts[quote].quoted] == [HANDLE]
    assert (posts[quote].sensitive, posts[reply].sensitive) == (True, False)
    assert (posts[quote].author.labelled_automated, posts[reply].author.labelled_automated) == (True, False)
    assert (posts[mention].author.blocked, posts[reply].author.blocked) == (True, False)
    acts = {(act.kind, act.handle, act.post_id) for act in read.acts}
    assert {("like", ANN, own), ("follow", ANN, None)} <= acts
    assert all(act.acted_at is not None and act.acted_at <= system_now() for act in read.acts)


def test_mentions_alone_have_no_acts(host: HostProcess, sandbox: Sandbox, plant: Callable[..., str], own: str) -> None:
    """The second tab of the page."""
    reply = plant(ANN, "Does it keep?", in_reply_to=own)
    sandbox.control("POST", "acts", {"kind": "like", "handle": ANN, "post_id": own})
    read = host.run(ReadNotifications(mentions_only=True))
    assert (reply in {post.post_id for post in read.posts}, read.acts) == (True, ())


def test_what_stands_below_a_post_is_read_and_what_stands_above_or_beside_is_not(
    host: HostProcess, plant: Callable[..., str]
) -> None:
    """A conversation of three levels: neither the parent nor "Discover more" nor an ad is an answer."""
    root = plant(ANN, "Which tree is this?", age_seconds=300)
    middle = plant(BOT, "A lime, I think.", in_reply_to=root, age_seconds=200)
    last = plant(ANN, "It has no such leaves.", in_reply_to=middle, age_seconds=100)
    below_root = {post.post_id: post.in_reply_to for post in host.run(ReadReplies(post_id=root)).posts}
    below_middle = {post.post_id: post.in_reply_to for post in host.run(ReadReplies(post_id=middle)).posts}
    assert below_root == {middle: root, last: middle}
    assert below_middle == {last: middle}


def test_the_answers_to_a_post_that_is_gone_are_a_failure_not_an_empty_list(
    host: HostProcess, sandbox: Sandbox, plant: Callable[..., str]
) -> None:
    """Nothing below it and no post at all are different answers."""
    post = plant(ANN, "Gone in a moment.")
    sandbox.control("POST", "removals", {"post_id": post})
    with pytest.raises(PermanentFailure) as caught:
        host.run(ReadReplies(post_id=post))
    assert caught.value.code == "gone"


@pytest.mark.parametrize("tabs", ["joined", "split"])
def test_a_timeline_is_read_newest_first_in_either_layout(
    host: HostProcess, sandbox: Sandbox, plant: Callable[..., str], tabs: str
) -> None:
    """Originals alone, or with what the account answered; nobody else's posts are among them."""
    sandbox.faults(tabs=tabs)
    handle = f"writer_{tabs}"
    old = plant(handle, "The first frost came early.", age_seconds=500)
    answer = plant(handle, "Here too.", in_reply_to=plant(ANN, "Frost!", age_seconds=450), age_seconds=400)
    new = plant(handle, "The second frost came late.", age_seconds=300)
    originals = [post.post_id for post in host.run(ReadTimeline(handle=handle)).posts]
    everything = [post.post_id for post in host.run(ReadTimeline(handle=handle, with_replies=True)).posts]
    assert originals == [new, old]
    assert everything == [new, answer, old]


def test_a_search_with_operators_finds_what_they_say(host: HostProcess, plant: Callable[..., str]) -> None:
    """Language, author, answers and age each leave out what they should."""
    wanted = plant("quince_anna", "Quinces need patience.", age_seconds=600)
    plant("quince_anna", "Quinces were cheaper.", age_seconds=7200)
    plant("quince_anna", "Quitten brauchen Geduld.", lang="de")
    plant("quince_anna", "Quinces, yes.", in_reply_to=wanted)
    plant("somebody_else", "Quinces are hard.")
    since = system_now().replace(microsecond=0)
    query = SearchQuery(
        any_of=("quinces", "quitten"),
        from_handle="quince_anna",
        language="en",
        originals=True,
        since=since.fromtimestamp(since.timestamp() - 3600, since.tzinfo),
    )
    posts = host.run(Search(query=query.text)).posts
    assert [post.post_id for post in posts if not post.promoted] == [wanted]
