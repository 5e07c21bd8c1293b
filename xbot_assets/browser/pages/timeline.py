"""Reads lists of posts while scrolling: the page keeps only what is near the window."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.reading import Snapshot, take
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import PageState, failure_of_state, open_page, recognise
from xbot_assets.browser.pages.states import Wanted as PageWanted
from xbot_assets.browser.pages.told.accounts import HeardAccounts
from xbot_assets.browser.pages.told.lists import HeardList, Tab
from xbot_assets.browser.pages.traffic import Answer, Traffic
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError, TransientFailure
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets.x.answers import OwnList, OwnTimelineRead, PostReading, TimelineRead
from xbot_assets.x.operations import ReadOwnTimeline, ReadTimeline, Search

STEP_SCREENS = 0.8
"""How far each step scrolls: less than a screen, so that no post passes between two readings."""
PAUSE_SECONDS = 0.1
"""After a step, for the list to lay itself out; the next reading is a step later anyway."""
END_SECONDS = 2.0
"""At the bottom, with nothing loading, for this long: the list has ended."""
ANSWER_RESERVE_SECONDS = 2.0
"""Kept back from the deadline, so that what was read is answered rather than lost."""
SECOND_LIST_SHARE = 0.5
"""Where originals and replies are lists of their own, the second one has this share of the whole time."""
Wanted = Callable[[PostReading], bool]


async def search(page: Page, site: Site, operation: Search, attempt: Attempt) -> TimelineRead:
    """Read search results in page order, promoted ones marked.

    Raises:
        ProductError: typed by page state.
    """
    traffic, collected = Traffic(page), Collected(Tab.SEARCH, lambda _post: True, operation.limit)
    traffic.listen(collected.heard.hear)
    url = site.search(operation.query, latest=operation.latest)
    seen, complete = await collect(page, traffic, url, collected, attempt)
    if collected.is_unanswered:
        raise traffic.refusal or unanswered(seen)
    return TimelineRead(posts=traffic.told.all_completed(collected.posts), complete=complete)


async def read_own_timeline(page: Page, site: Site, operation: ReadOwnTimeline, attempt: Attempt) -> OwnTimelineRead:
    """Read the account's own posts; what it reposted, what it answered and ads are left out.

    X has them in one list, or originals and replies in a list each: then both are read.

    Raises:
        ProductError: typed by page state; an account that X does not show is not one without posts.
    """
    reader = _ProfileLists(page, site, attempt, operation.limit, site.handle, Traffic(page), HeardAccounts(site.handle))
    if not operation.with_replies:
        return OwnTimelineRead(lists=(await reader.read(Tab.POSTS),))
    replies = await reader.read(Tab.REPLIES)
    if PostKind.ORIGINAL in replies.kinds:
        return OwnTimelineRead(lists=(replies,))
    return OwnTimelineRead(lists=(replies, await reader.read(Tab.POSTS)))


async def read_timeline(page: Page, site: Site, operation: ReadTimeline, attempt: Attempt) -> TimelineRead:
    """Read an account's own words from its profile: from one tab, or from each that its posts are kept in.

    Raises:
        ProductError: typed by page state; an account that X does not show is not one without posts.
    """
    accounts = HeardAccounts(site.handle)
    reader = _ProfileLists(page, site, attempt, operation.limit, operation.handle, Traffic(page), accounts)
    lists = [await reader.read(Tab.REPLIES if operation.with_replies else Tab.POSTS)]
    if operation.with_replies and PostKind.ORIGINAL not in lists[0].kinds:
        lists.append(await reader.read(Tab.POSTS))
    posts = OwnTimelineRead(lists=tuple(lists)).posts
    newest = sorted(posts, key=lambda post: (not post.pinned, int(post.post_id or 0)), reverse=True)
    return TimelineRead(posts=tuple(newest[: operation.limit]), complete=all(held.complete for held in lists))


class Collected:
    """Posts by id in the order first seen, with what X's own answers told of them."""

    def __init__(self, tab: Tab, wanted: Wanted, limit: int) -> None:
        self.tab = tab
        self.heard = HeardList(tab)
        self._seen: dict[str, PostReading | None] = {}
        self._wanted = wanted
        self._limit = limit

    def add(self, seen: Snapshot) -> bool:
        """Add what is new on the page; say whether anything was."""
        before = len(self._seen)
        for post in seen.readings():
            key = post.post_id or f"{post.handle} {post.label}"
            self._seen.setdefault(key, post if self._wanted(post) else None)
        return len(self._seen) > before

    @property
    def posts(self) -> tuple[PostReading, ...]:
        """The posts that were wanted, in the order first seen."""
        readings = [post for post in self._seen.values() if post is not None][: self._limit]
        return tuple(self._with_kind(post) for post in readings)

    def _with_kind(self, post: PostReading) -> PostReading:
        told = self.heard.of(post.post_id)
        return post.model_copy(update={"in_reply_to": told.answers, "kind": told.kind}) if told else post

    @property
    def kinds(self) -> frozenset[PostKind]:
        """The kinds of the account's posts that the list surely holds."""
        placed = [post for post in self.posts if not (post.pinned or post.reposted_by)]
        return self.heard.kinds({post.post_id for post in placed if post.post_id})

    @property
    def full(self) -> bool:
        """Whether as many as were wanted are there."""
        return sum(post is not None for post in self._seen.values()) >= self._limit

    @property
    def is_unanswered(self) -> bool:
        """Whether the page shows no post, and X never answered with a list: that is not an empty one."""
        return not self._seen and not self.heard.answered


@dataclass(frozen=True, slots=True)
class _ProfileLists:
    """Whoever reads the lists of one profile, one after another on the same page."""

    page: Page
    site: Site
    attempt: Attempt
    limit: int
    handle: str
    traffic: Traffic
    accounts: HeardAccounts

    async def read(self, tab: Tab) -> OwnList:
        """Read one list of the profile."""
        own = self.handle.casefold()
        collected = Collected(tab, lambda post: post.handle.casefold() == own and not post.promoted, self.limit)
        self.traffic.listen(self._told(collected))
        url = self.site.profile(self.handle, with_replies=tab is Tab.REPLIES)
        try:
            seen, complete = await collect(self.page, self.traffic, url, collected, self.attempt)
        except ProductError as failure:
            raise self._instead_of(failure) from failure
        if not collected.posts:
            self._refuse_unshown(collected, seen)
        return OwnList(posts=self.traffic.told.all_completed(collected.posts), complete=complete, kinds=collected.kinds)

    def _told(self, collected: Collected) -> Callable[[Answer], None]:
        def hear(answer: Answer) -> None:
            self.accounts.hear(answer)
            collected.heard.hear(answer)

        return hear

    def _instead_of(self, failure: ProductError) -> ProductError:
        """Return what X's data say of the account, where the page itself only says that something is not there."""
        vague = {FailureCode.GONE, FailureCode.PAGE_CHANGED, FailureCode.LOADING}
        return (failure.code in vague and self.accounts.failure(self.handle)) or failure

    def _refuse_unshown(self, collected: Collected, seen: Snapshot) -> None:
        words = seen.state.empty if collected.is_unanswered else None
        failure = self.accounts.failure(self.handle, words)
        if failure is not None:
            raise failure
        if collected.is_unanswered:
            raise self.traffic.refusal or unanswered(seen)


async def collect(
    page: Page, traffic: Traffic, url: str, collected: Collected, attempt: Attempt
) -> tuple[Snapshot, bool]:
    """Scroll through a list; return what the page showed last, and whether the list had ended.

    Raises:
        ProductError: typed by page state, also when the list broke off on the way.
    """
    shows: PageWanted = "status" if collected.tab is Tab.CONVERSATION else "list"
    seen = await open_page(page, url, shows, traffic=traffic, seconds=attempt.remaining)
    still_since = time.monotonic()
    collected.add(seen)
    while not collected.full and attempt.remaining > _kept_back(collected, attempt):
        seen = await take(page, scroll=STEP_SCREENS)
        _check(seen, traffic)
        if collected.add(seen) or not seen.scroll.at_end or seen.state.busy:
            still_since = time.monotonic()
        elif collected.heard.ends or time.monotonic() - still_since > END_SECONDS:
            await traffic.drained()
            return seen, True
        await asyncio.sleep(PAUSE_SECONDS)
    await traffic.drained()
    return seen, False


def _kept_back(collected: Collected, attempt: Attempt) -> float:
    """Return the seconds that are for something else: the answer, and a second list when this one is not the only."""
    is_first = collected.tab is Tab.REPLIES and collected.heard.answered and PostKind.ORIGINAL not in collected.kinds
    return ANSWER_RESERVE_SECONDS + (SECOND_LIST_SHARE * attempt.seconds if is_first else 0.0)


def unanswered(seen: Snapshot) -> TransientFailure:
    """Return the failure for an empty page that may be empty for any reason."""
    words = f" It says: {seen.state.empty}" if seen.state.empty else ""
    reason = f"The page {seen.state.path} shows no posts, and X has not answered with an empty list.{words}"
    return TransientFailure(reason, code=FailureCode.TIMELINE_FAILED)


def _check(seen: Snapshot, traffic: Traffic) -> None:
    """Refuse a list that broke off: what was read so far would look like all there is."""
    page_state = recognise(seen.state)
    if page_state is PageState.TIMELINE_FAILED and traffic.refusal:
        raise traffic.refusal
    if page_state not in {PageState.READY, PageState.LOADING}:
        raise failure_of_state(page_state, seen.state.path)
