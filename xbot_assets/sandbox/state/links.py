"""Short links: every URL in a post becomes ``https://t.co/<code>``, which the site resolves at ``/t/<code>``."""

import hashlib
import re
from dataclasses import dataclass

from xbot_assets.sandbox.state.database import Database

URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
CODE_LENGTH = 10
DISPLAY_LENGTH = 27
"""Characters of an address shown before it is cut with an ellipsis."""


@dataclass(frozen=True, slots=True)
class ShortLink:
    """One URL as X shows it."""

    code: str
    expanded: str

    @property
    def url(self) -> str:
        """Return the wrapped address, as it stands in ``full_text``."""
        return f"https://t.co/{self.code}"

    @property
    def display(self) -> str:
        """Return the visible text: no scheme, cut with an ellipsis."""
        bare = re.sub(r"^https?://(www\.)?", "", self.expanded)
        return bare if len(bare) <= DISPLAY_LENGTH else bare[:DISPLAY_LENGTH] + "…"


def short(url: str) -> ShortLink:
    """Return the short link of a URL; the same URL always gives the same one."""
    digest = hashlib.sha256(url.encode()).hexdigest()
    return ShortLink(digest[:CODE_LENGTH], url)


def remember(database: Database, text: str) -> None:
    """Keep the links of a text, so that ``/t/<code>`` can resolve them."""
    for url in URL.findall(text):
        database.run("insert or ignore into links values (?, ?)", (short(url).code, url))


def resolve(database: Database, code: str) -> str | None:
    """Return the URL behind a code."""
    row = database.one("select url from links where code = ?", (code,))
    return None if row is None else str(row["url"])
