"""Timeline instructions as X's GraphQL gives them: entries, modules, cursors, ads, suggestions, placeholders."""

import base64
import binascii
import json
import random
from collections.abc import Iterable, Sequence

from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.web.api.shapes import Json, Viewer, post_results, user_results

PAGE = 20
"""Posts per page, as X's own client asks for."""
FIRST_AD, AD_EVERY = 3, 9
"""An ad stands after this many posts, and then after every so many."""
SUGGESTED_AFTER, SUGGESTED = 5, 3
"""Where "Who to follow" stands, and how many people it shows."""
CURSOR_HEAD = "DAAC"
UNAVAILABLE = "This post is unavailable."


class CursorRefusedError(ValueError):
    """A cursor that this site did not make."""


def cursor_value(position: Sequence[object]) -> str:
    """Return an opaque cursor for a position."""
    return CURSOR_HEAD + base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def cursor_position(value: str) -> list[str]:
    """Read a cursor.

    Raises:
        CursorRefusedError: when it is not one of ours.
    """
    body = value.removeprefix(CURSOR_HEAD)
    try:
        position = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        msg = "That cursor is not from this site."
        raise CursorRefusedError(msg) from error
    if not isinstance(position, list):
        msg = "That cursor is not from this site."
        raise CursorRefusedError(msg)
    return [str(part) for part in position]


def item(entry_id: str, content: Json) -> Json:
    """Return a plain entry."""
    kind = "TimelineTimelineItem"
    return {"entryId": entry_id, "content": {"entryType": kind, "__typename": kind, "itemContent": content}}


def tweet_content(viewer: Viewer, post: Post, **extra: object) -> Json:
    """Return the ``itemContent`` of a post."""
    head: Json = {"itemType": "TimelineTweet", "__typename": "TimelineTweet", "tweetDisplayType": "Tweet"}
    return {**head, "tweet_results": post_results(viewer, post), **extra}


def tweet_entry(viewer: Viewer, post: Post) -> Json:
    """Return the entry of one post."""
    return item(f"tweet-{post.id}", tweet_content(viewer, post))


def pinned_entry(viewer: Viewer, post: Post) -> Json:
    """Return the ``TimelinePinEntry`` instruction."""
    context = {"contextType": "Pin", "text": "Pinned", "type": "TimelineGeneralContext"}
    entry = item(f"tweet-{post.id}", tweet_content(viewer, post, socialContext=context))
    entry["content"]["clientEventInfo"] = {"component": "pinned_tweets", "element": "tweet"}
    return {"type": "TimelinePinEntry", "entry": entry}


def tombstone_entry(post_id: str, words: str = UNAVAILABLE) -> Json:
    """Return the entry of a post that is gone but has answers, or that is not shown for another reason."""
    result = {"__typename": "TweetTombstone", "tombstone": {"text": {"text": words}}}
    content = {"itemType": "TimelineTweet", "__typename": "TimelineTweet", "tweet_results": {"result": result}}
    return item(f"tweet-{post_id}", content)


def module(entry_id: str, display: str, items: Iterable[tuple[str, Json]], **extra: object) -> Json:
    """Return a module: a group of items under one entry."""
    listed = [{"entryId": f"{entry_id}-{name}", "item": {"itemContent": content}} for name, content in items]
    kind = "TimelineTimelineModule"
    content: Json = {"entryType": kind, "__typename": kind, "displayType": display, "items": listed, **extra}
    return {"entryId": entry_id, "content": content}


def thread_entry(viewer: Viewer, posts: Sequence[Post], prefix: str = "conversationthread") -> Json:
    """Return a conversation module: posts that answer each other, top first."""
    contents = [(f"tweet-{post.id}", tweet_content(viewer, post)) for post in posts]
    return module(f"{prefix}-{posts[-1].id}", "VerticalConversation", contents)


def promoted_content(viewer: Viewer, ad: Post) -> Json:
    """Return the content of an ad: a post with ``promotedMetadata``."""
    advertiser = viewer.site.author(ad)
    meta = {"advertiser_results": user_results(viewer, advertiser), "impressionId": f"{int(ad.id):x}"}
    return tweet_content(viewer, ad, promotedMetadata=meta)


def with_ads(viewer: Viewer, entries: Sequence[Json], page_key: str, first: int = FIRST_AD) -> list[Json]:
    """Insert ads among entries; the same page always gets the same ones."""
    ads = viewer.site.posts.where("promoted = 1", [], viewer.now)
    random.Random(page_key).shuffle(ads)  # noqa: S311
    mixed: list[Json] = []
    for number, entry in enumerate(entries):
        if ads and number >= first and (number - first) % AD_EVERY == 0:
            ad = ads.pop()
            mixed.append(item(f"promoted-tweet-{ad.id}", promoted_content(viewer, ad)))
        mixed.append(entry)
    return mixed


def suggestions(viewer: Viewer, key: str) -> Json:
    """Return the "Who to follow" module."""
    people = [a for a in viewer.site.posts.accounts("world") if a.bio != "Advertiser."]
    if viewer.account:
        people = [a for a in people if not viewer.site.posts.follows(viewer.account.id, a.id)]
    chosen = random.Random(key).sample(people, min(SUGGESTED, len(people)))  # noqa: S311
    header = {"displayType": "Classic", "text": "Who to follow", "sticky": False}
    items = [(f"user-{a.id}", _user_content(viewer, a)) for a in chosen]
    return module(f"who-to-follow-{key}", "Vertical", items, header=header)


def _user_content(viewer: Viewer, account: Account) -> Json:
    results = user_results(viewer, account)
    return {"itemType": "TimelineUser", "__typename": "TimelineUser", "user_results": results}


def cursor_entry(kind: str, value: str) -> Json:
    """Return a Top or Bottom cursor."""
    name = "TimelineTimelineCursor"
    content = {"entryType": name, "__typename": name, "value": value, "cursorType": kind}
    return {"entryId": f"cursor-{kind.lower()}-{value[-12:]}", "content": content}


def prompt_entry(value: str) -> Json:
    """Return the placeholder that stands for replies X holds back."""
    label = "Show additional replies, including those that may contain offensive content"
    treatment = {"actionText": "Show", "labelText": label}
    kind = "ShowMoreThreadsPrompt"
    content = {"itemType": "TimelineTimelineCursor", "cursorType": kind, "value": value}
    return item(f"cursor-showmorethreadsprompt-{value[-12:]}", {**content, "displayTreatment": treatment})


def instructions(entries: Sequence[Json], *before: Json) -> list[Json]:
    """Return the instructions of a page."""
    return [{"type": "TimelineClearCache"}, *before, {"type": "TimelineAddEntries", "entries": list(entries)}]
