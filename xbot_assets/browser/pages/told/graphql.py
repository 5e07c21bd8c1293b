"""Reads X's GraphQL answers: posts and the three shapes a user has had.

X moves these fields every few months; every path is tried in all the shapes that recorded answers have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
_LABELS = ("affiliates_highlighted_label", "identity_profile_labels_highlighted_label")
_LABEL_TYPES = ("userLabelType", "user_label_type")
_AUTOMATED = "AutomatedLabel"
_DIGITS = re.compile(r"[0-9]{1,15}")
_DATE = "%a %b %d %H:%M:%S %z %Y"
"""X's own form of a time: ``Wed Oct 10 20:19:24 +0000 2018``."""
_RESULTS = ("tweet_results", "tweet_result", "tweetResult")
_CREATED = (("create_tweet", "tweet_results"), ("notetweet_create", "tweet_results"))


@dataclass(frozen=True, slots=True)
class GraphUser:
    """An account with exact numbers. ``pinned`` holds post ids.

    What the answer does not tell is ``None``: numbers, ``created_at``, ``labelled_automated``, and whether the viewer
    blocked or muted the account.
    """

    rest_id: str
    handle: str
    name: str
    followers: int | None
    following: int | None
    posts: int | None
    bio: str
    pinned: tuple[str, ...]
    created_at: datetime | None
    labelled_automated: bool | None
    blocked: bool | None = None
    muted: bool | None = None


@dataclass(frozen=True, slots=True)
class GraphPost:
    """A post with exact numbers. ``created_at`` is in X's own form; a number is ``None`` when not given.

    A repost has counts of its own (all zero but ``reposts``), and no quote: what it reposts, with what that quotes, is
    its ``original``.
    """

    post_id: str
    author: GraphUser | None
    created_at: str
    lang: str | None
    replies: int | None
    reposts: int | None
    quotes: int | None
    likes: int | None
    bookmarks: int | None
    views: int | None
    text: str
    long_text: str | None
    in_reply_to: str | None
    conversation: str | None
    repost_of: str | None
    quoted: str | None
    media: tuple[str, ...]
    original: "GraphPost | None" = None
    in_reply_to_handle: str | None = None
    sensitive: bool | None = None
    earlier: tuple[str, ...] = ()
    """Ids that it had before its author edited it: each version is a post of its own to X, and lists show the last."""

    @property
    def created(self) -> datetime | None:
        """Return when it was posted; ``None`` when the time cannot be read."""
        return _moment(self.created_at)

    @property
    def photos(self) -> int:
        """Return how many pictures it has."""
        return self.media.count("photo")


def at(node: object, *path: str) -> Any:  # noqa: ANN401 - JSON has no static type
    """Return what lies at ``path``, or ``None`` when any step of it is missing."""
    for step in path:
        if not isinstance(node, Mapping):
            return None
        node = node.get(step)
    return node


def first(node: object, *paths: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON has no static type
    """Return the first of several places that holds something."""
    return next((value for path in paths if (value := at(node, *path)) is not None), None)


def _word(node: object, *paths: tuple[str, ...]) -> str | None:
    """Return the first of several places that holds a text; what is of another kind is not told."""
    return next((value for path in paths if isinstance(value := at(node, *path), str)), None)


def _words(told: object) -> tuple[str, ...]:
    return tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()


def user_of(result: object) -> GraphUser | None:
    """Read a ``user_results.result`` in any of its three shapes; ``None`` when it is no readable user."""
    rest_id, handle = _word(result, ("rest_id",)), _word(result, ("core", "screen_name"), ("legacy", "screen_name"))
    if rest_id is None or handle is None:
        return None
    return GraphUser(
        rest_id=rest_id,
        handle=handle,
        name=_word(result, ("core", "name"), ("legacy", "name")) or "",
        followers=_count(result, ("relationship_counts", "followers"), "followers_count"),
        following=_count(result, ("relationship_counts", "following"), "friends_count"),
        posts=_count(result, ("tweet_counts", "tweets"), "statuses_count"),
        bio=_word(result, ("profile_bio", "description"), ("legacy", "description")) or "",
        pinned=_words(first(result, ("pinned_items", "tweet_ids_str"), ("legacy", "pinned_tweet_ids_str"))),
        created_at=_moment(first(result, ("core", "created_at"), ("legacy", "created_at"))),
        labelled_automated=_labelled(result),
        blocked=_told(result, "blocking"),
        muted=_told(result, "muting"),
    )


def _told(result: object, what: str) -> bool | None:
    """Return what the viewer did to an account, which ``legacy`` told until 2025."""
    return truth(first(result, ("relationship_perspectives", what), ("legacy", what)))


def truth(told: object) -> bool | None:
    """Return a yes or no; ``None`` for anything else."""
    return told if isinstance(told, bool) else None


def _moment(written: object) -> datetime | None:
    try:
        return datetime.strptime(str(written), _DATE).astimezone(UTC)
    except ValueError:
        return None


def _labelled(result: object) -> bool | None:
    """Say whether a user carries the automated label. X shows one label only: another one does not rule it out."""
    shown = first(result, *((name,) for name in _LABELS))
    if not isinstance(shown, Mapping):
        return None
    if not shown:
        return False
    kind = first(shown.get("label"), *((name,) for name in _LABEL_TYPES))
    return True if kind == _AUTOMATED else None


def _count(result: object, path: tuple[str, ...], legacy: str) -> int | None:
    return whole_number(first(result, path, ("legacy", legacy)))


def whole_number(told: object) -> int | None:
    """Return a count, which X writes as a number or in digits; ``None`` for anything else."""
    if isinstance(told, str) and _DIGITS.fullmatch(told):
        return int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def user_by_screen_name(body: object) -> GraphUser | None:
    """Read a UserByScreenName answer; ``None`` when there is no such account or it is suspended."""
    return user_of(at(body, "data", "user", "result"))


def result_in(content: object) -> object:
    """Return the result that an entry's content holds for its post."""
    return first(content, *((name, "result") for name in _RESULTS))


def unwrapped(result: object) -> object:
    """Return the post itself where it is wrapped, as ``TweetWithVisibilityResults`` does."""
    return at(result, "tweet") if at(result, "rest_id") is None else result


def post_of(result: object) -> GraphPost | None:
    """Read a ``tweet_results.result``; ``None`` for tombstones and posts that are not shown."""
    inner = unwrapped(result)
    legacy, post_id = at(inner, "legacy"), _word(inner, ("rest_id",))
    if legacy is None or post_id is None:
        return None
    original = at(legacy, "retweeted_status_result", "result")
    return GraphPost(
        post_id=post_id,
        author=user_of(at(inner, "core", "user_results", "result")),
        created_at=_word(legacy, ("created_at",)) or "",
        lang=_word(legacy, ("lang",)),
        replies=whole_number(at(legacy, "reply_count")),
        reposts=whole_number(at(legacy, "retweet_count")),
        quotes=whole_number(at(legacy, "quote_count")),
        likes=whole_number(at(legacy, "favorite_count")),
        bookmarks=whole_number(at(legacy, "bookmark_count")),
        views=whole_number(at(inner, "views", "count")),
        text=_word(legacy, ("full_text",)) or "",
        long_text=_word(inner, ("note_tweet", "note_tweet_results", "result", "text")),
        in_reply_to=_word(legacy, ("in_reply_to_status_id_str",)),
        conversation=_word(legacy, ("conversation_id_str",)),
        repost_of=_inner_id(original),
        quoted=_inner_id(at(inner, "quoted_status_result", "result")),
        media=_media(at(legacy, "extended_entities", "media")),
        original=post_of(original),
        earlier=_earlier(at(inner, "edit_control"), post_id),
        in_reply_to_handle=_word(legacy, ("in_reply_to_screen_name",)),
        sensitive=truth(at(legacy, "possibly_sensitive")),
    )


def _earlier(control: object, post_id: str) -> tuple[str, ...]:
    told = first(control, ("edit_control_initial", "edit_tweet_ids"), ("edit_tweet_ids",))
    return tuple(one for one in _words(told) if one != post_id)


def _media(told: object) -> tuple[str, ...]:
    return tuple(str(at(item, "type")) for item in told) if isinstance(told, list) else ()


def _inner_id(result: object) -> str | None:
    return _word(result, ("rest_id",), ("tweet", "rest_id"))


def created_id(body: object) -> str | None:
    """Return the new post's id from a CreateTweet answer, the one field publishing depends on."""
    post_id = first(at(body, "data"), *((*path, "result", "rest_id") for path in _CREATED))
    return post_id if isinstance(post_id, str) and post_id.isdecimal() else None
