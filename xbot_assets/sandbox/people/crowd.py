"""People who make answering hard, while the switch ``company`` is ``crowded``, beside those of :mod:`.company`.

Under each post of ours: a bot without the label that answers everything within seconds; somebody who never lets a
conversation end; and, drawn from the world's seed and the post, somebody who takes a question back, and a question that
is marked as sensitive.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from xbot_assets.sandbox.people.characters import Characters, answer
from xbot_assets.sandbox.people.posts import Post
from xbot_assets.sandbox.people.relations import Relations

QUICK, ENDLESS, HASTY, NIGHTLY = "quick_answerer", "never_done", "second_thought", "late_night_owl"
"""Their handles."""
QUICK_SECONDS = (5, 20)
ENDLESS_SECONDS = (120, 900)
BEGINS, HASTY_ASKS, NIGHTLY_ASKS = 0.3, 0.3, 0.2
"""Chances that under an own post that answers nobody the endless one begins, and that each of the others asks."""
ASKED_AFTER_SECONDS = (120, 1800)
TAKEN_BACK_SECONDS = (300, 1800)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Those people, over one world."""

    characters: Characters
    relations: Relations
    seed: int

    def words(self, post: Post, *, to: str | None) -> Iterator[Post]:
        """Yield what they write below a post of ours; ``to`` is the handle that it answers."""
        rng = random.Random(f"crowd-{self.seed}-{post.id}")  # noqa: S311
        yield self._say(QUICK, post, f"Interesting point! {rng.randrange(10_000)}", QUICK_SECONDS, rng)
        begins = post.in_reply_to is None and rng.random() < BEGINS
        if begins or to == ENDLESS:
            words = f"And how did that go the time before, number {rng.randrange(10_000)}?"
            yield self._say(ENDLESS, post, words, ENDLESS_SECONDS, rng)
        if post.in_reply_to is None:
            yield from self._questions(post, rng)

    def _questions(self, post: Post, rng: random.Random) -> Iterator[Post]:
        if rng.random() < HASTY_ASKS:
            asked = self._say(HASTY, post, "Is there a quicker way to do it?", ASKED_AFTER_SECONDS, rng)
            yield replace(asked, removed_at=asked.created_at + timedelta(seconds=rng.uniform(*TAKEN_BACK_SECONDS)))
        if rng.random() < NIGHTLY_ASKS:
            asked = self._say(NIGHTLY, post, "What do you make of this at night?", ASKED_AFTER_SECONDS, rng)
            self.relations.mark_sensitive(asked.id)
            yield asked

    def _say(self, handle: str, post: Post, text: str, seconds: tuple[float, float], rng: random.Random) -> Post:
        return answer(self.characters.called(handle), post, text, timedelta(seconds=rng.uniform(*seconds)), rng)
