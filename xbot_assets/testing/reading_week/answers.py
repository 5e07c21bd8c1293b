"""From the bodies of X's answers to readings, by the product's own parsers of them; no page is drawn."""

from collections.abc import Iterator
from typing import Any

from xbot_assets.browser.pages.told.graphql import GraphPost, at
from xbot_assets.browser.pages.told.lists import HeardList, Tab
from xbot_assets.browser.pages.told.posts import ToldPosts
from xbot_assets.browser.pages.told.timelines import instructions_in, timeline
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.x.answers import Counts, PostReading


class ReadList:
    """Posts in the order of the answers heard, each once, and where the next page begins."""

    def __init__(self, name: str, tab: Tab) -> None:
        self.heard = HeardList(tab)
        self.cursor: str | None = None
        self.posts: dict[str, PostReading] = {}
        self._name = name
        self._told = ToldPosts()

    def hear(self, body: object) -> bool:
        """Learn from one page; say whether it told of a post that was not known."""
        before = len(self.posts)
        self._told.hear(body)
        self.heard.hear(Answer(self._name, {}, body))
        for item in timeline(body):
            if item.post is not None and item.post.author is not None and item.post.repost_of is None:
                self.posts.setdefault(item.post.post_id, self._reading(item.post, pinned=item.pinned))
        self.cursor = next(_bottoms(body), None)
        return len(self.posts) > before

    def _reading(self, post: GraphPost, *, pinned: bool) -> PostReading:
        handle = post.author.handle if post.author else ""
        bare = PostReading(
            post_id=post.post_id,
            handle=handle,
            permalink=f"/{handle}/status/{post.post_id}",
            created_at=post.created,
            text="",
            lang=None,
            counts=Counts(),
            label="",
            pinned=pinned,
        )
        reading, told = self._told.completed(bare), self.heard.of(post.post_id)
        return reading.model_copy(update={"kind": told.kind, "in_reply_to": told.answers}) if told else reading


def _bottoms(body: object) -> Iterator[str]:
    for instruction in instructions_in(body):
        entries: Any = instruction.get("entries")
        for entry in entries if isinstance(entries, list) else ():
            value = at(entry, "content", "value")
            if at(entry, "content", "cursorType") == "Bottom" and isinstance(value, str):
                yield value
