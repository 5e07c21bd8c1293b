"""The addresses of one site that looks like X."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Site:
    """X, or the sandbox that looks like it.

    Attributes:
        base: scheme and host, without a slash at the end.
        handle: the account that is logged in, without the @.
    """

    base: str
    handle: str

    def home(self) -> str:
        """Return the page that only a logged-in account sees."""
        return f"{self.base}/home"

    def compose(self, in_reply_to: str | None) -> str:
        """Return the page that writes a post, or a reply."""
        query = f"?{urlencode({'in_reply_to': in_reply_to})}" if in_reply_to else ""
        return f"{self.base}/compose/post{query}"

    def status(self, handle: str, post_id: str) -> str:
        """Return one post's own page."""
        return f"{self.base}/{quote(handle, safe='')}/status/{quote(post_id, safe='')}"

    def profile(self, handle: str, *, with_replies: bool = False) -> str:
        """Return an account's page."""
        return f"{self.base}/{quote(handle, safe='')}{'/with_replies' if with_replies else ''}"

    def notifications(self, *, mentions_only: bool = False) -> str:
        """Return the page that tells what others did."""
        return f"{self.base}/notifications{'/mentions' if mentions_only else ''}"

    def explore(self, tab: str) -> str:
        """Return the page that lists what is talked about: ``trending`` or ``news``."""
        return f"{self.base}/explore/tabs/{quote(tab, safe='')}"

    def search(self, query: str, *, latest: bool) -> str:
        """Return a page of search results."""
        asked = {"q": query, "src": "typed_query"} | ({"f": "live"} if latest else {})
        return f"{self.base}/search?{urlencode(asked)}"
