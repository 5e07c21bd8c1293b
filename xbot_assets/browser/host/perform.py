"""Carries out one operation in one slot, within its deadline, and answers with a result or a typed failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.failures import PageGoneError, classify
from xbot_assets.browser.host.lease import Lease, preempted
from xbot_assets.browser.host.pool import BrowserPool
from xbot_assets.browser.host.slots import Slot
from xbot_assets.browser.pages.composer.compose import publish
from xbot_assets.browser.pages.notifications import read_notifications
from xbot_assets.browser.pages.profile import read_profile
from xbot_assets.browser.pages.replies import read_replies
from xbot_assets.browser.pages.session import check_session
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.status import read_posts
from xbot_assets.browser.pages.timeline import read_own_timeline, read_timeline, search
from xbot_assets.browser.pages.trends import read_trends
from xbot_assets.browser.wire import OperationAnswer, OperationCall, OperationFailure, WireOperation
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.answers import Message, SessionChecked
from xbot_assets.x.operations import (
    CheckSession,
    Operation,
    Publish,
    ReadNotifications,
    ReadOwnTimeline,
    ReadPosts,
    ReadProfile,
    ReadReplies,
    ReadTimeline,
    ReadTrends,
    Search,
)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
LAST_WORDS_SECONDS = 0.5
"""After its page has gone, an operation may still end by itself, with what it has read so far."""
_STOPPING = "The browser host is stopping."


@dataclass(frozen=True, slots=True)
class Performer:
    """Whoever carries out operations: the pool to do them in, the site to do them on.

    Attributes:
        pool: the slots.
        site: X, or the sandbox.
        may_post: false in shadow mode; a publish that would click is then refused.
    """

    pool: BrowserPool
    site: Site
    may_post: bool

    async def answer(self, call: OperationCall) -> OperationAnswer:
        """Carry out ``call``. Every failure is an answer; only the end of the host is not."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an operation runs in a task, so that it can be cancelled")
        lease = Lease.of(call, task)
        try:
            async with self.pool.taken(lease) as slot:
                lease.started_at = system_now()
                result = await self._in_slot(slot, call.operation, lease.attempt)
        except asyncio.CancelledError:
            return _answer(lease, error=_cut_short(lease))
        except Exception as raised:  # noqa: BLE001 - whatever an operation dies of becomes an answer
            error = classify(raised, clicked=lease.attempt.clicked)
            self._learn_from(error, raised)
            return _answer(lease, error=error)
        return _answer(lease, result=result)

    async def _in_slot(self, slot: Slot, operation: WireOperation, attempt: Attempt) -> Message:
        result = await self._on_page(slot, operation, attempt)
        if self._told_lost(result):
            result = await self._on_page(slot, operation, attempt)  # once more, with the session the source has now
            self._told_lost(result)  # and whoever comes next begins with the one it has then
        return result

    def _told_lost(self, result: Message) -> bool:
        lost = isinstance(result, SessionChecked) and result.state == AccountState.LOGGED_OUT
        if lost:
            self.pool.forget_session()
        return lost

    async def _on_page(self, slot: Slot, operation: WireOperation, attempt: Attempt) -> Message:
        async with self.pool.page(slot, attempt.remaining) as page:
            page.set_default_timeout(attempt.remaining_ms)
            async with asyncio.timeout(attempt.remaining):
                return await _unless_gone(page, self._do(page, operation, attempt))

    async def _do(self, page: Page, operation: WireOperation, attempt: Attempt) -> Message:
        match operation:
            case Publish():
                if operation.submit and not self.may_post:
                    raise _shadow()
                return await publish(page, self.site, operation, attempt)
            case CheckSession():
                return await check_session(page, self.site, attempt)
            case _:
                return await _READERS[type(operation)](page, self.site, operation, attempt)

    def _learn_from(self, error: ProductError, raised: Exception) -> None:
        if error.code is FailureCode.LOGGED_OUT:
            self.pool.forget_session()
        if error is not raised:
            unexpected = raised if error.code == FailureCode.BROWSER_ERROR else None
            _log.warning("An operation failed: %s", error.reason, exc_info=unexpected)


_READERS: dict[type[Operation[Any]], Callable[[Page, Site, Any, Attempt], Awaitable[Message]]] = {
    ReadPosts: read_posts,
    ReadProfile: read_profile,
    Search: search,
    ReadOwnTimeline: read_own_timeline,
    ReadTimeline: read_timeline,
    ReadReplies: read_replies,
    ReadNotifications: read_notifications,
    ReadTrends: read_trends,
}
"""Who carries out each operation that only reads."""


async def _unless_gone(page: Page, work: Awaitable[_T]) -> _T:
    """Return what ``work`` returns, unless the page crashes or closes first: then nothing would wake it."""
    gone = asyncio.Event()
    page.on("crash", lambda _page: gone.set())
    page.on("close", lambda _page: gone.set())
    task, watch = asyncio.ensure_future(work), asyncio.create_task(gone.wait())
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({task}, timeout=LAST_WORDS_SECONDS)
        if task.done():
            return task.result()
        raise PageGoneError
    finally:
        task.cancel()
        watch.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


def _shadow() -> PermanentFailure:
    return PermanentFailure(
        "This host runs in shadow mode and does not post.",
        code=FailureCode.SHADOW_MODE,
        remedy="Ask with submit=False; docs/live.md says how to go live.",
    )


def _cut_short(lease: Lease) -> ProductError:
    if lease.attempt.clicked:
        return classify(TimeoutError(), clicked=True)
    return preempted() if lease.preempted else TransientFailure(_STOPPING, code=FailureCode.BROWSER_HOST_STOPPING)


def _answer(lease: Lease, *, result: Message | None = None, error: ProductError | None = None) -> OperationAnswer:
    return OperationAnswer(
        slot=lease.slot,
        started_at=lease.started_at,
        ended_at=system_now(),
        result=result.model_dump(mode="json") if result else None,
        failure=failure_message(error) if error else None,
    )


def failure_message(error: ProductError) -> OperationFailure:
    """Return a failure as it travels."""
    return OperationFailure(
        kind=error.kind,
        code=error.code,
        reason=error.reason,
        remedy=error.remedy,
        retry_after_seconds=error.retry_after_seconds,
    )
