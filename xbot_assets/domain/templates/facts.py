"""What templates may say about the account, counted from its own published posts and readings.

A number below two is left out: a template that needs it is not used, so no post says "1 posts".
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

LEAST = 2
"""Smaller numbers say nothing worth posting."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """A post on X with its latest counts; ``None`` where nothing was read yet."""

    topic: str
    format: str
    published_at: datetime
    likes: int | None = None
    replies: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class AccountReading:
    """The account's own numbers as last read."""

    followers: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Values by slot name: for the account as a whole, and for each topic."""

    account: Mapping[str, str]
    topics: Mapping[str, Mapping[str, str]]

    def about(self, topic: str) -> dict[str, str]:
        """Return every value that a text about the topic may use."""
        return {**self.account, **self.topics.get(topic, {})}


def facts_of(posts: Sequence[PublishedPost], account: AccountReading | None, *, now: datetime, zone: ZoneInfo) -> Facts:
    """Count what can be said; ``zone`` is the one that weekdays are told in."""
    by_topic: dict[str, list[PublishedPost]] = {}
    for post in posts:
        by_topic.setdefault(post.topic, []).append(post)
    whole = _counts(posts) | {
        "followers": account.followers if account else 0,
        "topics_posted": len(by_topic),
        "days": (now - min(post.published_at for post in posts)).days if posts else 0,
    }
    words = _favourite(by_topic) | _weekday(posts, zone)
    return Facts(
        account=_shown(whole) | words,
        topics={topic: _shown(_of_topic(those)) for topic, those in by_topic.items()},
    )


def _counts(posts: Sequence[PublishedPost]) -> dict[str, int]:
    return {
        "posts": len(posts),
        "likes": sum(post.likes or 0 for post in posts),
        "replies": sum(post.replies or 0 for post in posts),
        "views": sum(post.views or 0 for post in posts),
        "best_likes": max((post.likes or 0 for post in posts), default=0),
        "formats_used": len({post.format for post in posts}),
    }


def _of_topic(posts: Sequence[PublishedPost]) -> dict[str, int]:
    return {f"topic_{name}": value for name, value in _counts(posts).items()}


def _favourite(by_topic: Mapping[str, Sequence[PublishedPost]]) -> dict[str, str]:
    """Name the topic with most likes; no topic while two share the first place."""
    likes = Counter({topic: _counts(posts)["likes"] for topic, posts in by_topic.items()})
    first, second = [*likes.most_common(2), ("", 0), ("", 0)][:2]
    return {"favourite": first[0], "favourite_likes": _number(first[1])} if first[1] > max(1, second[1]) else {}


def _weekday(posts: Iterable[PublishedPost], zone: ZoneInfo) -> dict[str, str]:
    """Name the weekday with most posts; none while two share the first place."""
    days = Counter(post.published_at.astimezone(zone).weekday() for post in posts)
    first, second = [*days.most_common(2), (0, 0), (0, 0)][:2]
    return {"busiest_day": WEEKDAYS[first[0]]} if first[1] > max(1, second[1]) else {}


def _shown(numbers: Mapping[str, int]) -> dict[str, str]:
    return {name: _number(value) for name, value in numbers.items() if value >= LEAST}


def _number(value: int) -> str:
    return f"{value:,}"
