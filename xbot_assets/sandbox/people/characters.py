"""People of the sandbox who do the same thing again and again: found by handle, made when first needed."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.people.world import new_account, new_post

JOINED = datetime.fromisoformat("2019-05-01T12:00:00Z")
FOLLOWERS = 300


@dataclass(frozen=True, slots=True)
class Characters:
    """Them, over one world."""

    posts: Posts
    seed: int

    def called(self, handle: str) -> Account:
        """Return the character of that handle."""
        known = self.posts.by_handle(handle)
        if known is not None:
            return known
        rng = random.Random(f"{handle}-{self.seed}")  # noqa: S311
        account = new_account(handle, handle.replace("_", " ").title(), "world", FOLLOWERS, JOINED, rng)
        return self.posts.add_account(replace(account, bio="A character of the sandbox."))


def answer(author: Account, post: Post, text: str, wait: timedelta, rng: random.Random) -> Post:
    """Return what somebody writes below a post after a while."""
    reply = new_post(author, text, post.created_at + wait, rng)
    return replace(reply, in_reply_to=post.id, conversation_id=post.conversation_id)
