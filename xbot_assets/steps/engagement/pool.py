"""The pool of opportunities: posts by others that were looked for, fresh and fitting, ranked by how fast they rise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xbot_assets.domain.engagement.seen import SeenCounts
from xbot_assets.domain.engagement.velocity import velocity
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.persona import Topic
from xbot_assets.steps.engagement.careful import careful_reading
from xbot_assets.steps.engagement.discovery import discovered, signals_of
from xbot_assets.steps.engagement.pool_watch import watch_pool
from xbot_assets.steps.engagement.relevance import JudgedPosts, judge_relevance
from xbot_assets.steps.engagement.seeing import Sourced, seen_of, store_counts, store_seen
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement.discovery import note_signals
from xbot_assets.store.engagement.opportunities import OpportunityReading
from xbot_assets.x.answers import TimelineRead
from xbot_assets.x.operations import ReadPosts, ReadTimeline, Search
from xbot_assets.x.search_query import SearchQuery

SEARCH, TRACKED = "search", "tracked"
OF_ONE_PLACE = frozenset(
    {
        FailureCode.NO_ACCOUNT,
        FailureCode.ACCOUNT_SUSPENDED,
        FailureCode.ACCOUNT_PROTECTED,
        FailureCode.ACCOUNT_BLOCKED,
        FailureCode.ACCOUNT_UNAVAILABLE,
        FailureCode.GONE,
    }
)
"""Failures that say something about a tracked account; any other is about X, its pages or our account."""
BY_ID = "i"
"""X finds a post by its id alone below this name."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place to look at: a search for a topic, or an account that is tracked or was discovered."""

    kind: str
    of: str
    topic: Topic | None = None

    @property
    def name(self) -> str:
        """What it is stored by."""
        return f"{self.kind}:{self.of}"


@dataclass(slots=True)
class HarvestReport:
    """What one harvest did. ``read`` is false when the breaker gave no leave."""

    read: bool = True
    places: dict[str, int] = field(default_factory=dict)
    """New open posts by place."""
    failed: dict[str, str] = field(default_factory=dict)
    """Places that could not be read, and why."""
    refused: Counter[str] = field(default_factory=Counter)
    reread: int = 0
    judged: JudgedPosts = field(default_factory=JudgedPosts)
    expired: int = 0
    open_posts: int = 0


def harvest_opportunities(product: Product) -> HarvestReport:
    """Look at the places that were looked at longest ago, read once more what was read once, judge, and clear up.

    A place that cannot be read costs itself only: what others brought is stored.

    Raises:
        ProductError: X could not be read at all, or the account is in trouble.
    """
    report = HarvestReport()
    with careful_reading(product) as permitted:
        if not permitted:
            return HarvestReport(read=False)
        limit = _depth(product)
        for place in _places(product)[: product.settings.harvest_sources_max]:
            _read_place(product, place, limit, report)
        report.reread = _reread(product)
    now = product.clock.now()
    report.judged = judge_relevance(product)
    report.expired = opportunity_store.expire(product.database, now, product.settings.opportunities_max)
    report.open_posts = opportunity_store.open_count(product.database, now)
    opportunity_store.note_count(product.database, now, report.open_posts)
    watch_pool(product, report.open_posts)
    return report


def _places(product: Product) -> list[Place]:
    """Return every place, the one looked at longest ago first, and those never looked at before all others."""
    places = [Place(SEARCH, topic.name, topic) for topic in product.account.persona.topics]
    places += [Place(TRACKED, account.handle) for account in author_store.tracked_accounts(product.database)]
    places += [Place(TRACKED, account.handle) for account in discovered(product.account)]
    looked = author_store.last_look(product.database)
    return sorted(places, key=lambda place: looked(place.name))


def _depth(product: Product) -> int:
    """Return how many posts are read of each place: more of them while too few are open."""
    settings = product.settings
    few = opportunity_store.open_count(product.database, product.clock.now()) < settings.opportunities_min
    return settings.harvest_deep_posts_max if few else settings.harvest_posts_max


def _read_place(product: Product, place: Place, limit: int, report: HarvestReport) -> None:
    """Read one place and store what it shows; trouble that is only its own is noted."""
    now = product.clock.now()
    try:
        answer = _ask(product, place, limit, now)
    except PermanentFailure as failure:
        if failure.code not in OF_ONE_PLACE:
            raise
        report.failed[place.name] = failure.reason
        author_store.note_harvest(product.database, place.name, now, seen=0, new=0)
        return
    seen: list[Sourced] = [(place.kind, post) for one in answer.posts if (post := seen_of(one, now)) is not None]
    with product.database.transaction() as transaction:
        stored = store_seen(product, transaction, seen, now)
        author_store.note_harvest(transaction, place.name, now, seen=len(seen), new=len(stored))
        if place.kind == TRACKED:
            signals, own = signals_of(answer.posts), product.account.handle
            note_signals(transaction, signals, by=place.of, own=own, now=now)
    _note_velocities(product, [post.x_post_id for _, post in seen])
    report.places[place.name] = sum(one.state == "open" for one in stored)
    report.refused["filtered"] += sum(one.state != "open" for one in stored)


def _ask(product: Product, place: Place, limit: int, now: datetime) -> TimelineRead:
    settings, seconds = product.settings, product.settings.read_deadline_seconds
    if place.topic is None:
        timeline = ReadTimeline(handle=place.of, limit=limit)
        return product.x.run(timeline, lane=Lane.LOW, deadline_seconds=seconds)
    query = SearchQuery(
        any_of=(place.topic.name, *place.topic.keywords),
        language=product.account.persona.language,
        likes=settings.opportunity_likes_min,
        since=now - timedelta(hours=settings.opportunity_hours),
        originals=True,
    )
    return product.x.run(Search(query=query.text, limit=limit), lane=Lane.LOW, deadline_seconds=seconds)


def _reread(product: Product) -> int:
    """Read posts that were read once on their own pages: two readings tell how fast they rise."""
    settings, now = product.settings, product.clock.now()
    ids = opportunity_store.read_once(
        product.database,
        now=now,
        before=now - timedelta(minutes=settings.velocity_gap_minutes),
        relevance=settings.relevance_min,
        limit=settings.harvest_reread_max,
    )
    if not ids:
        return 0
    answer = product.x.run(
        ReadPosts(post_ids=tuple(ids), handle=BY_ID),
        lane=Lane.LOW,
        deadline_seconds=settings.read_deadline_seconds + len(ids) * settings.read_post_seconds,
    )
    for missed in answer.missed:
        if missed.why == "gone":
            opportunity_store.refuse(product.database, missed.post_id, "gone", now)
    read_at = product.clock.now()
    seen = [post for one in answer.posts if (post := seen_of(one, read_at)) is not None]
    store_counts(product, product.database, seen)
    _note_velocities(product, [post.x_post_id for post in seen])
    return len(seen)


def _note_velocities(product: Product, ids: Sequence[str]) -> None:
    """Compute how fast each of these posts rises from its two newest readings, where there are two."""
    settings = product.settings
    half_life = timedelta(hours=settings.velocity_half_life_hours)
    gap = timedelta(minutes=settings.velocity_gap_minutes)
    pairs = _pairs(opportunity_store.newest_readings(product.database, ids))
    rising = {
        second.x_post_id: velocity(
            _counts(first), _counts(second), created_at=second.created_at, half_life=half_life, gap=gap
        )
        for first, second in pairs
    }
    known = {post_id: value for post_id, value in rising.items() if value is not None}
    opportunity_store.store_velocities(product.database, known)


def _pairs(readings: Sequence[OpportunityReading]) -> Iterator[tuple[OpportunityReading, OpportunityReading]]:
    """Yield the older and the newer reading of each post that has two; they come newest first."""
    by_post: dict[str, list[OpportunityReading]] = {}
    for reading in readings:
        by_post.setdefault(reading.x_post_id, []).append(reading)
    return ((of_post[1], of_post[0]) for of_post in by_post.values() if len(of_post) > 1)


def _counts(reading: OpportunityReading) -> SeenCounts:
    return SeenCounts(
        reading.read_at, reading.likes, reading.reposts, reading.replies, reading.bookmarks, reading.views
    )
