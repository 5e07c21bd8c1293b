"""The world goes on: its people write some posts every hour of the sandbox's clock, for as long as anybody looks.

An hour's posts follow from the world's seed and the hour, and are written down when somebody first looks after the hour
began; those that are later than now show when their time has come.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from xbot_assets.sandbox.llm.asked import AskedPost
from xbot_assets.sandbox.llm.writer import Writer
from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.people.relations import Relations
from xbot_assets.sandbox.people.world import new_post
from xbot_assets.sandbox.state.clock import moment_of, stamp
from xbot_assets.sandbox.state.database import Database

POSTS_PER_HOUR = 25
CATCH_UP_HOURS = 30
"""After a longer leap of the clock only so many hours are written: older posts would be read by nobody."""
HOUR = timedelta(hours=1)
TAGS = {
    "cooking": ("baking", "spices", "leftovers", "recipes"),
    "cycling": ("bicycles", "commuting", "touring", "cycling"),
    "gardening": ("soil", "compost", "seeds", "vegetables"),
    "local history": ("archives", "buildings", "townsquares", "oldmaps"),
    "science": ("physics", "biology", "space", "nature"),
    "technology": ("software", "privacy", "automation", "computers"),
}
"""What people write about, and the word by which they let others find it."""
TAGGED = 0.8
"""Posts with such a word."""
FORMATS = ("question", "tip", "story", "statistic", "take", "observation")
TONES = ("curious", "warm", "dry", "playful", "plain")
TREND = timedelta(hours=6)
"""So long many write about the same thing."""
TRENDING, SENSITIVE, TAKEN_BACK = 0.25, 0.03, 0.04
"""The shares of posts that are about it, are marked as sensitive, and are deleted by their authors."""
TAKEN_BACK_HOURS = (0.2, 12.0)
LIMIT = 260
"""Leaves room for the tag."""
_WRITTEN_UNTIL = "living_until"


class LivingWorld:
    """What the people of one world write after its seeding."""

    def __init__(self, database: Database, posts: Posts, relations: Relations, seed: int) -> None:
        self._db, self._posts, self._relations, self._seed = database, posts, relations, seed
        self._people = [a for a in posts.accounts("world") if a.bio != "Advertiser."]
        self._until: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Start the count of hours; what was there before is the seeding's."""
        self._db.set_meta(_WRITTEN_UNTIL, stamp(now + HOUR))
        self._until = None

    def keep_up(self, now: datetime) -> None:
        """Write the posts of every hour that has begun since the last time."""
        until = self._until or self._stored(now)
        if now >= until and self._people:
            first = max(until, now - CATCH_UP_HOURS * HOUR)
            hours = int((now - first) / HOUR) + 1
            with self._db.transaction():
                self._posts.add_all(post for number in range(hours) for post in self._hour(first + number * HOUR))
                until = first + hours * HOUR
                self._db.set_meta(_WRITTEN_UNTIL, stamp(until))
        self._until = until

    def _stored(self, now: datetime) -> datetime:
        stored = self._db.meta(_WRITTEN_UNTIL)
        if stored is None:  # a world of an earlier version
            self.begin(now)
            return now + HOUR
        return moment_of(stored)

    def _hour(self, start: datetime) -> Iterator[Post]:
        rng = random.Random(f"living-{self._seed}-{stamp(start)}")  # noqa: S311
        writer = Writer()
        for number in range(POSTS_PER_HOUR):
            moment = start + (number + rng.random()) * HOUR / POSTS_PER_HOUR
            ask = AskedPost(rng.choice(list(TAGS)), rng.choice(FORMATS), rng.choice(TONES))
            tag = f" #{rng.choice(TAGS[ask.topic])}" if rng.random() < TAGGED else ""
            fate = random.Random(f"fate-{self._seed}-{stamp(start)}-{number}")  # noqa: S311
            if fate.random() < TRENDING:
                topic, word = trending(self._seed, moment)
                ask, tag = replace(ask, topic=topic), f" #{word}"
            post = new_post(self._author(ask.topic, rng), writer.write(ask, "en", LIMIT, rng) + tag, moment, rng)
            # Search and profiles show it; home stays as long as the seeding made it.
            yield self._fated(replace(post, origin="reader"), fate)

    def _fated(self, post: Post, fate: random.Random) -> Post:
        if fate.random() < SENSITIVE:
            self._relations.mark_sensitive(post.id)
        if fate.random() < TAKEN_BACK:
            return replace(post, removed_at=post.created_at + fate.uniform(*TAKEN_BACK_HOURS) * HOUR)
        return post

    def _author(self, topic: str, rng: random.Random) -> Account:
        near = [account for account in self._people if topic.rsplit(maxsplit=1)[-1] in account.bio.casefold()]
        return rng.choice(near if near and rng.random() < _NEAR_SHARE else self._people)


_NEAR_SHARE = 0.3
"""Posts that are by somebody whose own words name their topic."""


def trending(seed: int, moment: datetime) -> tuple[str, str]:
    """Return the topic that many write about at a time, and the word that it goes by."""
    block = int(moment.timestamp() // TREND.total_seconds())
    rng = random.Random(f"trend-{seed}-{block}")  # noqa: S311
    topic = rng.choice(list(TAGS))
    return topic, rng.choice(TAGS[topic])
