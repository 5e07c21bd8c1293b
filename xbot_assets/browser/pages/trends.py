"""Reads what X says is talked about. A line whose name cannot be read is absent; a number that cannot is ``None``."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.evidence import evidence_of
from xbot_assets.browser.pages.numbers.amounts import one_amount
from xbot_assets.browser.pages.numbers.notation import notation_of
from xbot_assets.browser.pages.reading import RawTrend, Snapshot, page_changed
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import open_page
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.x.answers import TrendReading, TrendsRead
from xbot_assets.x.operations import ReadTrends


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines that could be read, and how many could not."""

    trends: tuple[TrendReading, ...]
    unread: int


async def read_trends(page: Page, site: Site, operation: ReadTrends, attempt: Attempt) -> TrendsRead:
    """Read the lines of one tab, as far as they stand on its first screens.

    A page that is not as it was is an answer with its evidence, so that it can be kept; it is never an empty list.

    Raises:
        ProductError: typed by page state.
    """
    traffic = Traffic(page)
    try:
        url = site.explore(operation.tab)
        seen = await open_page(page, url, "trends", traffic=traffic, seconds=attempt.remaining)
    except ProductError as failure:
        if failure.code is not FailureCode.PAGE_CHANGED:
            raise
        return await _with_evidence(page, failure, _Lines((), 0))
    lines = _lines(seen.trends, seen.state.language, operation.limit)
    problem = _problem(seen, lines)
    return await _with_evidence(page, page_changed(problem), lines) if problem else TrendsRead(trends=lines.trends)


async def _with_evidence(page: Page, failure: ProductError, lines: _Lines) -> TrendsRead:
    """Answer with what could be read and the page's outline; fail when there is neither."""
    evidence = await evidence_of(page, failure.reason)
    if evidence is None and not lines.trends:
        raise failure
    return TrendsRead(trends=lines.trends, unread=lines.unread, evidence=evidence)


def _lines(raw: Sequence[RawTrend], language: str, limit: int) -> _Lines:
    own = [line for line in raw if not line.promoted]
    named = [line for line in own if line.name and line.context is not None]
    return _Lines(
        tuple(_reading(rank, line, language) for rank, line in enumerate(named[:limit], 1)), len(own) - len(named)
    )


def _reading(rank: int, line: RawTrend, language: str) -> TrendReading:
    amount = one_amount(line.below, notation_of(language))
    return TrendReading(
        rank=rank, name=line.name or "", context=line.context or "", posts=amount.value if amount else None
    )


def _problem(seen: Snapshot, lines: _Lines) -> str:
    """Say what is wrong with a page; empty when it lists what it should, or says itself that there is nothing."""
    if lines.unread:
        return f"{lines.unread} lines of the page {seen.state.path} have no name that can be read."
    if not seen.trends and not seen.state.empty:
        return f"The page {seen.state.path} lists nothing, and does not say so."
    return ""
