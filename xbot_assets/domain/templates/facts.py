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
class PublishedTotals:
    """The posts of one topic and format that are on X: how many, and what all of them were last read with.

    ``best_likes`` is the most that any of them was read with. What was never read counts nothing.
    """

    topic: str
    format: str
    posts: int
    likes: int = 0
    replies: int = 0
    views: int = 0
    best_likes: int = 0


@dataclass(frozen=True, slots=True)
class Publications:
    """When posts went out: the first one, and the newest."""

    first_at: datetime | None
    newest: Sequence[datetime]


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


def facts_of(
    totals: Sequence[PublishedTotals],
    published: Publications,
    account: AccountReading | None,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Facts:
    """Count what can be said; ``zone`` is the one that weekdays are told in. The busiest is one of the newest posts."""
    by_topic: dict[str, list[PublishedTotals]] = {}
    for total in totals:
        by_topic.setdefault(total.topic, []).append(total)
    whole = _counts(totals) | {
        "followers": account.followers if account else 0,
        "topics_posted": len(by_topic),
        "days": (now - published.first_at).days if published.first_at else 0,
    }
    words = _favourite(by_topic) | _weekday(published.newest, zone)
    return Facts(
        account=_shown(whole) | words,
        topics={topic: _shown(_of_topic(those)) for topic, those in by_topic.items()},
    )


def _counts(totals: Sequence[PublishedTotals]) -> dict[str, int]:
    return {
        "posts": sum(total.posts for total in totals),
        "likes": sum(total.likes for total in totals),
        "replies": sum(total.replies for total in totals),
        "views": sum(total.views for total in totals),
        "best_likes": max((total.best_likes for total in totals), default=0),
        "formats_used": len({total.format for total in totals}),
    }


def _of_topic(totals: Sequence[PublishedTotals]) -> dict[str, int]:
    return {f"topic_{name}": value for name, value in _counts(totals).items()}


def _favourite(by_topic: Mapping[str, Sequence[PublishedTotals]]) -> dict[str, str]:
    """Name the topic with most likes; no topic while two share the first place."""
    likes = Counter({topic: _counts(totals)["likes"] for topic, totals in by_topic.items()})
    first, second = [*likes.most_common(2), ("", 0), ("", 0)][:2]
    return {"favourite": first[0], "favourite_likes": _number(first[1])} if first[1] > max(1, second[1]) else {}


def _weekday(published: Iterable[datetime], zone: ZoneInfo) -> dict[str, str]:
    """Name the weekday with most posts; none while two share the first place."""
    days = Counter(at.astimezone(zone).weekday() for at in published)
    first, second = [*days.most_common(2), (0, 0), (0, 0)][:2]
    return {"busiest_day": WEEKDAYS[first[0]]} if first[1] > max(1, second[1]) else {}


def _shown(numbers: Mapping[str, int]) -> dict[str, str]:
    return {name: _number(value) for name, value in numbers.items() if value >= LEAST}


def _number(value: int) -> str:
    return f"{value:,}"
