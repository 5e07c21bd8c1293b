"""Makes the readers' replies real: as many reply posts below a post as its audience has written by now.

Reply ``n`` of a post has an author, a text, a time and an id that follow from the world's seed and the post, so it does
not matter when it is written down.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.audience import Audience, Exposure, Readers
from xbot_assets.sandbox.people.hard_taste import Earlier
from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.people.world import new_post, texts
from xbot_assets.sandbox.topics import topic_of

TOPICAL_SHARE = 0.55
"""Replies that speak about the topic; the others fit anything."""
REPLY_AUDIENCE = 600
"""Followers that a reader's reply counts with: it earns a few views and now and then a like."""
KNOWN_SHARE = 0.3
"""Replies by the people one follows; the others are by readers."""


class Conversations:
    """Counts of posts, and the replies that stand behind them."""

    def __init__(self, posts: Posts, readers: Readers) -> None:
        self._posts, self._readers = posts, readers
        self._people = posts.accounts("reader")
        self._known = [a for a in posts.accounts("world") if a.bio != "Advertiser."]
        self._written: dict[str, int] = {}

    def counts(self, post: Post, now: datetime) -> Audience:
        """Return a post's counts now; every reply counted exists as a post when this returns."""
        exposure = self.exposure_of(post)
        counted = self._readers.at(exposure, now)
        self._write_replies(post, exposure, counted.replies)
        marked = {kind: self._posts.mark_count(post.id, kind) for kind in ("like", "bookmark", "repost")}
        return replace(
            counted,
            replies=self._posts.count("in_reply_to = ?", [post.id], now),
            likes=counted.likes + marked["like"],
            bookmarks=counted.bookmarks + marked["bookmark"],
            reposts=counted.reposts + marked["repost"],
        )

    def followers(self, account: Account, now: datetime) -> int:
        """Return an account's followers now: what it began with, and what its posts won."""
        if account.origin != "session":
            return account.followers
        own = self._posts.written_by(account.id)
        won = ((post.visible_at, self._readers.at(self.exposure_of(post), now).followers) for post in own)
        return self._readers.followers(account.followers, won, now)

    def exposure_of(self, post: Post) -> Exposure:
        """Return what the audience needs to know of a post."""
        exposure = exposure_of(post)
        if post.origin != "web" or not self._readers.looks_back or self._readers.knows(post.id):
            return exposure
        return replace(exposure, earlier=self._earlier(post))

    def _earlier(self, post: Post) -> tuple[Earlier, ...]:
        """Return the author's posts that a reader of this one may remember, oldest first; replies bore nobody."""
        since = post.visible_at - self._readers.looks_back
        own = self._posts.written_by(post.account_id, since, post.visible_at)
        return tuple(Earlier(one.visible_at, one.text) for one in own if one.in_reply_to is None)

    def _write_replies(self, post: Post, exposure: Exposure, due: int) -> None:
        done = self._written.get(post.id)
        if done is None:
            everything = self._posts.where("in_reply_to = ? and origin = 'reader'", [post.id], FAR)
            done = self._written[post.id] = len(everything)
        if due > done:
            self._posts.add_all(self._reply(post, exposure, number) for number in range(done + 1, due + 1))
            self._written[post.id] = due

    def _reply(self, post: Post, exposure: Exposure, number: int) -> Post:
        rng = random.Random(f"reply-{self._readers.seed}-{post.id}-{number}")  # noqa: S311
        age = timedelta(seconds=self._readers.reply_age_seconds(exposure, number))
        author = rng.choice(self._known if rng.random() < KNOWN_SHARE else self._people)
        while author.id == post.account_id:
            author = rng.choice(self._people)
        reply = new_post(author, self._text(post, number), post.created_at + age, rng)
        return replace(
            reply,
            in_reply_to=post.id,
            conversation_id=post.conversation_id,
            origin="reader",
            author_followers=REPLY_AUDIENCE,
        )

    def _text(self, post: Post, number: int) -> str:
        """Return what reply ``number`` says: no sentence twice below a post before all were used once."""
        voices = texts("voices")["replies"]
        rng = random.Random(f"voices-{self._readers.seed}-{post.id}")  # noqa: S311
        topical, general = list(voices.get(topic_of(post.text), ())), list(voices["any"])
        rng.shuffle(topical)
        rng.shuffle(general)
        order: list[str] = []
        while topical or general:
            source = topical if topical and (not general or rng.random() < TOPICAL_SHARE) else general
            order.append(source.pop())
        return str(order[(number - 1) % len(order)])


FAR = datetime.fromisoformat("9999-01-01T00:00:00Z")


def exposure_of(post: Post) -> Exposure:
    """Return what the audience needs to know of a post."""
    return Exposure(
        post_id=post.id,
        text=post.text,
        created_at=post.visible_at,
        author_followers=post.author_followers,
        is_reply=post.in_reply_to is not None,
        by_reader=post.origin == "reader",
    )
