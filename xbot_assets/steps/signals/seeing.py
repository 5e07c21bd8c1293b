"""From what X answers to signals: the one place that translates. What cannot be told for sure is left out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from xbot_assets.domain.engagement.signals import SignalKind, format_of
from xbot_assets.domain.identifiers import HANDLE
from xbot_assets.store.engagement.signals import NewSignal
from xbot_assets.x.answers import PostReading, TrendReading


def post_signals(
    posts: Iterable[PostReading], kind: SignalKind, about: str, now: datetime, own: str
) -> list[NewSignal]:
    """Return the posts that may say something: whole, by others, with words, and with at least likes or views."""
    return list(_of_posts(posts, kind, about, now, own.casefold()))


def _of_posts(
    posts: Iterable[PostReading], kind: SignalKind, about: str, now: datetime, own: str
) -> Iterator[NewSignal]:
    for post in posts:
        counts = post.counts
        if post.post_id is None or post.created_at is None or not (post.text or "").strip():
            continue
        if post.promoted or post.truncated or post.sensitive or post.reposted_by or not HANDLE.fullmatch(post.handle):
            continue
        if post.handle.casefold() == own or post.author.blocked or post.author.muted or post.created_at > now:
            continue
        if counts.likes is None and counts.views is None:
            continue
        if counts.likes is not None and counts.views is not None and counts.likes > counts.views:
            continue
        yield NewSignal(
            kind=kind,
            name=post.post_id,
            about=about,
            text=post.text or "",
            x_post_id=post.post_id,
            handle=post.handle,
            format=format_of(post.text or "", photos=post.photos, videos=post.videos),
            created_at=post.created_at,
            **counts.model_dump(include={"likes", "reposts", "replies", "views"}),
        )


def trend_signals(trends: Sequence[TrendReading], kind: SignalKind) -> list[NewSignal]:
    """Return trends or headlines; one that is listed twice counts by its better place."""
    first = {trend.name.casefold(): trend for trend in reversed(trends)}
    return [
        NewSignal(kind=kind, name=trend.name, about=trend.context, text=trend.name, rank=trend.rank, posts=trend.posts)
        for trend in sorted(first.values(), key=lambda trend: trend.rank)
    ]
