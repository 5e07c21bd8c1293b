"""Seeds the sandbox: invented people, what they wrote in the last days, and what they will write in the next ones.

Everything follows from the seed and the moment of seeding. The texts are in ``world/*.toml``.
"""

import random
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.state.database import Database
from xbot_assets.sandbox.state.snowflake import LOW_SIZE, snowflake

FOLDER = Path(__file__).parents[1] / "world"
DEFAULT_SEED = 7
PAST_DAYS, FUTURE_DAYS = 9.0, 12.0
NEWEST = timedelta(minutes=4)
"""The newest post is at least this old at seeding."""
QUOTABLE_AGE = timedelta(hours=3)
"""What gets quoted or reposted has been there for this long."""
FUTURE_SHARE = 0.18
"""This share of the posts is written in the days after seeding, so that the place stays alive."""
RECENT_POWER = 1.5
"""How strongly past posts crowd towards the moment of seeding; 1 is evenly."""
READERS = 60
PHOTO_SHARE = {"photography": 0.5, "nature": 0.35, "gardening": 0.2, "cooking": 0.2}
OTHER_PHOTO_SHARE, VIDEO_SHARE, EDITED_SHARE = 0.06, 0.04, 0.05
QUOTES, REPOSTS, PINNED = 16, 22, 9
GONE = "1500000000000000001"
"""The id of a post that is no more; one quote and one answer still point to it."""
OLD_TIMES = (datetime.fromisoformat("2021-03-02T08:14:00Z"), datetime.fromisoformat("2022-09-30T18:40:00Z"))
"""Pinned posts are from before the site counted views."""
JOINED = datetime.fromisoformat("2011-02-01T09:00:00Z")
JOIN_SPREAD_DAYS = 3600
SESSION_FOLLOWERS = (2000, 3000)
"""A new account of ours starts with about this many followers."""


@cache
def texts(name: str) -> dict[str, Any]:
    """Return one of the world's text files."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def all_posts() -> dict[str, list[str]]:
    """Return what people write, by topic (and ``long``)."""
    merged = {**texts("posts_one"), **texts("posts_two")}
    return {topic: list(posts) for topic, posts in merged.items() if topic != "special"}


class Seeding:
    """One seeding of one database."""

    def __init__(self, posts: Posts, seed: int, now: datetime) -> None:
        self.posts, self.seed, self.now = posts, seed, now
        self.rng = random.Random(f"world-{seed}")  # noqa: S311
        self.people: dict[str, Account] = {}
        self.topics: dict[str, list[str]] = {}
        self.written: list[Post] = []

    def run(self) -> None:
        """Write everybody and everything."""
        self._people()
        self._readers()
        for topic, lines in all_posts().items():
            for line in lines:
                self._write(self._author(topic), line, self._media(topic))
        for special in texts("posts_two")["special"]:
            self._special(special)
        self._quotes_and_reposts()
        self._pins()
        self._ads()

    # --- people -------------------------------------------------------------------------------------------
    def _people(self) -> None:
        for entry in texts("accounts")["accounts"]:
            self.topics[entry["handle"]] = entry["topics"]
            account = self._account(entry["handle"], entry["name"], "world", entry["followers"])
            extra = {k: entry.get(k, "") for k in ("bio", "location", "website")}
            account = replace(account, verified=entry["verified"], **extra)
            self.people[account.handle] = self.posts.add_account(account)

    def _readers(self) -> None:
        names = texts("accounts")["names"]
        for number in range(READERS):
            first, last = self.rng.choice(names["first"]), self.rng.choice(names["last"])
            handle = f"{first}{last}"[:11].lower() + str(number)
            account = self._account(handle, f"{first} {last}", "reader", self.rng.randrange(12, 900))
            bio, place = self.rng.choice(names["bios"]), self.rng.choice(names["places"])
            self.posts.add_account(replace(account, bio=bio, location=place))

    def _account(self, handle: str, name: str, origin: str, followers: int) -> Account:
        joined = JOINED + timedelta(days=self.rng.random() * JOIN_SPREAD_DAYS)
        return new_account(handle, name, origin, followers, joined, self.rng)

    def _author(self, topic: str) -> Account:
        fitting = [handle for handle, topics in self.topics.items() if topic in topics]
        verified = [handle for handle in self.topics if self.people[handle].verified]
        return self.people[self.rng.choice(fitting or verified)]

    # --- posts --------------------------------------------------------------------------------------------
    def _moment(self, future_share: float = FUTURE_SHARE) -> datetime:
        if self.rng.random() < future_share:
            return self.now + timedelta(days=self.rng.random() * FUTURE_DAYS)
        return self.now - NEWEST - timedelta(days=self.rng.random() ** RECENT_POWER * PAST_DAYS)

    def _write(self, author: Account, text: str, media: tuple[dict[str, str], ...]) -> Post:
        edited = self.rng.random() < EDITED_SHARE
        post = new_post(author, text, self._moment(), self.rng)
        return self._keep(replace(post, media=media, edited=edited))

    def _special(self, entry: dict[str, Any]) -> Post:
        """Write a post that is unlike the others, always in the past."""
        post = new_post(self.people[entry["handle"]], entry["text"], self._moment(0), self.rng)
        media = self._art(entry["media"]) if "media" in entry else ()
        parent = GONE if entry.get("answers_gone") else None
        return self._keep(replace(post, lang=entry["lang"], media=media, in_reply_to=parent))

    def _keep(self, post: Post) -> Post:
        self.written.append(self.posts.add(post))
        return post

    def _media(self, topic: str) -> tuple[dict[str, str], ...]:
        luck = self.rng.random()
        if luck < VIDEO_SHARE:
            return self._art("video")
        return self._art("photo") if luck < VIDEO_SHARE + PHOTO_SHARE.get(topic, OTHER_PHOTO_SHARE) else ()

    def _art(self, kind: str) -> tuple[dict[str, str], ...]:
        return ({"kind": kind, "id": f"{self.rng.getrandbits(48):012x}", "alt": "A generated picture"},)

    def _quotes_and_reposts(self) -> None:
        known = [p for p in self.written if p.created_at < self.now - QUOTABLE_AGE]
        sources = self.rng.sample(known, QUOTES + REPOSTS)
        lines = self.rng.sample(texts("voices")["quotes"]["texts"], QUOTES)
        for number, source in enumerate(sources):
            author = self._someone_but(source.account_id)
            moment = source.created_at + (self.now - NEWEST - source.created_at) * self.rng.uniform(0.1, 1)
            if number < QUOTES:
                post = new_post(author, lines[number], moment, self.rng)
                self._keep(replace(post, quoted_id=source.id if number else GONE))
            else:
                self._keep(replace(new_post(author, "", moment, self.rng), reposted_id=source.id))

    def _someone_but(self, account_id: str) -> Account:
        return self.rng.choice([a for a in self.people.values() if a.id != account_id])

    def _pins(self) -> None:
        start, end = OLD_TIMES
        for author in self.rng.sample(list(self.people.values()), PINNED):
            moment = start + (end - start) * self.rng.random()
            text = f"Hello, I am {author.name}. {author.bio}"
            post = self.posts.add(new_post(author, text, moment, self.rng))
            self.posts.pin(author.id, post.id)

    def _ads(self) -> None:
        for handle, name, text in texts("voices")["ads"]["texts"]:
            account = replace(self._account(handle, name, "world", 900), verified=True, bio="Advertiser.")
            self.posts.add_account(account)
            moment = self.now - timedelta(days=self.rng.uniform(1, PAST_DAYS))
            self.posts.add(replace(new_post(account, text, moment, self.rng), promoted=True))


def new_account(handle: str, name: str, origin: str, followers: int, joined: datetime, rng: random.Random) -> Account:
    """Return an account with nothing filled in that its owner would fill in."""
    return Account(
        id=str(snowflake(joined, rng.randrange(LOW_SIZE))),
        handle=handle,
        name=name,
        bio="",
        location="",
        website="",
        joined_at=joined,
        followers=followers,
        following=rng.randrange(40, 900),
        verified=False,
        pinned_id=None,
        origin=origin,
    )


def new_post(author: Account, text: str, moment: datetime, rng: random.Random) -> Post:
    """Return a plain post of somebody of the world."""
    # Times are kept to the millisecond, as the id holds them.
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    post_id = str(snowflake(moment, rng.randrange(LOW_SIZE)))
    return Post(
        id=post_id,
        account_id=author.id,
        text=text,
        created_at=moment,
        visible_at=moment,
        removed_at=None,
        in_reply_to=None,
        conversation_id=post_id,
        quoted_id=None,
        reposted_id=None,
        media=(),
        lang="en",
        edited=False,
        promoted=False,
        author_followers=author.followers,
        origin="world",
    )


def session_account(handle: str, seed: int, now: datetime) -> Account:
    """Return a new account of ours: its numbers follow from the handle and the world's seed."""
    rng = random.Random(f"session-{seed}-{handle.lower()}")  # noqa: S311
    followers = rng.randrange(*SESSION_FOLLOWERS)
    name = handle.replace("_", " ").strip().title() or handle
    account = new_account(handle, name, "session", followers, now - timedelta(days=400), rng)
    return replace(account, bio="An automated account in the sandbox.")


_EMPTIED = (
    *("posts", "media", "uploads", "marks", "follows", "faults"),
    *("acts", "blocks", "sensitive_posts", "automated_accounts"),
)


def wipe(database: Database) -> None:
    """Delete everything but our accounts, their sessions and the clock."""
    for table in _EMPTIED:
        database.run(f"delete from {table}")  # noqa: S608
    database.run("delete from accounts where origin <> 'session'")
    database.run("update accounts set pinned_id = null")
    database.run("delete from meta where name in ('living_until', 'company_done')")
