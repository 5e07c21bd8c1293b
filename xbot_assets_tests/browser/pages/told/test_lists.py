"""What X's answers tell of a profile's lists, whatever the lists are called."""

import json
import logging
from typing import Any

import pytest

from xbot_assets.browser.pages.told.lists import HOLDS, HeardList, Tab, told_list
from xbot_assets.browser.pages.told.timelines import timeline
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets_tests.browser.pages.saved_pages import folder

ORIGINAL, REPLY = PostKind.ORIGINAL, PostKind.REPLY
BOTTOM = {"entryId": "cursor-bottom", "content": {"cursorType": "Bottom", "value": "x"}}


def post(number: str, **legacy: object) -> dict[str, Any]:
    """Build the content of a post."""
    result = {"__typename": "Tweet", "rest_id": number, "legacy": {"conversation_id_str": number} | legacy}
    return {"itemType": "TimelineTweet", "tweet_results": {"result": result}}


def answering(number: str, to: str) -> dict[str, Any]:
    """Build the content of an answer."""
    return post(number, in_reply_to_status_id_str=to, conversation_id_str=to)


def alone(content: dict[str, Any]) -> dict[str, Any]:
    """Build an entry of its own."""
    return {"entryId": "tweet", "content": {"itemContent": content}}


def together(*contents: dict[str, Any]) -> dict[str, Any]:
    """Build an entry of posts that belong together."""
    return {"entryId": "c", "content": {"items": [{"item": {"itemContent": content}} for content in contents]}}


def page(*entries: dict[str, Any], at: tuple[str, ...] = ("user", "result", "timeline", "timeline")) -> dict[str, Any]:
    """Build the answer of a list at a path."""
    body: dict[str, Any] = {"instructions": [{"type": "TimelineAddEntries", "entries": [*entries, BOTTOM]}]}
    for step in reversed(at):
        body = {step: body}
    return {"data": body}


def heard(tab: Tab, **pages: dict[str, Any]) -> HeardList:
    """Hear answers by their names."""
    heard_list = HeardList(tab)
    for name, body in pages.items():
        heard_list.hear(Answer(name, {}, body))
    return heard_list


@pytest.mark.parametrize(
    "name", ["UserRepliesTimeline", "UserTweetsAndReplies", "SearchTimeline", "SomethingOfTomorrow"]
)
def test_what_a_post_answers_comes_from_the_data_whatever_the_operation_is_called(name: str) -> None:
    """Also below a path that nobody has seen yet."""
    for at in (("user", "result", "timeline", "timeline"), ("viewer_v9", "everything", "of_tomorrow")):
        told = heard(Tab.REPLIES, **{name: page(together(post("1"), answering("2", "1")), alone(post("3")), at=at)})
        answered = told.of("2")
        assert answered is not None
        assert (answered.answers, answered.kind) == ("1", REPLY)
        assert told.of("3") is not None
        assert told.of("4") is None


@pytest.mark.parametrize(
    "legacy",
    [
        {"conversation_id_str": "1"},
        {"in_reply_to_user_id_str": "5"},
        {"in_reply_to_screen_name": "ann"},
        {"in_reply_to_status_id_str": 17},
    ],
)
def test_a_post_that_half_looks_like_an_answer_is_of_no_known_kind(legacy: dict[str, object]) -> None:
    """What is not told is not guessed."""
    told = heard(Tab.POSTS, UserTweets=page(alone(post("9", **legacy)))).of("9")
    assert told is not None
    assert (told.kind, told.answers) == (None, None)


def test_every_list_of_a_known_name_holds_what_it_is_known_for() -> None:
    """Also when it is empty; of the list of reposts nothing follows."""
    for name, kinds in HOLDS.items():
        for body in (page(), page(alone(post("1")))):
            told = heard(Tab.REPLIES, **{name: body})
            assert told.answered
            assert told.kinds({"1"}) == kinds


def test_a_list_of_an_unknown_name_holds_the_kinds_that_it_shows_in_their_own_right() -> None:
    """An original above an answer is there because of the answer; a list on the tab of posts never proves answers."""
    pair, single = together(post("1"), answering("2", "1")), alone(post("3"))
    shown = {"1", "2", "3"}
    assert heard(Tab.REPLIES, New=page(pair)).kinds(shown) == {REPLY}
    assert heard(Tab.REPLIES, New=page(pair, single)).kinds(shown) == {REPLY, ORIGINAL}
    assert heard(Tab.REPLIES, New=page(pair, single)).kinds({"1", "2"}) == {REPLY}, "somebody else's original"
    assert heard(Tab.POSTS, New=page(pair, single)).kinds(shown) == {ORIGINAL}
    assert heard(Tab.POSTS, New=page()).kinds(set()) == set()
    assert heard(Tab.POSTS).kinds(shown) == set()


def test_of_two_lists_that_a_page_asks_for_the_one_that_it_shows_counts() -> None:
    """A page may load the list of another tab beforehand; where that is not clear, nothing is concluded."""
    replies, originals = page(together(answering("2", "1"))), page(alone(post("3")))
    told = heard(Tab.REPLIES, UserRepliesTimeline=replies, UserOriginalsTimeline=originals)
    assert told.kinds({"2"}) == {REPLY}
    assert told.kinds(set()) == set()


def test_lists_beside_a_profile_s_own_are_not_taken_for_it() -> None:
    """The side column has one too; what it says of posts is true all the same."""
    trends = page({"entryId": "trend", "content": {"itemContent": {"itemType": "TimelineTrend"}}})
    told = heard(Tab.POSTS, ExploreSidebar=page(), HomeTimeline=page(alone(post("3"))), TrendsOfTomorrow=trends)
    assert not told.answered
    assert told.of("3") is not None
    assert heard(Tab.SEARCH, SearchTimeline=page()).answered
    assert not heard(Tab.SEARCH, UserTweets=page()).answered


def test_an_unknown_name_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """Once a process, not once a page."""
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            heard(Tab.POSTS, UserPostsSeenForTheFirstTime=page(alone(post("1"))), UserTweets=page())
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "X answers a list by the name UserPostsSeenForTheFirstTime"
    ]


def test_the_end_of_a_list_is_a_page_with_cursors_only() -> None:
    """A page with people to follow is none."""
    people = {
        "entryId": "who-to-follow",
        "content": {"items": [{"item": {"itemContent": {"itemType": "TimelineUser"}}}]},
    }
    assert heard(Tab.POSTS, UserTweets=page()).ends
    assert not heard(Tab.POSTS, UserTweets=page(people)).ends
    assert not heard(Tab.POSTS, UserTweets=page(alone(post("1")))).ends


def test_a_list_that_x_terminates_has_ended() -> None:
    """Also when there are posts in the same answer; of its upper end nothing follows."""
    for direction, ends in (("Bottom", True), ("TopAndBottom", True), ("Top", False)):
        body = page(alone(post("1")))
        instructions = body["data"]["user"]["result"]["timeline"]["timeline"]["instructions"]
        instructions.append({"type": "TimelineTerminateTimeline", "direction": direction})
        assert heard(Tab.POSTS, UserTweets=body).ends is ends


@pytest.mark.parametrize(
    "result",
    [
        post("1")["tweet_results"]["result"],
        {"__typename": "TweetWithVisibilityResults", "tweet": post("1")["tweet_results"]["result"]},
        {"tweet": post("1")["tweet_results"]["result"], "limitedActionResults": {}},
    ],
)
@pytest.mark.parametrize("name", ["tweet_results", "tweet_result", "tweetResult"])
@pytest.mark.parametrize("kind", ["type", "__typename"])
def test_a_post_is_read_in_whatever_its_entry_wraps_it(result: dict[str, Any], name: str, kind: str) -> None:
    """Known and unknown wrappings, in entries, modules, pins and replacements, beside entries that are none."""
    content = {name: {"result": result}}
    item = {"entryId": "i", "item": {"itemContent": content}}
    for instruction in (
        {"entries": [None, {"content": None}, {"content": {"items": None}}, alone(content)]},
        {"entries": [{"content": {"items": [None, item]}}]},
        {"entry": alone(content)},
        {"moduleItems": [item]},
    ):
        body = {"data": {"of_tomorrow": [{"instructions": [{kind: "TimelineSomething", **instruction}]}]}}
        told = told_list(body)
        assert told is not None
        assert [(one.post_id, one.kind) for one in told.posts] == [("1", ORIGINAL)]
        assert [item.post.post_id for item in timeline(body) if item.post] == ["1"]


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        {"__typename": "TweetTombstone", "tombstone": {"text": {"text": "gone"}}},
        {"__typename": "TweetUnavailable"},
        {"tweet": None},
        {"rest_id": "1", "legacy": None},
    ],
)
def test_what_is_no_post_is_passed_over(result: object) -> None:
    """Tombstones and posts that X does not show."""
    body = page(alone({"tweet_results": {"result": result}}), alone(post("2")))
    assert heard(Tab.POSTS, UserTweets=body).kinds({"2"}) == {ORIGINAL}
    assert [item.post.post_id for item in timeline(body) if item.post] == ["2"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"data": None},
        {"data": {"instructions": "none"}},
        {"data": {"user": {"result": {"timeline": {"timeline": {}}}}}},
        {"data": {"user": {"result": {"timeline": {"timeline": {"instructions": []}}}}}},
        {"data": {"user": {"result": {"__typename": "UserUnavailable"}}}},
    ],
)
def test_an_answer_without_timeline_instructions_is_no_list(body: object) -> None:
    """An account that hides its posts answers so; that is no empty list."""
    assert told_list(body) is None
    assert not heard(Tab.POSTS, UserTweets=body).answered  # type: ignore[arg-type]


def test_entries_of_a_shape_that_nobody_knows_are_passed_over() -> None:
    """One odd entry does not cost the others."""
    odd: list[Any] = [None, "entry", {"content": None}, {"content": {"items": [None, {"item": 7}]}}, {"content": 3}]
    odd += [alone({"tweet_results": {"result": {"rest_id": 7, "legacy": {}}}}), alone({"tweet_results": None})]
    told = heard(Tab.POSTS, UserTweets=page(*odd, alone(post("1"))))
    assert told.kinds({"1"}) == {ORIGINAL}


def test_the_lists_of_september_2026_are_read_from_real_shapes() -> None:
    """Originals only, and replies with their parents; the newest original is in the first list alone."""
    pages = folder().with_name("x_pages_2026")
    bodies = {
        name: json.loads((pages / f"json_{name}_shape_20260914.json").read_text("utf-8"))
        for name in ("UserOriginalsTimeline", "UserRepliesTimeline")
    }
    newest, second, third = "2099603832846393389", "2099594030929842403", "2099594032628576747"
    posts = heard(Tab.POSTS, UserOriginalsTimeline=bodies["UserOriginalsTimeline"])
    answers = heard(Tab.REPLIES, UserRepliesTimeline=bodies["UserRepliesTimeline"])
    first = posts.of(newest)
    assert first is not None
    assert first.kind is ORIGINAL
    assert posts.kinds({newest}) == {ORIGINAL}
    assert answers.of(newest) is None
    told = {number: reading.answers for number in (second, third) if (reading := answers.of(number))}
    assert told == {second: "2099594029348634934", third: second}
    assert answers.kinds({second, third}) == {REPLY}
    unnamed = heard(Tab.REPLIES, RepliesOfTomorrow=bodies["UserRepliesTimeline"])
    assert unnamed.kinds({second, third}) == {REPLY}
