"""One simulated account: what it publishes, who follows it, and what its readers, who are the sandbox's, do."""

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.learning.reward import REPLY_WEIGHT, REPOST_WEIGHT, EngagementCounts
from xbot_assets.sandbox.people.audience import REPOST_SHARE, Exposure, Readers, follow_up_shares
from xbot_assets.sandbox.people.hard_taste import Earlier, notice
from xbot_assets.sandbox.people.world import SESSION_FOLLOWERS

GROWN = timedelta(days=5)
"""A post's counts are at their end after this: 24 half-lives of the slowest."""


@dataclass(frozen=True, slots=True)
class Published:
    """A post that is out, and what was to be expected of it: median views without luck, and reactions per view.

    ``expected`` is the product: weighted engagement without luck.
    """

    exposure: Exposure
    expected_rate: float
    expected: float


class World:
    """An account and its readers; ``readers`` is the only thing that knows the audience's seed."""

    def __init__(self, readers: Readers, seed: int) -> None:
        self.readers = readers
        self.first_followers = random.Random(f"simulated-{seed}").randrange(*SESSION_FOLLOWERS)  # noqa: S311
        self._recent: list[Published] = []
        self._settled: tuple[datetime, float] | None = None
        self._earlier: list[Earlier] = []

    def publish(self, post_id: str, text: str, at: datetime) -> Published:
        """Let a post out; posts go out in the order of time."""
        exposure = self._exposure(post_id, text, at)
        views, rate = self.readers.expected(exposure)
        per_view = rate * _reactions(text)
        post = Published(exposure, per_view, views * per_view)
        self._earlier.append(Earlier(at, text))
        self._recent.append(post)
        return post

    def expected_rate(self, text: str, at: datetime) -> float:
        """Return the weighted engagement per view that a text would be expected to get now, without luck."""
        return self.readers.expected(self._exposure("", text, at))[1] * _reactions(text)

    def _exposure(self, post_id: str, text: str, at: datetime) -> Exposure:
        first = bisect_left(self._earlier, at - self.readers.looks_back, key=lambda one: one.at)
        earlier = tuple(self._earlier[first:]) if self.readers.looks_back else ()
        return Exposure(post_id, text, at, self.followers(at), earlier=earlier)

    def followers(self, now: datetime) -> int:
        """Return the account's followers."""
        self._settle(now)
        won = [(post.exposure.created_at, self._won(post.exposure, now)) for post in self._recent]
        settled = [self._settled] if self._settled else []
        return self.readers.followers(self.first_followers, [*settled, *won], now)

    def _settle(self, now: datetime) -> None:
        """Keep of grown posts only how many of their followers are left: none is won any more."""
        grown = [post for post in self._recent if now - post.exposure.created_at >= GROWN]
        if grown:
            self._recent = self._recent[len(grown) :]
            won = [(one.exposure.created_at, float(self.readers.latent(one.exposure).followers)) for one in grown]
            earlier = [self._settled] if self._settled else []
            self._settled = (now, self.readers.stayed([*earlier, *won], now))

    def counts(self, post: Published, now: datetime) -> EngagementCounts:
        """Return what a page shows of a post now."""
        seen = self.readers.at(post.exposure, now)
        return EngagementCounts(seen.replies, seen.reposts, seen.likes, seen.bookmarks, seen.views)

    def engagement(self, post: Published) -> float:
        """Return a post's weighted engagement at its end."""
        end = self.readers.latent(post.exposure)
        return end.likes + end.bookmarks + REPOST_WEIGHT * end.reposts + REPLY_WEIGHT * end.replies

    def _won(self, exposure: Exposure, now: datetime) -> float:
        return float(self.readers.at(exposure, now).followers)


def _reactions(text: str) -> float:
    """Return the weighted reactions for each like, on average."""
    answered, kept = follow_up_shares(notice(text).reading)
    return 1 + kept + REPOST_WEIGHT * REPOST_SHARE + REPLY_WEIGHT * answered
