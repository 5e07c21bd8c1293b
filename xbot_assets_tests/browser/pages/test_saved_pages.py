"""Real pages and answers of X, judged field by field by what people read off them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from xbot_assets.browser.pages.reading import Snapshot
from xbot_assets.browser.pages.refusals import errors_in, refusal_of
from xbot_assets.browser.pages.told.graphql import GraphPost, at, post_of, user_by_screen_name, user_of
from xbot_assets.browser.pages.told.timelines import TimelineItem, timeline
from xbot_assets_tests.browser.conftest import Read
from xbot_assets_tests.browser.pages.saved_pages import folder, truth

PAGES = folder()
TRUTH = truth()
HTML = sorted(path.name for path in PAGES.glob("html_*.html"))
JSON = sorted(path.name for path in PAGES.glob("json_*.json"))
CORRECTIONS: dict[tuple[str, int], dict[str, Any]] = {("html_tweet_focal_liked_20241012.html", 0): {"photos": 1}}
"""The page was saved before its picture had loaded, and people counted pictures; it links to the post's photo."""
QUOTE_CHARS = 120
TEXT_CHARS = 140
"""How much of a long text the ground truth keeps."""


def _flat(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def _as_truth(snapshot: Snapshot) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index, (raw, post) in enumerate(zip(snapshot.posts, snapshot.readings(), strict=True)):
        at = post.created_at
        rows.append(
            {
                "i": index,
                "id": post.post_id,
                "handle": f"@{post.handle}",
                "handle_shown": f"@{raw.handle}",
                "datetime": at and at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "time_text": raw.time_text,
                "permalink": post.permalink,
                "group_label": post.label,
                **post.counts.model_dump(),
                "viewer_liked": post.viewer_liked,
                "viewer_bookmarked": post.viewer_bookmarked,
                "text": _flat(post.text),
                "lang": post.lang,
                "show_more": post.truncated,
                "quoted": [
                    {
                        "handle": [f"@{box.handle}"],
                        "datetime": box.created_at
                        and box.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                        "text": (_flat(box.text) or "")[:QUOTE_CHARS],
                    }
                    for box in post.quoted
                ],
                "social_context": post.reposted_by or ("Pinned" if post.pinned else None),
                "promoted": post.promoted,
                "focal": post.focal,
                "photos": post.photos,
                "videos": post.videos,
                "card": post.card,
            }
        )
    start = len(rows)
    rows += [{"i": start + n, "kind": "placeholder", "text": text} for n, text in enumerate(snapshot.placeholders)]
    return rows


@pytest.mark.parametrize("name", HTML)
def test_every_field_of_a_saved_page_is_read_exactly(read: Read, name: str) -> None:
    """Counts, text, time, links, quotes, ads and flags equal the ground truth, with no field left out."""
    expected = [row | CORRECTIONS.get((name, number), {}) for number, row in enumerate(TRUTH[name])]
    assert _as_truth(read((PAGES / name).read_text("utf-8"), f"/saved/{name}")) == expected


def test_every_saved_file_is_judged() -> None:
    """The ground truth and the folder hold the same files, so none passes by being forgotten."""
    assert sorted(HTML + JSON) == sorted(TRUTH)


def _graph_truth(post: GraphPost) -> dict[str, Any]:
    assert post.author is not None
    return {
        "id": post.post_id,
        "handle": f"@{post.author.handle}",
        "followers": post.author.followers,
        "created_at": post.created_at,
        "lang": post.lang,
        "replies": post.replies,
        "retweets": post.reposts,
        "quotes": post.quotes,
        "likes": post.likes,
        "bookmarks": post.bookmarks,
        "views": post.views,
        "full_text": post.text[:TEXT_CHARS],
        "note_len": None if post.long_text is None else len(post.long_text),
        "in_reply_to": post.in_reply_to,
        "conversation": post.conversation,
        "retweet_of": post.repost_of,
        "quoted": post.quoted,
        "media": list(post.media),
    }


def _item_truth(item: TimelineItem) -> dict[str, Any]:
    if item.cursor:
        return {"kind": "cursor", "cursor": item.cursor, "entry": item.entry}
    if item.post is None:
        return {"kind": "other", "itemType": item.other, "entry": item.entry}
    placed = {"promoted": item.promoted, "pinned": item.pinned, "display": item.display}
    return _graph_truth(item.post) | {"entry": item.entry} | placed


def _json_truth(name: str, body: object) -> list[dict[str, Any]]:
    if "CreateTweet" in name:
        created = at(body, "data", "create_tweet") or at(body, "data", "notetweet_create")
        post = post_of(at(created, "tweet_results", "result"))
        assert post is not None
        return [_graph_truth(post) | {"entry": None}]
    if "UserByScreenName" in name:
        user = user_by_screen_name(body)
        assert user is not None
        return [
            {
                "kind": "user",
                "rest_id": user.rest_id,
                "screen_name": user.handle,
                "followers": user.followers,
                "following": user.following,
                "posts": user.posts,
                "bio": user.bio,
                "pinned": list(user.pinned),
            }
        ]
    if "error" in name:
        refusal = refusal_of(200, {}, body)
        assert refusal is not None
        assert refusal.code == "x_timeout"
        errors = [{"code": code, "message": text, "name": "TimeoutError"} for code, text in errors_in(body)]
        return [{"kind": "error", "errors": errors}]
    return [_item_truth(item) for item in timeline(body)]


@pytest.mark.parametrize("name", JSON)
def test_every_field_of_a_saved_answer_is_read_exactly(name: str) -> None:
    """Posts, users, cursors and errors of X's own JSON equal the ground truth."""
    body = json.loads((PAGES / name).read_text("utf-8"))
    assert _json_truth(name, body) == TRUTH[name]


def _users(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if user_of(node) is not None:
            yield node
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from _users(inner)


def test_every_saved_account_has_its_date_and_no_label_that_x_did_not_give_it() -> None:
    """None of these accounts is automated; where X shows a label of another kind, that is not known."""
    accounts = [user for name in JSON for user in _users(json.loads((PAGES / name).read_text("utf-8")))]
    assert accounts
    for user in accounts:
        read = user_of(user)
        assert read is not None
        assert read.created_at is not None
        written = at(user, "core", "created_at") or at(user, "legacy", "created_at")
        assert f"{read.created_at:%a %b %d %H:%M:%S +0000 %Y}" == written
        assert read.labelled_automated is (None if at(user, "affiliates_highlighted_label", "label") else False)
