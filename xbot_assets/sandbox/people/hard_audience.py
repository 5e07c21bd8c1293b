"""An audience that is as hard to learn from as a real one: every claim about learning is made on it.

Beside its taste (``hard_taste``) it differs from the kind one in what nobody can learn:

- *views* have a log standard deviation of 1 around what followers, hour and liking say. The originals of three authors
  on saved pages of X (13 posts, 10 degrees of freedom) have 1.24 within an author, 0.97 without a pinned post; with as
  few posts the 95 % interval is 0.86 to 2.17.
- *likes* given views are a negative binomial. On the same posts its shape is 4.1 (1.8 to 8.0), with all that a text
  does in it; so the noise has shape 6, and the taste is the rest.
- *viral* posts: now and then one is seen by ten times as many, who like less.
- *suppressed days*, on which everything is shown less.
- *followers* come and go, and those that a post won leave again in time.

All is a pure function of the seed, the post, what its author posted before it, and the time. No code outside of the
sandbox, the simulator and tests imports this, or knows the seed.
"""

import math
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.audience import (
    LIKING_POWER,
    REACH,
    REPLY_REACH,
    Exposure,
    Latent,
    Readers,
    follow_up,
    poisson,
)
from xbot_assets.sandbox.people.hard_taste import LOOKS_BACK, HardTaste, Wave, days_of, notice
from xbot_assets.sandbox.people.taste import BASE_LIKE_RATE

VIEW_SPREAD = 1.0
LIKE_SHAPE = 6.0
VIRAL_CHANCE = 0.012
VIRAL_TIMES, VIRAL_SPREAD = 10.0, 0.6
"""A viral post's views, over what they would have been: their median and log standard deviation."""
VIRAL_LIKING = 0.6
"""Strangers like less."""
SUPPRESSED_CHANCE = 0.06
SUPPRESSED_SHARE = (0.15, 0.5)
CROWD, CROWD_DAYS = 0.06, ((25.0, 60.0), (90.0, 250.0))
"""The heights and lengths of the two waves in which followers come and go."""
WON_HALF_LIFE = timedelta(days=90)
"""Of the followers that a post won, half are gone after this."""


class HardReaders(Readers):
    """The hard audience of one world; ``turned_at`` turns its taste round, ``still`` has no drift: for experiments."""

    looks_back = LOOKS_BACK

    def __init__(self, seed: int, turned_at: datetime | None = None, *, still: bool = False) -> None:
        super().__init__(seed)
        self.hard_taste = HardTaste(seed, turned_at, still=still)
        rng = random.Random(f"hard-crowd-{seed}")  # noqa: S311
        self._crowd = [Wave(CROWD, rng.uniform(*days), rng.random()) for days in CROWD_DAYS]
        self._shown: dict[int, float] = {}

    def followers(self, first: int, won: Iterable[tuple[datetime, float]], now: datetime) -> int:
        """Return an account's followers: those of the beginning come and go, those that posts won leave in time."""
        crowd = math.exp(math.fsum(wave.at(days_of(now)) for wave in self._crowd))
        return round(first * crowd + self.stayed(won, now))

    def stayed(self, won: Iterable[tuple[datetime, float]], now: datetime) -> float:
        """Return how many of the followers that posts won are still there: half leave in time."""
        return math.fsum(count * 2.0 ** (-(now - at) / WON_HALF_LIFE) for at, count in won if at <= now)

    def shown(self, at: datetime) -> float:
        """Return the share of their usual views that posts of a day get: 1, or less when it is suppressed."""
        day = int(days_of(at))
        if day not in self._shown:
            rng = random.Random(f"hard-day-{self.seed}-{day}")  # noqa: S311
            self._shown[day] = rng.uniform(*SUPPRESSED_SHARE) if rng.random() < SUPPRESSED_CHANCE else 1.0
        return self._shown[day]

    def expected(self, post: Exposure) -> tuple[float, float]:
        """Return a post's median views without luck, and its likes per view."""
        rate = self.hard_taste.like_rate(notice(post.text), post.created_at, post.earlier)
        liking = math.pow(rate / BASE_LIKE_RATE, LIKING_POWER)
        share = REACH * (REPLY_REACH if post.is_reply else 1.0) * self.hard_taste.reach(post.created_at)
        return post.author_followers * share * liking, rate

    def _draw(self, post: Exposure) -> Latent:
        rng = random.Random(f"hard-post-{self.seed}-{post.post_id}")  # noqa: S311
        expected, rate = self.expected(post)
        luck, noise = rng.lognormvariate(0, VIEW_SPREAD), rng.gammavariate(LIKE_SHAPE, 1 / LIKE_SHAPE)
        if rng.random() < VIRAL_CHANCE and not post.is_reply:
            luck *= VIRAL_TIMES * rng.lognormvariate(0, VIRAL_SPREAD)
            rate *= VIRAL_LIKING
        views = max(1, round(expected * luck * self.shown(post.created_at)))
        likes = min(views, poisson(rng, views * rate * noise))
        return follow_up(rng, post, notice(post.text).reading, views, likes)
