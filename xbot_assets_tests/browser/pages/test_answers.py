"""X's JSON: users in three shapes, posts in their wrappings, and refusals with their meaning."""

from datetime import UTC, datetime
from typing import Any

import pytest

from xbot_assets.browser.pages.refusals import RATE_WINDOW_SECONDS, publish_refusal, refusal_of
from xbot_assets.browser.pages.told.graphql import created_id, post_of, user_by_screen_name
from xbot_assets.browser.pages.told.timelines import timeline
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import FailureKind

MADE = "Sat Dec 14 04:35:55 +0000 2013"
OLD = {
    "followers_count": 7,
    "friends_count": 8,
    "statuses_count": 9,
    "description": "bio",
    "pinned_tweet_ids_str": ["5"],
}
SHAPES: dict[str, dict[str, Any]] = {
    "2024": {"legacy": OLD | {"screen_name": "ann", "name": "Ann", "created_at": MADE}},
    "2025": {"core": {"screen_name": "ann", "name": "Ann", "created_at": MADE}, "legacy": OLD},
    "2026": {
        "core": {"screen_name": "ann", "name": "Ann", "created_at": MADE},
        "relationship_counts": {"followers": 7, "following": 8},
        "tweet_counts": {"tweets": 9},
        "profile_bio": {"description": "bio"},
        "pinned_items": {"tweet_ids_str": ["5"]},
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_user_is_the_same_in_every_shape(shape: str) -> None:
    """X moved the fields in 2025 and again in 2026."""
    user = user_by_screen_name({"data": {"user": {"result": {"rest_id": "1"} | SHAPES[shape]}}})
    assert user is not None
    assert (user.handle, user.name, user.followers, user.following, user.posts) == ("ann", "Ann", 7, 8, 9)
    assert (user.bio, user.pinned) == ("bio", ("5",))
    assert user.created_at == datetime(2013, 12, 14, 4, 35, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "labelled"),
    [
        ({}, None),
        ({"affiliates_highlighted_label": {}}, False),
        ({"affiliates_highlighted_label": {"label": {"userLabelType": "AutomatedLabel"}}}, True),
        ({"identity_profile_labels_highlighted_label": {"label": {"user_label_type": "AutomatedLabel"}}}, True),
        ({"affiliates_highlighted_label": {"label": {"userLabelType": "BusinessLabel"}}}, None),
        ({"affiliates_highlighted_label": {"label": None}}, None),
        ({"affiliates_highlighted_label": "AutomatedLabel"}, None),
    ],
)
def test_the_automated_label_is_known_only_from_an_answer_that_tells(
    *, told: dict[str, Any], labelled: bool | None
) -> None:
    """X shows one label at a time: another one does not rule it out, and what is not told is not guessed."""
    result = {"rest_id": "1", "core": {"screen_name": "ann", "created_at": "soon"}} | told
    user = user_by_screen_name({"data": {"user": {"result": result}}})
    assert user is not None
    assert user.labelled_automated is labelled
    assert user.created_at is None


@pytest.mark.parametrize(
    "body",
    [{"data": {"user": {}}}, {"data": {"user": {"result": {"__typename": "UserUnavailable"}}}}, [], None],
)
def test_an_account_that_is_not_there_is_no_user(body: object) -> None:
    """An empty or unavailable user is not a user with zero followers."""
    assert user_by_screen_name(body) is None


def test_a_post_with_limited_replies_is_unwrapped_and_a_tombstone_is_no_post() -> None:
    """The wrapped post is inside; a tombstone holds words only."""
    inner = {"rest_id": "1", "legacy": {"full_text": "hi", "favorite_count": 3}, "views": {"count": "12"}}
    post = post_of({"__typename": "TweetWithVisibilityResults", "tweet": inner})
    assert post is not None
    assert (post.post_id, post.likes, post.views) == ("1", 3, 12)
    assert post_of({"__typename": "TweetTombstone", "tombstone": {"text": {"text": "gone"}}}) is None


def test_a_conversation_is_read_from_its_modules() -> None:
    """TweetDetail holds the focal post as an entry and each answer in a module; ads are marked."""
    result = {"rest_id": "1", "legacy": {}}
    content = {"itemType": "TimelineTweet", "tweet_results": {"result": result}, "promotedMetadata": {}}
    entries = [
        {"entryId": "tweet-1", "content": {"itemContent": {"tweet_results": {"result": result}}}},
        {"entryId": "conversationthread-2", "content": {"items": [{"entryId": "a", "item": {"itemContent": content}}]}},
        {"entryId": "cursor-bottom-3", "content": {"itemContent": {"cursorType": "Bottom", "value": "x"}}},
    ]
    instructions = [{"type": "TimelineAddEntries", "entries": entries}]
    body = {"data": {"threaded_conversation_with_injections_v2": {"instructions": instructions}}}
    items = timeline(body)
    assert [(item.entry, bool(item.post), item.promoted, item.cursor) for item in items] == [
        ("tweet-1", True, False, None),
        ("a", True, True, None),
        ("cursor-bottom-3", False, False, "Bottom"),
    ]


def test_the_new_id_comes_from_either_way_of_creating() -> None:
    """Long posts are created by another operation."""
    result = {"tweet_results": {"result": {"rest_id": "42"}}}
    assert created_id({"data": {"create_tweet": result}}) == "42"
    assert created_id({"data": {"notetweet_create": result}}) == "42"
    assert created_id({"data": {"create_tweet": {}}}) is None


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (187, FailureKind.UNKNOWN, "duplicate"),
        (186, FailureKind.PERMANENT, "too_long"),
        (226, FailureKind.PERMANENT, "looks_automated"),
        (344, FailureKind.BUDGET, "daily_limit"),
        (385, FailureKind.PERMANENT, "replies_restricted"),
        (326, FailureKind.PERMANENT, "locked"),
        (64, FailureKind.PERMANENT, "suspended"),
        (32, FailureKind.PERMANENT, "logged_out"),
        (88, FailureKind.TRANSIENT, "rate_limited"),
        (29, FailureKind.UNKNOWN, "no_witness"),
        (99999, FailureKind.PERMANENT, "refused"),
    ],
)
def test_a_200_with_errors_is_a_failure_of_its_own_kind(code: int, kind: FailureKind, word: str) -> None:
    """Status 200 is not enough; a time-out inside X leaves the outcome unknown."""
    body = {"errors": [{"message": f"({code})", "extensions": {"code": code}}], "data": {}}
    failure = publish_refusal(200, {}, body)
    assert (failure.kind, failure.code) == (kind, word)


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (429, FailureKind.TRANSIENT, "rate_limited"),
        (403, FailureKind.PERMANENT, "logged_out"),
        (400, FailureKind.PERMANENT, "request_refused"),
        (503, FailureKind.UNKNOWN, "no_witness"),
        (200, FailureKind.UNKNOWN, "no_witness"),
    ],
)
def test_an_answer_without_a_post_is_judged_by_its_status(status: int, kind: FailureKind, word: str) -> None:
    """A refusal posted nothing; a server's failure or silence proves nothing."""
    failure = publish_refusal(status, {}, None)
    assert (failure.kind, failure.code) == (kind, word)


def test_the_wait_for_a_rate_limit_is_what_x_names_or_a_whole_window() -> None:
    """A reset in the past or far away comes from another clock."""
    reset = int(system_now().timestamp()) + 100
    named = refusal_of(429, {"x-rate-limit-reset": str(reset)}, None)
    assert named is not None
    assert 90 < (named.retry_after_seconds or 0) <= 100
    for headers in ({}, {"x-rate-limit-reset": "1"}, {"x-rate-limit-reset": str(reset + 10**6)}):
        unnamed = refusal_of(429, headers, None)
        assert unnamed is not None
        assert unnamed.retry_after_seconds == RATE_WINDOW_SECONDS


def test_an_answer_that_refuses_nothing_is_no_failure() -> None:
    """Ordinary answers pass."""
    assert refusal_of(200, {}, {"data": {}}) is None
