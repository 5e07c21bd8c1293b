"""Reads posts on their own pages, one after another."""

import re
from collections.abc import Iterator

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.failures import classify
from xbot_assets.browser.pages.evidence import evidence_of, unread
from xbot_assets.browser.pages.reading import Snapshot
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import open_page
from xbot_assets.browser.pages.told.accounts import words_say
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.x.account_state import ACCOUNT_TROUBLE
from xbot_assets.x.answers import MissedPost, PageEvidence, PostReading, PostsRead
from xbot_assets.x.operations import ReadPosts

RESERVE_SECONDS = 2.0
"""Kept back from the deadline, so that what was read is answered rather than lost."""
_STOPS_ALL = ACCOUNT_TROUBLE | {FailureCode.RATE_LIMITED, FailureCode.BROWSER_CRASHED}
"""After one of these the next page would say the same."""
CHANGED_MAX = 3
"""So many pages in a row that are not as they were: the next one is not, either, and each costs a long wait."""
_GONE = re.compile(r"deleted|does(n.t| not) exist|no longer exists", re.IGNORECASE)


async def read_posts(page: Page, site: Site, operation: ReadPosts, attempt: Attempt) -> PostsRead:
    """Read every post that can be read before the deadline; say of each other one why not.

    Raises:
        ProductError: when not one page could be looked at because of the account, the site or the browser.
    """
    batch, traffic = _Batch(page), Traffic(page)
    left = iter(dict.fromkeys(operation.post_ids))
    for post_id in left:
        try:
            await batch.read(await _read_one(page, site, operation.handle, post_id, traffic, attempt))
        except (ProductError, PlaywrightError) as error:
            failure = classify(error)
            if failure.code in _STOPS_ALL and not batch.posts:
                raise failure from error
            await batch.miss(post_id, failure)
            if failure.code in _STOPS_ALL or batch.changed >= CHANGED_MAX:
                batch.missed += _rest(left, failure)
    return PostsRead(posts=tuple(batch.posts), missed=tuple(batch.missed), evidence=batch.evidence)


class _Batch:
    """What became of the posts so far. ``changed`` counts pages in a row that are not as they were."""

    def __init__(self, page: Page) -> None:
        self.posts: list[PostReading] = []
        self.missed: list[MissedPost] = []
        self.changed = 0
        self.evidence: PageEvidence | None = None
        self._page = page

    async def read(self, reading: PostReading) -> None:
        """Add what was read; a page without counts that X always shows is kept."""
        self.posts.append(reading)
        self.changed = 0
        if reason := unread(reading):
            await self._keep(reason)

    async def miss(self, post_id: str, failure: ProductError) -> None:
        """Add why a post was not read; a page that is not as it was is kept."""
        why = "gone" if failure.code is FailureCode.GONE else "unread"
        given = {"post_id": post_id, "why": why, "reason": failure.reason, "code": failure.code}
        self.missed.append(MissedPost.model_validate(given))
        changed = failure.code is FailureCode.PAGE_CHANGED
        self.changed = self.changed + 1 if changed else 0
        if changed:
            await self._keep(failure.reason)

    async def _keep(self, reason: str) -> None:
        if self.evidence is None:
            self.evidence = await evidence_of(self._page, reason)


def _rest(left: Iterator[str], failure: ProductError) -> Iterator[MissedPost]:
    return (MissedPost(post_id=post_id, why="unread", reason=failure.reason) for post_id in left)


async def _read_one(
    page: Page, site: Site, handle: str, post_id: str, traffic: Traffic, attempt: Attempt
) -> PostReading:
    seconds = attempt.remaining - RESERVE_SECONDS
    if seconds <= 0:
        raise TransientFailure("The time of this batch was up before this post's turn.", code=FailureCode.DEADLINE)
    seen = await open_page(page, site.status(handle, post_id), "status", traffic=traffic, seconds=seconds)
    reading = next((post for post in seen.readings() if post.post_id == post_id), None)
    if reading is None:
        raise absent(seen, post_id)
    return traffic.told.completed(reading)


def absent(seen: Snapshot, post_id: str) -> ProductError:
    """Say why the page of a post does not hold it: X's words about it, or an unexpected page."""
    words = next(iter(seen.placeholders), "")
    if _GONE.search(words):
        return PermanentFailure(f"X says: {words}", code=FailureCode.GONE)
    if words:
        code = words_say(words) or FailureCode.UNAVAILABLE
        return PermanentFailure(f"X does not show the post: {words}", code=code)
    return PermanentFailure(f"The page {seen.state.path} does not show post {post_id}.", code=FailureCode.PAGE_CHANGED)
