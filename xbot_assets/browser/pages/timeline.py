"""Reads lists of posts while scrolling: the page keeps only what is near the window."""

import asyncio
import time
from collections.abc import Callable

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.graphql import is_last_page, reply_targets
from xbot_assets.browser.pages.reading import Snapshot, take
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import PageState, failure_of_state, open_page, recognise
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.x.answers import PostReading, TimelineRead
from xbot_assets.x.operations import ReadOwnTimeline, Search

STEP_SCREENS = 0.8
"""How far each step scrolls: less than a screen, so that no post passes between two readings."""
PAUSE_SECONDS = 0.1
"""After a step, for the list to lay itself out; the next reading is a step later anyway."""
END_SECONDS = 2.0
"""At the bottom, with nothing loading, for this long: the list has ended."""
ANSWER_RESERVE_SECONDS = 2.0
"""Kept back from the deadline, so that what was read is answered rather than lost."""
Wanted = Callable[[PostReading], bool]


async def search(page: Page, site: Site, operation: Search, attempt: Attempt) -> TimelineRead:
    """Read search results in page order, promoted ones marked.

    Raises:
        ProductError: typed by page state.
    """
    url = site.search(operation.query, latest=operation.latest)
    return await _collect(page, url, operation.limit, attempt, lambda _post: True)


async def read_own_timeline(page: Page, site: Site, operation: ReadOwnTimeline, attempt: Attempt) -> TimelineRead:
    """Read the account's own posts; what it reposted, what it answered and ads are left out.

    Raises:
        ProductError: typed by page state.
    """
    own = site.handle.casefold()
    url = site.profile(site.handle, with_replies=operation.with_replies)
    return await _collect(
        page, url, operation.limit, attempt, lambda post: post.handle.casefold() == own and not post.promoted
    )


class _Collected:
    """Posts by id in the order first seen."""

    def __init__(self, wanted: Wanted, limit: int) -> None:
        self._seen: dict[str, PostReading | None] = {}
        self._wanted = wanted
        self._limit = limit
        self._targets: dict[str, str] = {}
        self.ends = False
        """Whether X's latest answer was the last of the list."""

    def hear(self, body: object) -> None:
        """Learn from X's own answer what the page does not show."""
        self._targets |= reply_targets(body)
        self.ends = is_last_page(body)

    def add(self, seen: Snapshot) -> bool:
        """Add what is new on the page; say whether anything was."""
        before = len(self._seen)
        for post in seen.readings():
            key = post.post_id or f"{post.handle} {post.label}"
            self._seen.setdefault(key, post if self._wanted(post) else None)
        return len(self._seen) > before

    @property
    def posts(self) -> tuple[PostReading, ...]:
        found = [post for post in self._seen.values() if post is not None][: self._limit]
        return tuple(post.model_copy(update={"in_reply_to": self._targets.get(post.post_id or "")}) for post in found)

    @property
    def full(self) -> bool:
        return sum(post is not None for post in self._seen.values()) >= self._limit


async def _collect(page: Page, url: str, limit: int, attempt: Attempt, wanted: Wanted) -> TimelineRead:
    traffic, found = Traffic(page), _Collected(wanted, limit)
    for operation in ("UserTweets", "UserTweetsAndReplies", "SearchTimeline"):
        traffic.want(operation, found.hear)
    first = await open_page(page, url, "list", traffic=traffic, seconds=attempt.remaining)
    still_since = time.monotonic()
    found.add(first)
    while not found.full and attempt.remaining > ANSWER_RESERVE_SECONDS:
        seen = await take(page, scroll=STEP_SCREENS)
        _check(seen, traffic)
        if found.add(seen) or not seen.scroll.at_end or seen.state.busy:
            still_since = time.monotonic()
        elif found.ends or time.monotonic() - still_since > END_SECONDS:
            return TimelineRead(posts=traffic.told.all_completed(found.posts), complete=True)
        await asyncio.sleep(PAUSE_SECONDS)
    return TimelineRead(posts=traffic.told.all_completed(found.posts), complete=False)


def _check(seen: Snapshot, traffic: Traffic) -> None:
    """Refuse a list that broke off: what was read so far would look like all there is."""
    found = recognise(seen.state)
    if found is PageState.TIMELINE_FAILED and traffic.refusal:
        raise traffic.refusal
    if found not in {PageState.READY, PageState.LOADING}:
        raise failure_of_state(found, seen.state.path)
