"""Which list an answer of X belongs to, which kinds of posts that list holds, and what each of its posts answers."""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from xbot_assets.browser.pages.told.graphql import at, result_in, unwrapped
from xbot_assets.browser.pages.told.timelines import instructions_in
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.domain.posts.timeline_view import PostKind

_log = logging.getLogger(__name__)
_NONE: frozenset[PostKind] = frozenset()
_ORIGINALS = frozenset({PostKind.ORIGINAL})
_REPLIES = frozenset({PostKind.REPLY})

HOLDS: dict[str, frozenset[PostKind]] = {
    "UserTweets": _ORIGINALS,
    "UserTweetsAndReplies": _ORIGINALS | _REPLIES,
    "UserOriginalsTimeline": _ORIGINALS,
    "UserRepliesTimeline": _REPLIES,
    "UserRepostsTimeline": _NONE,
}
"""The kinds of an account's own posts of which each list of a profile surely shows every one.

``UserTweets`` shows some answers too, those of the account to itself, but not all.
"""
_ENDS = frozenset({"Bottom", "TopAndBottom"})
"""Where a list has no more, in the words of ``TimelineTerminateTimeline``."""
OTHER_LISTS = frozenset(
    {
        "BookmarkFolderTimeline",
        "Bookmarks",
        "CommunityTweetsTimeline",
        "ConnectTabTimeline",
        "ExplorePage",
        "ExploreSidebar",
        "Followers",
        "Following",
        "HomeLatestTimeline",
        "HomeTimeline",
        "Likes",
        "ListLatestTweetsTimeline",
        "NotificationsTimeline",
        "SearchTimeline",
        "TweetDetail",
        "UserArticlesTweets",
        "UserHighlightsTweets",
        "UserMedia",
    }
)
"""Lists that are no list of everything somebody wrote; a page may load one of them beside its own."""


class Tab(Enum):
    """A place where a list is shown.

    What a list of an unknown name may hold there, if it shows one of the kind; and X's name of the list where it is not
    one of a profile.
    """

    POSTS = (_ORIGINALS, None)
    REPLIES = (_ORIGINALS | _REPLIES, None)
    """Before August 2026 everything stood there; since then some accounts have only replies there."""
    SEARCH = (_NONE, "SearchTimeline")
    NOTIFICATIONS = (_NONE, "NotificationsTimeline")
    CONVERSATION = (_NONE, "TweetDetail")

    def __init__(self, kinds: frozenset[PostKind], list_name: str | None) -> None:
        self.kinds, self.list_name = kinds, list_name


@dataclass(frozen=True, slots=True)
class ToldPost:
    """What an answer says of one post.

    Attributes:
        post_id: X's id.
        kind: whether it answers anything; ``None`` when the answer does not tell for sure.
        answers: the post that it answers.
        alone: whether it is an entry of its own, not part of a conversation and not pinned.
    """

    post_id: str
    kind: PostKind | None
    answers: str | None
    alone: bool


@dataclass(frozen=True, slots=True)
class ToldList:
    """What one answer says of a list; ``ends`` when X sent cursors and nothing else, or said that it ends."""

    posts: tuple[ToldPost, ...]
    ends: bool


def told_list(body: object) -> ToldList | None:
    """Read an answer as a page of a list; ``None`` when it holds no timeline instructions."""
    instructions = instructions_in(body)
    if not instructions:
        return None
    contents = [pair for instruction in instructions for pair in _contents(instruction)]
    posts = tuple(told for content, alone in contents if (told := _told(content, alone=alone)) is not None)
    only_cursors = bool(contents) and all(at(content, "cursorType") for content, _ in contents)
    return ToldList(posts, only_cursors or any(map(_terminates, instructions)))


def _terminates(instruction: Mapping[str, object]) -> bool:
    kind = instruction.get("type") or instruction.get("__typename")
    return kind == "TimelineTerminateTimeline" and str(instruction.get("direction")) in _ENDS


def _contents(instruction: Mapping[str, object]) -> Iterator[tuple[object, bool]]:
    """Return the content of each item of an instruction, and whether it stands alone. A pinned one is out of place."""
    for entry in _listed(instruction.get("entries")):
        items = _listed(at(entry, "content", "items"))
        for item in items:
            yield at(item, "item", "itemContent"), False
        if not items:
            yield at(entry, "content", "itemContent") or at(entry, "content"), True
    if "entry" in instruction:
        yield at(instruction, "entry", "content", "itemContent"), False
    for item in _listed(instruction.get("moduleItems")):
        yield at(item, "item", "itemContent"), False


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _told(content: object, *, alone: bool) -> ToldPost | None:
    post = unwrapped(result_in(content))
    post_id, legacy = at(post, "rest_id"), at(post, "legacy")
    if not isinstance(post_id, str) or not isinstance(legacy, Mapping):
        return None
    answers = legacy.get("in_reply_to_status_id_str")
    if isinstance(answers, str) and answers.isdecimal():
        return ToldPost(post_id, PostKind.REPLY, answers, alone)
    conversation = legacy.get("conversation_id_str")
    elsewhere = conversation is not None and conversation != post_id
    doubtful = answers or elsewhere or legacy.get("in_reply_to_user_id_str") or legacy.get("in_reply_to_screen_name")
    return ToldPost(post_id, None if doubtful else PostKind.ORIGINAL, None, alone)


class HeardList:
    """What X's answers told of the list on one page, while it was scrolled through."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._told: dict[str, ToldPost] = {}
        self._ids: dict[str, set[str]] = {}
        self.ends = False
        """Whether X's latest answer was the last of the list."""

    def hear(self, answer: Answer) -> None:
        """Learn from an answer; one that is no page of a list teaches nothing, one of another list only about posts."""
        told = told_list(answer.body)
        if told is None:
            return
        self._told |= {post.post_id: post for post in told.posts}
        name = answer.operation
        if self._is_ours(name, told):
            self._ids.setdefault(name, set()).update(post.post_id for post in told.posts)
            self.ends = told.ends

    def _is_ours(self, name: str, told: ToldList) -> bool:
        if name in HOLDS:
            return self._tab.list_name is None
        if name in OTHER_LISTS:
            return name == self._tab.list_name
        read = bool(told.posts) or told.ends
        if read:
            _report(name)
        return read

    @property
    def answered(self) -> bool:
        """Whether X has answered with the list at all; an empty page without that is not an empty list."""
        return bool(self._ids)

    def of(self, post_id: str | None) -> ToldPost | None:
        """Return what was told of a post."""
        return self._told.get(post_id or "")

    def kinds(self, shown: Collection[str]) -> frozenset[PostKind]:
        """Return the kinds of posts that the list surely holds.

        Args:
            shown: ids of the account's own posts on the page, without reposts and pinned ones. They tell which of
                several answers is the list's, and what a list of an unknown name holds.
        """
        names = [name for name, ids in self._ids.items() if not ids.isdisjoint(shown)] or list(self._ids)
        each = [self._held(name, shown) for name in names]
        return frozenset.intersection(*each) if each else _NONE

    def _held(self, name: str, shown: Collection[str]) -> frozenset[PostKind]:
        if name in HOLDS:
            return HOLDS[name]
        posts = [self._told[post_id] for post_id in self._ids[name] if post_id in shown]
        # What stands above an answer is there because of the answer.
        seen = {post.kind for post in posts if post.alone or post.kind is PostKind.REPLY}
        return frozenset(kind for kind in self._tab.kinds if kind in seen)


@cache
def _report(name: str) -> None:
    """Say once that X has a new name for a list."""
    _log.warning(
        "X answers a list by the name %s, which is not known here. It is read by its shape; update xbot-assets.", name
    )
