"""How a post's counts grow: a pure function of the world's seed, the post, and the sandbox's time.

:class:`Readers` are the kind audience, for the demo; ``hard_audience`` has one that is as hard as a real one. For each
post the final numbers are drawn once, from a generator seeded by the world and the post's id: views are
lognormal around (followers * REACH * hour * liking), likes are a gamma-Poisson (negative binomial) draw at the taste's
rate, and reposts, replies and bookmarks follow from the likes. At age ``a`` a count is the final number times ``1 -
2**(-a / half_life)``, rounded: it never falls, it saturates within a day or two, and neither a restart nor a faster
clock changes it.
"""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.hard_taste import Earlier
from xbot_assets.sandbox.people.taste import BASE_LIKE_RATE, Reading, Taste, read

REACH = 0.45
"""Views per follower of an average post at a good hour."""
REPLY_REACH = 0.12
"""Replies are seen by this share of those who would see a post."""
LIKING_POWER = 0.4
"""How strongly a well-liked post is shown to more people."""
VIEW_SPREAD = 0.35
LIKE_SHAPE = 9.0
"""Sigma of log views, and the gamma shape of likes (higher is less noise)."""
REPOST_SHARE, REPLY_SHARE, BOOKMARK_SHARE = 0.14, 0.11, 0.16
"""Per like, on average."""
QUESTION_REPLIES, LIST_BOOKMARKS = 3.0, 2.5
"""Questions draw answers; lists and tips are kept for later."""
REPLIES_MOST = (26, 46)
"""Every reply shown is a real post on the status page, so a post gets at most about this many."""
VIEW_HALF_LIFE_HOURS, LIKE_HALF_LIFE_HOURS = 3.5, 4.0
REPLY_HALF_LIFE_HOURS, KEEP_HALF_LIFE_HOURS = 3.0, 5.0
VIEWS_HIDDEN_SECONDS = 120.0
"""A post younger than this shows no views, as on X."""
VIEWS_SINCE = datetime.fromisoformat("2022-12-15T00:00:00Z")
"""Posts older than this never show views."""
FOLLOW_PER_LIKE, FOLLOW_PER_REPOST = 0.05, 0.25
SECONDS_PER_HOUR = 3600.0
LATENT_CACHE = 4000


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the audience needs to know of a post. ``earlier`` is what its author posted before, for who looks back."""

    post_id: str
    text: str
    created_at: datetime
    author_followers: int
    is_reply: bool = False
    by_reader: bool = False
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Latent:
    """The numbers a post ends with."""

    views: int
    likes: int
    reposts: int
    replies: int
    bookmarks: int
    followers: int


@dataclass(frozen=True, slots=True)
class Audience:
    """The numbers a post has at one moment; ``views`` is ``None`` when the site does not show them."""

    views: int | None
    likes: int
    reposts: int
    replies: int
    bookmarks: int
    followers: int


class Readers:
    """The kind audience of one world."""

    looks_back = timedelta(0)
    """How far back what an author posted matters."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.taste = Taste(seed)
        self._latent: dict[str, Latent] = {}

    def knows(self, post_id: str) -> bool:
        """Say whether a post's numbers are drawn already."""
        return post_id in self._latent

    def followers(self, first: int, won: Iterable[tuple[datetime, float]], now: datetime) -> int:
        """Return an account's followers: what it began with, and what each of its posts has won since it was made."""
        return round(first + self.stayed(won, now))

    def stayed(self, won: Iterable[tuple[datetime, float]], now: datetime) -> float:
        """Return how many of the followers that posts won are still there."""
        return math.fsum(count for at, count in won if at <= now)

    def latent(self, post: Exposure) -> Latent:
        """Return where a post's counts end, drawn once from its id."""
        known = self._latent.get(post.post_id)
        if known is None:
            if len(self._latent) >= LATENT_CACHE:
                self._latent.clear()
            known = self._latent[post.post_id] = self._draw(post)
        return known

    def at(self, post: Exposure, now: datetime) -> Audience:
        """Return a post's counts at ``now``."""
        end = self.latent(post)
        age = max(0.0, (now - post.created_at).total_seconds())
        shown = age >= VIEWS_HIDDEN_SECONDS and post.created_at >= VIEWS_SINCE
        likes = _grown(end.likes, age, LIKE_HALF_LIFE_HOURS)
        views = max(likes, _grown(end.views, age, VIEW_HALF_LIFE_HOURS))
        return Audience(
            views=views if shown else None,
            likes=likes,
            reposts=_grown(end.reposts, age, LIKE_HALF_LIFE_HOURS),
            replies=_grown(end.replies, age, REPLY_HALF_LIFE_HOURS),
            bookmarks=_grown(end.bookmarks, age, KEEP_HALF_LIFE_HOURS),
            followers=_grown(end.followers, age, KEEP_HALF_LIFE_HOURS),
        )

    def reply_age_seconds(self, post: Exposure, number: int) -> float:
        """Return the age at which reader reply ``number`` (from 1) arrives; the inverse of the growth curve."""
        end = self.latent(post).replies
        return -REPLY_HALF_LIFE_HOURS * SECONDS_PER_HOUR * math.log2(1 - (number - 0.5) / end)

    def expected(self, post: Exposure) -> tuple[float, float]:
        """Return a post's median views without luck, and its likes per view."""
        rate = self.taste.like_rate(read(post.text))
        hour = post.created_at.hour + post.created_at.minute / 60
        liking = math.pow(rate / BASE_LIKE_RATE, LIKING_POWER)
        share = REACH * (REPLY_REACH if post.is_reply else 1.0)
        return post.author_followers * share * self.taste.reach(hour) * liking, rate

    def _draw(self, post: Exposure) -> Latent:
        rng = random.Random(f"post-{self.seed}-{post.post_id}")  # noqa: S311
        reading = read(post.text)
        expected, rate = self.expected(post)
        views = max(1, round(expected * rng.lognormvariate(0, VIEW_SPREAD)))
        likes = min(views, poisson(rng, views * rate * rng.gammavariate(LIKE_SHAPE, 1 / LIKE_SHAPE)))
        return follow_up(rng, post, reading, views, likes)


def follow_up(rng: random.Random, post: Exposure, reading: Reading, views: int, likes: int) -> Latent:
    """Draw what follows from likes: reposts, replies, bookmarks and followers."""
    answered, kept = follow_up_shares(reading)
    reposts = min(likes, poisson(rng, likes * REPOST_SHARE))
    replies = 0 if post.by_reader else min(rng.randrange(*REPLIES_MOST), poisson(rng, likes * answered))
    follows = likes * FOLLOW_PER_LIKE + reposts * FOLLOW_PER_REPOST
    return Latent(
        views=views,
        likes=likes,
        reposts=reposts,
        replies=replies,
        bookmarks=min(likes, poisson(rng, likes * kept)),
        followers=poisson(rng, follows),
    )


def follow_up_shares(reading: Reading) -> tuple[float, float]:
    """Return the replies and the bookmarks for each like, on average."""
    answered = REPLY_SHARE * (QUESTION_REPLIES if reading.form == "question" else 1.0)
    return answered, BOOKMARK_SHARE * (LIST_BOOKMARKS if reading.form in {"list", "tip"} else 1.0)


def _grown(end: int, age_seconds: float, half_life_hours: float) -> int:
    share = 1.0 - math.exp2(-age_seconds / (half_life_hours * SECONDS_PER_HOUR))
    return math.floor(end * share + 0.5)


NORMAL_FROM = 50.0


def poisson(rng: random.Random, mean: float) -> int:
    """Draw from a Poisson distribution; above NORMAL_FROM its normal approximation is close enough."""
    if mean >= NORMAL_FROM:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, drawn, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        drawn += 1
        product *= rng.random()
    return drawn
