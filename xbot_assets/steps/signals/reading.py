"""Reading trends, headlines, posts that many liked and the posts of other accounts, and storing them as signals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from xbot_assets.domain.engagement.relevance import keyword_relevance
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.steps.engagement.discovery import discovered
from xbot_assets.steps.engagement.pool import OF_ONE_PLACE
from xbot_assets.steps.metrics.careful import Attempt, careful
from xbot_assets.steps.metrics.page_watch import keep_page
from xbot_assets.steps.product import Product
from xbot_assets.steps.signals.places import Reading, background_reading, high_reading, longest_ago
from xbot_assets.steps.signals.seeing import post_signals, trend_signals
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement.signals import NewSignal, note_reading, store_signals
from xbot_assets.x.answers import TrendsRead
from xbot_assets.x.operations import ReadTimeline, ReadTrends, Search
from xbot_assets.x.search_query import SearchQuery

TOPIC, PEER, TREND = "viral", "peer", "trend"
"""What the places of a reading are called, before their own name."""


@dataclass(slots=True)
class SignalReport:
    """What one reading brought. ``read`` is false when the breaker gave no leave."""

    read: bool = True
    places: dict[str, int] = field(default_factory=dict)
    """Things seen by place."""
    failed: dict[str, str] = field(default_factory=dict)
    """Places that could not be read, and why."""
    stored: int = 0
    new: int = 0
    unread: int = 0
    """Lines of trends that could not be read."""
    changed: ProductError | None = None
    """That a list is not as it was."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One reading as it goes on."""

    product: Product
    lane: Lane
    attempt: Attempt
    report: SignalReport


def read_high_value(product: Product) -> SignalReport:
    """Read the newest posts of the accounts that the owner tracks, those looked at longest ago.

    An account that cannot be read costs itself only.

    Raises:
        ProductError: X could not be read at all, or the account is in trouble.
    """
    handles = [account.handle for account in author_store.tracked_accounts(product.database)]
    return _reading(product, high_reading(product), Lane.HIGH, lambda work: _read_peers(work, handles))


def read_background(product: Product) -> SignalReport:
    """Read trends and headlines, posts about trends that fit, posts on the topics that many liked, discovered accounts.

    Raises:
        ProductError: X could not be read at all, the page of trends has changed, or the account is in trouble.
    """
    return _reading(product, background_reading(product), Lane.LOW, _read_background)


def _reading(product: Product, reading: Reading, lane: Lane, work: Callable[[_Work], None]) -> SignalReport:
    report = SignalReport()
    policy = replace(product.settings.breaker_policy, failures=reading.failures_max)
    with careful(product, reading.breaker, policy) as attempt:
        if attempt is None:
            return SignalReport(read=False)
        work(_Work(product, lane, attempt, report))
        if report.places:
            attempt.outcome = AttemptOutcome.SUCCESS
    now = product.clock.now()
    note_reading(product.database, reading.name, now, seen=report.stored, new=report.new, unread=report.unread)
    return report


def _read_background(work: _Work) -> None:
    """Read lists, then posts: that a list has changed is raised at the end, so that it costs no posts."""
    trends = _read_tab(work, "trending", SignalKind.TREND)
    _read_tab(work, "news", SignalKind.NEWS)
    for trend in _fitting(work, trends):
        _read_search(work, f"{TREND}:{trend.name}", SignalKind.TREND, (trend.name,))
    topics = {f"{TOPIC}:{topic.name}": topic for topic in work.product.account.persona.topics}
    for name in longest_ago(list(topics), work.product):
        topic = topics[name]
        _read_search(work, name, SignalKind.VIRAL_FORMAT, (topic.name, *topic.keywords))
    _read_peers(work, [account.handle for account in discovered(work.product.account)])
    if work.report.changed is not None:
        raise work.report.changed


def _read_peers(work: _Work, handles: Sequence[str]) -> None:
    for name in longest_ago([f"{PEER}:{handle}" for handle in handles], work.product):
        _read_peer(work, name, name.removeprefix(f"{PEER}:"))


def _read_peer(work: _Work, name: str, handle: str) -> None:
    settings = work.product.settings
    try:
        answer = work.product.x.run(
            ReadTimeline(handle=handle, limit=settings.signal_posts_max),
            lane=work.lane,
            deadline_seconds=settings.read_deadline_seconds,
        )
    except PermanentFailure as failure:
        if failure.code not in OF_ONE_PLACE:
            raise
        work.report.failed[name] = failure.reason
        author_store.note_harvest(work.product.database, name, work.product.clock.now(), seen=0, new=0)
        return
    now = work.product.clock.now()
    _store(work, name, post_signals(answer.posts, SignalKind.PEER, f"@{handle}", now, work.product.account.handle))


def _read_search(work: _Work, name: str, kind: SignalKind, words: tuple[str, ...]) -> None:
    """Read what stands highest in a search for words, of the last days and with enough likes."""
    product, settings = work.product, work.product.settings
    query = SearchQuery(
        any_of=words,
        language=product.account.persona.language,
        likes=settings.signal_likes_min if kind is SignalKind.VIRAL_FORMAT else 0,
        since=product.clock.now() - settings.signal_age,
        originals=True,
    )
    answer = product.x.run(
        Search(query=query.text, latest=False, limit=settings.signal_posts_max),
        lane=work.lane,
        deadline_seconds=settings.read_deadline_seconds,
    )
    about = words[0]
    _store(work, name, post_signals(answer.posts, kind, about, product.clock.now(), product.account.handle))


def _read_tab(work: _Work, tab: str, kind: SignalKind) -> Sequence[NewSignal]:
    """Read one list and store it; a page that is not as it was is kept, and is a failure when most is unread."""
    settings = work.product.settings
    asked = ReadTrends.model_validate({"tab": tab, "limit": settings.signal_trends_max})
    answer = work.product.x.run(asked, lane=work.lane, deadline_seconds=settings.read_deadline_seconds)
    signals, name = trend_signals(answer.trends, kind), f"{kind.value}:list"
    if signals or answer.evidence is None:
        _store(work, name, signals)
    work.report.unread += answer.unread
    if answer.evidence is not None:
        kept = keep_page(work.product, answer.evidence, asked.kind, is_probe=work.attempt.permit.is_probe)
        failure = _changed(answer, f"{answer.evidence.reason}{kept}")
        work.report.failed[name] = failure.reason
        if answer.unread >= len(answer.trends):
            work.report.changed = work.report.changed or failure
    return signals


def _changed(answer: TrendsRead, reason: str) -> ProductError:
    return PermanentFailure(
        f"{len(answer.trends)} lines could be read, {answer.unread} could not. {reason}",
        code=FailureCode.PAGE_CHANGED,
        remedy="Look at 'xbot evidence'; X's pages have changed: update xbot-assets.",
    )


def _fitting(work: _Work, trends: Sequence[NewSignal]) -> list[NewSignal]:
    """Return the trends that are near a topic of the account, as many as are looked at."""
    topics = work.product.account.persona.topics
    near = [trend for trend in trends if keyword_relevance(trend.name, topics) > 0]
    return near[: work.product.settings.signal_trends_searched]


def _store(work: _Work, name: str, signals: Sequence[NewSignal]) -> None:
    now = work.product.clock.now()
    with work.product.database.transaction() as transaction:
        stored = store_signals(transaction, signals, now)
        if not name.startswith(TREND):  # trends come and go: there would be a row for each of them for ever
            author_store.note_harvest(transaction, name, now, seen=stored.stored, new=stored.new)
    work.report.places[name] = len(signals)
    work.report.stored += stored.stored
    work.report.new += stored.new
