"""Which posts stand in which timeline, and in which order: home, conversations, search.

Each function returns the ``instructions`` of one page.
"""

from collections.abc import Sequence

from xbot_assets.sandbox.people.posts import Post
from xbot_assets.sandbox.state.clock import stamp
from xbot_assets.sandbox.state.database import Value
from xbot_assets.sandbox.web.api.shapes import Json, Viewer
from xbot_assets.sandbox.web.api.timelines import (
    PAGE,
    SUGGESTED_AFTER,
    cursor_entry,
    cursor_position,
    cursor_value,
    instructions,
    module,
    prompt_entry,
    suggestions,
    thread_entry,
    tombstone_entry,
    tweet_content,
    tweet_entry,
    with_ads,
)
from xbot_assets.sandbox.web.search import Query, parse

REPLY_AD = 2
"""Replies before the first ad in a conversation."""
HELD_BACK_FROM, HELD_BACK = 9, 2
"""With this many replies, this many stand behind "Show additional replies"."""
DISCOVER = 3
"""Posts under "Discover more"."""
PUBLIC = "promoted = 0 and origin <> 'reader' and in_reply_to is null"


def home(viewer: Viewer, cursor: str | None) -> list[Json]:
    """Return a page of the home timeline, newest first."""
    posts, bottom = page_of(viewer, PUBLIC, [], cursor)
    entries = [tweet_entry(viewer, post) for post in posts]
    if cursor is None and len(entries) > SUGGESTED_AFTER:
        entries.insert(SUGGESTED_AFTER, suggestions(viewer, "home"))
    return instructions(framed(with_ads(viewer, entries, page_key(posts)), bottom))


def conversation(viewer: Viewer, focal: Post, cursor: str | None) -> list[Json]:
    """Return a status page: what the post answers, the post, its replies by likes, an ad, and more to read."""
    viewer.site.conversations.counts(focal, viewer.now)
    replies = _ranked_replies(viewer, focal) if viewer.account else []
    start = int(cursor_position(cursor)[0]) if cursor else 0
    held = HELD_BACK if len(replies) >= HELD_BACK_FROM else 0
    end = min(start + PAGE, len(replies) - held) if start < len(replies) - held else len(replies)
    entries = [_thread(viewer, reply) for reply in replies[start:end]]
    if viewer.account:
        entries = with_ads(viewer, entries, focal.id, REPLY_AD)
    if end < len(replies) - held:
        entries.append(cursor_entry("Bottom", cursor_value([end])))
    elif held and end < len(replies):
        entries.append(prompt_entry(cursor_value([end])))
    if end >= len(replies) - held and viewer.account and start < max(1, len(replies) - held):
        entries.append(_discover(viewer, focal))
    above = [] if cursor else [*_above(viewer, focal), tweet_entry(viewer, focal)]
    return instructions([*above, *entries])


def _ranked_replies(viewer: Viewer, focal: Post) -> list[Post]:
    """Our own replies first, then by likes, then the earliest."""
    counts = viewer.site.conversations.counts
    own = viewer.account.id if viewer.account else ""

    def rank(post: Post) -> tuple[bool, int, str]:
        return (post.account_id != own, -counts(post, viewer.now).likes, post.id)

    return sorted(viewer.site.posts.replies(focal.id, viewer.now), key=rank)


def _thread(viewer: Viewer, reply: Post) -> Json:
    """A reply and the first answer to it, if there is one."""
    viewer.site.conversations.counts(reply, viewer.now)
    answers = viewer.site.posts.replies(reply.id, viewer.now)
    return thread_entry(viewer, [reply, *answers[-1:]])


def _above(viewer: Viewer, focal: Post) -> list[Json]:
    chain = viewer.site.posts.parents(focal, viewer.now)
    top = chain[0] if chain else focal
    gone = [tombstone_entry(top.in_reply_to)] if top.in_reply_to else []
    return gone + [tweet_entry(viewer, post) for post in chain]


def _discover(viewer: Viewer, focal: Post) -> Json:
    """What X offers below a conversation: posts that are no part of it."""
    others = viewer.site.posts.where(f"{PUBLIC} and id < ? and id <> ?", [focal.id, focal.id], viewer.now, DISCOVER)
    items = [(f"tweet-{post.id}", tweet_content(viewer, post)) for post in others]
    header = {"displayType": "Classic", "text": "Discover more", "socialContext": {"text": "Sourced from across X"}}
    return module(f"tweetdetailrelatedtweets-{focal.id}", "VerticalConversation", items, header=header)


def search(viewer: Viewer, raw_query: str, *, latest: bool, cursor: str | None) -> list[Json]:
    """Return a page of search results, newest or most liked first."""
    query = parse(raw_query)
    condition, args = query.condition()
    if latest:
        posts, bottom = page_of(viewer, condition, args, cursor, query)
    else:
        posts, bottom = _top(viewer, query, cursor)
    entries = [tweet_entry(viewer, post) for post in posts]
    return instructions(framed(with_ads(viewer, entries, page_key(posts)), bottom))


def _top(viewer: Viewer, query: Query, cursor: str | None) -> tuple[list[Post], str]:
    condition, args = query.condition()
    posts = _kept(viewer, viewer.site.posts.where(condition, args, viewer.now), query)
    counts = viewer.site.conversations.counts
    posts.sort(key=lambda post: counts(post, viewer.now).likes, reverse=True)
    start = int(cursor_position(cursor)[0]) if cursor else 0
    return posts[start : start + PAGE], cursor_value([start + PAGE])


def page_of(
    viewer: Viewer, condition: str, args: list[Value], cursor: str | None, query: Query | None = None
) -> tuple[list[Post], str]:
    """Return a page below the cursor, newest first, and the cursor of the next one."""
    posts, bottom = viewer.site.posts, cursor or cursor_value(["start"])
    kept: list[Post] = []
    while len(kept) < PAGE:
        where, values = _below(condition, args, bottom)
        batch = posts.where(where, values, viewer.now, PAGE)
        if not batch:
            break
        for post in batch:
            bottom = cursor_value([stamp(post.created_at), post.id])
            kept += _kept(viewer, [post], query)
            if len(kept) == PAGE:
                break
    return kept, bottom


def _below(condition: str, args: list[Value], cursor: str) -> tuple[str, list[Value]]:
    position = cursor_position(cursor)
    if position == ["start"]:
        return condition, args
    moment, post_id = position
    return f"{condition} and (created_at < ? or (created_at = ? and id < ?))", [*args, moment, moment, post_id]


def _kept(viewer: Viewer, posts: Sequence[Post], query: Query | None) -> list[Post]:
    counts = viewer.site.conversations.counts
    return [p for p in posts if query is None or not query.counts_matter or query.fits(counts(p, viewer.now))]


def page_key(posts: Sequence[Post]) -> str:
    """Name a page by how it begins, so that one world shows one choice of ads."""
    return posts[0].text if posts else ""


def framed(entries: Sequence[Json], bottom: str) -> list[Json]:
    """Return a page's entries with its cursors."""
    return [*entries, cursor_entry("Top", cursor_value(["top", bottom[-6:]])), cursor_entry("Bottom", bottom)]
