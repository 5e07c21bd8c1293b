"""What X's own answers told of the posts on a page: the author's words, exact counts, and what a mark stands for."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xbot_assets.browser.pages.told.graphql import GraphPost, at, post_of
from xbot_assets.browser.pages.told.post_text import author_text
from xbot_assets.browser.pages.told.timelines import timeline
from xbot_assets.x.answers import AuthorTold, Counts, PostReading, QuotedPost

_log = logging.getLogger(__name__)
_COUNTS = ("replies", "reposts", "likes", "bookmarks", "views")
_NO_LANGUAGE = frozenset({"und", "art", "zxx", "qam", "qct", "qht", "qme", "qst"})
"""What X names a text that has no language of its own; a page may show another name there."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A post of an answer, and its whole text as its author wrote it; ``None`` when only its beginning was told."""

    post: GraphPost
    text: str | None


class ToldPosts:
    """The posts of the answers heard while a page was open, by id; the latest answer about a post counts."""

    def __init__(self) -> None:
        self._posts: dict[str, _Told] = {}
        self._pinned: set[str] = set()
        self._promoted: set[str] = set()

    def hear(self, body: object) -> None:
        """Learn from an answer, whatever its operation is called; one that cannot be read teaches nothing."""
        try:
            self._learn(body)
        except (TypeError, ValueError, KeyError, AttributeError):
            _log.warning("An answer of X does not have the form of its kind; the page alone is read.", exc_info=True)

    def _learn(self, body: object) -> None:
        self._posts |= {told.post.post_id: told for told in _posts_in(body)}
        for item in timeline(body):
            if item.post is not None and item.pinned:
                self._pinned.add(item.post.post_id)
            if item.post is not None and item.promoted:
                self._promoted.add(item.post.post_id)

    def completed(self, read: PostReading) -> PostReading:
        """Return a reading with what was told of its post; where both know a count, the page's stands."""
        told = self._posts.get(read.post_id or "")
        if told is None:
            return read
        pinned = read.pinned or (read.post_id in self._pinned and read.reposted_by is None)
        marks = {"pinned": pinned, "promoted": read.promoted or read.post_id in self._promoted}
        more: dict[str, object] = {"earlier_ids": told.post.earlier}
        more |= {"photos": max(read.photos, told.post.photos), "quoted": self._quoted(read, told.post)}
        told_of = marks | more | _place(read, told.post) | _text(read, told)
        counts = Counts(**{name: getattr(told.post, name) for name in _COUNTS})
        return read.model_copy(update={"counts": _counts(read.counts, counts), "told_counts": counts, **told_of})

    def all_completed(self, posts: Iterable[PostReading]) -> tuple[PostReading, ...]:
        """Return readings in their order, each with what was told of its post."""
        return tuple(map(self.completed, posts))

    def _quoted(self, read: PostReading, told: GraphPost) -> tuple[QuotedPost, ...]:
        """Give a quoted post its own words; one that the page has not drawn is there all the same."""
        quoted = self._posts.get(told.quoted or "")
        author = None if quoted is None else quoted.post.author
        if quoted is None or author is None or len(read.quoted) > 1:
            return read.quoted
        handle, text = author.handle, quoted.text
        if not read.quoted:
            return (QuotedPost(handle=handle, created_at=quoted.post.created, text=text),)
        shown = read.quoted[0]
        if (shown.handle or handle).casefold() != handle.casefold():
            return read.quoted
        return (shown.model_copy(update={"handle": handle, "text": shown.text if text is None else text}),)


def _posts_in(node: object) -> Iterator[_Told]:
    """Return every post of an answer, those that are reposted or quoted too."""
    if isinstance(node, Mapping):
        if at(node, "legacy", "full_text") is not None and (post := post_of(node)) is not None:
            yield _Told(post, author_text(node))
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from _posts_in(inner)


def _place(read: PostReading, told: GraphPost) -> dict[str, object]:
    """Return where a post stands, and what is told of its author; a repost's author is another one."""
    author = told.author
    place: dict[str, object] = {
        "in_reply_to": read.in_reply_to or told.in_reply_to,
        "in_reply_to_handle": told.in_reply_to_handle,
        "conversation_id": told.conversation,
        "sensitive": told.sensitive,
    }
    if author is None or author.handle.casefold() != read.handle.casefold():
        return place
    facts = {name: getattr(author, name) for name in AuthorTold.model_fields}
    return place | {"author": AuthorTold(**facts)}


def _counts(read: Counts, told: Counts) -> Counts:
    known = {name: getattr(told, name) for name in _COUNTS if getattr(read, name) is None}
    return read.model_copy(update=known)


def _text(read: PostReading, told: _Told) -> dict[str, object]:
    """Return the author's own words and their language, and whether the page shows others in their place."""
    lang = told.post.lang
    if told.text is None or (read.text is None and not read.translated):
        return {}
    differs = bool(read.lang and lang) and _language(read.lang) != _language(lang)
    translated = read.translated or (differs and lang not in _NO_LANGUAGE and read.lang not in _NO_LANGUAGE)
    return {"text": told.text, "lang": lang, "truncated": False, "translated": translated}


def _language(tag: str | None) -> str:
    return (tag or "").casefold().partition("-")[0]
