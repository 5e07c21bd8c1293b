"""Reads the timelines of X's GraphQL answers: their entries in the order they are shown, whatever the operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xbot_assets.browser.pages.told.graphql import GraphPost, Json, at, first, post_of, result_in

_TIMELINES = (
    ("user", "result", "timeline", "timeline"),
    ("user", "result", "timeline_v2", "timeline"),
    ("threaded_conversation_with_injections_v2",),
    ("search_by_raw_query", "search_timeline", "timeline"),
    ("home", "home_timeline_urt"),
    ("list", "tweets_timeline", "timeline"),
    ("bookmark_timeline_v2", "timeline"),
)


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing in a timeline: a post, a cursor, or something else such as a suggested account."""

    entry: str
    post: GraphPost | None = None
    cursor: str | None = None
    other: str | None = None
    promoted: bool = False
    pinned: bool = False
    display: str | None = None


def instructions_in(body: object) -> list[Json]:
    """Return the timeline instructions of an answer; empty when it has none.

    They are looked for where they have been, then anywhere: an operation of a new name is read by its shape.
    """
    data = at(body, "data")
    known = first(data, *((*path, "instructions") for path in _TIMELINES))
    return _as_instructions(known) or next(_instructions_below(data), [])


def _as_instructions(node: object) -> list[Json]:
    listed = [one for one in node if isinstance(one, Mapping)] if isinstance(node, list) else []
    kinds = (str(one.get("type") or one.get("__typename")) for one in listed)
    return listed if any(kind.startswith("Timeline") for kind in kinds) else []


def _instructions_below(node: object) -> Iterator[list[Json]]:
    if here := _as_instructions(at(node, "instructions")):
        yield here
    inside = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for inner in inside:
        yield from _instructions_below(inner)


def timeline(body: object) -> list[TimelineItem]:
    """Read any timeline answer (UserTweets, TweetDetail, SearchTimeline, ...) in the order it is shown."""
    return [item for instruction in instructions_in(body) for item in _items(instruction)]


def _items(instruction: Json) -> Iterator[TimelineItem]:
    pinned = "TimelinePinEntry" in (instruction.get("type"), instruction.get("__typename"))
    entries = [instruction["entry"]] if "entry" in instruction else instruction.get("entries")
    for entry in _mappings(entries):
        content = at(entry, "content") or {}
        items = _mappings(at(content, "items"))
        for inner in items:
            yield _item(inner.get("entryId", ""), at(inner, "item", "itemContent"), pinned=pinned)
        if not items:
            yield _item(entry.get("entryId", ""), at(content, "itemContent") or content, pinned=pinned)
    for inner in _mappings(instruction.get("moduleItems")):
        yield _item(inner.get("entryId", ""), at(inner, "item", "itemContent"), pinned=pinned)


def _mappings(listed: object) -> list[Json]:
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _item(entry: str, content: object, *, pinned: bool) -> TimelineItem:
    if at(content, "cursorType"):
        return TimelineItem(entry, cursor=at(content, "cursorType"))
    post = post_of(result_in(content))
    if post is None:
        return TimelineItem(entry, other=first(content, ("itemType",), ("entryType",)))
    promoted = at(content, "promotedMetadata") is not None
    return TimelineItem(entry, post, promoted=promoted, pinned=pinned, display=at(content, "tweetDisplayType"))
