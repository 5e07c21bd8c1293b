"""Keeps what a page looked like that could not be read, scrubbed of what belongs to the session."""

import logging
from functools import cache
from importlib.resources import files

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from xbot_assets.x.answers import PageEvidence, PostReading

_log = logging.getLogger(__name__)
NEEDED = ("replies", "reposts", "likes", "bookmarks")
"""Counts that X shows of every post of one's own."""


@cache
def script() -> str:
    """Return the text of ``outline.js``."""
    return (files(__package__) / "outline.js").read_text(encoding="utf-8")


async def evidence_of(page: Page, reason: str) -> PageEvidence | None:
    """Return the page's outline, or ``None`` when the page is gone: then the reason alone has to do."""
    try:
        seen = await page.evaluate(script())
    except PlaywrightError as error:
        _log.warning("The page that could not be read is gone, too: %s", error.message)
        return None
    return PageEvidence(path=seen["path"], reason=reason, outline=seen["outline"])


def unread(reading: PostReading) -> str:
    """Say which counts of a post are missing; empty when none is."""
    missing = [name for name in NEEDED if getattr(reading.counts, name) is None]
    return f"The counts of post {reading.post_id} cannot be read: {', '.join(missing)}." if missing else ""
