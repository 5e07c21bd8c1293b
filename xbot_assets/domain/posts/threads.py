"""Threads: posts that are published one below the other, and what may be queued as one."""

from collections.abc import Sequence

from xbot_assets.domain.posts.post import NewPost

SEGMENTS_MAX = 25
"""Segments that X's composer takes in one thread."""
_LEAST = 2


def thread_problem(posts: Sequence[NewPost], *, daily_cap: int) -> str | None:
    """Say why these posts can never be published as one thread, or ``None``.

    A thread is read, approved and timed as one, so its segments share a time and a source; it answers nobody, so
    that none of its segments is a reply in the sense of the rules.
    """
    if not _LEAST <= len(posts) <= SEGMENTS_MAX:
        return f"A thread has from {_LEAST} to {SEGMENTS_MAX} segments, not {len(posts)}."
    if len(posts) > daily_cap:
        return f"A thread of {len(posts)} never fits into a day on which at most {daily_cap} posts are published."
    if len({(post.scheduled_at, post.source) for post in posts}) > 1:
        return "The segments of a thread have one time and one source."
    if any(post.reply_to_x_id for post in posts):
        return "A thread answers nobody: answer with a single post."
    return None


def thread_place(segment: int | None, segments: int) -> str | None:
    """Return where a post stands in its thread, as ``thread 2/5``; ``None`` for a single post."""
    return None if segment is None else f"thread {segment + 1}/{segments}"
