"""People who turn to our accounts, while the switch ``company`` is ``lively`` or ``crowded``.

Under each post of ours: a bot that answers everything, also answers to itself; somebody who says stop whenever they are
answered; and, drawn from the world's seed and the post, people who ask, quote, mention, like and follow.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.characters import Characters, answer
from xbot_assets.sandbox.people.crowd import Crowd
from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.people.relations import Relations
from xbot_assets.sandbox.people.world import new_post, texts
from xbot_assets.sandbox.state.clock import stamp
from xbot_assets.sandbox.state.database import Database

BOT, SHY = "echo_every_post", "leave_me_be"
"""The bot that answers everything, and the author who wants no answer."""
STOP = "Please stop replying to me."
BOT_SECONDS = (15, 45)
"""How long the bot takes to answer."""
STOP_AFTER = timedelta(seconds=90)
SHY_ASKS, QUOTED, MENTIONED, FOLLOWED = 0.3, 0.5, 0.3, 0.2
"""Chances that an own post is asked about by the shy author, quoted, followed by a mention, and brings a follower."""
LIKES = 2
WITHIN_MINUTES = (3, 50)
_DONE = "company_done"
_ECHOES = ("So true", "This is it", "Well said", "Noted", "Exactly this", "Could not agree more")


@dataclass(slots=True)
class Company:
    """Those people, over one world."""

    database: Database
    posts: Posts
    relations: Relations
    seed: int

    def keep_up(self, now: datetime, *, crowded: bool = False) -> None:
        """Write down what people do about each post of ours that was made since the last time."""
        done = self.database.meta(_DONE) or ""
        sql = "select id from posts where origin = 'web' and id > ? and visible_at <= ? order by id"
        fresh = [row["id"] for row in self.database.all(sql, (done, stamp(now)))]
        for post_id in fresh:
            post = self.posts.find(post_id, now)
            with self.database.transaction():
                if post is not None:
                    self._react(post, crowded=crowded)
                self.database.set_meta(_DONE, post_id)

    def _react(self, post: Post, *, crowded: bool) -> None:
        rng = random.Random(f"company-{self.seed}-{post.id}")  # noqa: S311
        self.posts.add_all(self._words(post, rng))
        if crowded:
            crowd = Crowd(Characters(self.posts, self.seed), self.relations, self.seed)
            self.posts.add_all(crowd.words(post, to=self._answered(post)))
        if post.in_reply_to is None:
            self._acts(post, rng)

    def _words(self, post: Post, rng: random.Random) -> Iterator[Post]:
        characters = Characters(self.posts, self.seed)
        bot, shy = characters.called(BOT), characters.called(SHY)
        self.relations.label_automated(bot.id)
        wait = timedelta(seconds=rng.uniform(*BOT_SECONDS))
        yield answer(bot, post, f"{rng.choice(_ECHOES)}! {rng.randrange(10_000)}", wait, rng)
        if self._answered(post) == SHY:
            yield answer(shy, post, STOP, STOP_AFTER, rng)
        if post.in_reply_to is not None:
            return
        if rng.random() < SHY_ASKS:
            yield answer(shy, post, "What made you think of that today?", self._later(rng), rng)
        if rng.random() < QUOTED:
            quote = new_post(
                self._reader(rng), rng.choice(texts("voices")["quotes"]["texts"]), self._at(post, rng), rng
            )
            yield replace(quote, quoted_id=post.id)
        if rng.random() < MENTIONED:
            own = self.posts.account(post.account_id)
            name = own.handle if own else ""
            yield new_post(self._reader(rng), f"@{name} what would you try first?", self._at(post, rng), rng)

    def _acts(self, post: Post, rng: random.Random) -> None:
        for _ in range(LIKES):
            self.relations.act(self._reader(rng).id, "like", post.account_id, post.id, self._at(post, rng))
        if rng.random() < FOLLOWED:
            self.relations.act(self._reader(rng).id, "follow", post.account_id, "", self._at(post, rng))

    def _answered(self, post: Post) -> str | None:
        """Return the handle of whom a post answers."""
        parent = self.posts.find(post.in_reply_to, post.created_at) if post.in_reply_to else None
        author = self.posts.account(parent.account_id) if parent else None
        return author.handle if author else None

    def _reader(self, rng: random.Random) -> Account:
        return rng.choice(self.posts.accounts("reader"))

    def _later(self, rng: random.Random) -> timedelta:
        return timedelta(minutes=rng.uniform(*WITHIN_MINUTES))

    def _at(self, post: Post, rng: random.Random) -> datetime:
        return post.created_at + self._later(rng)
