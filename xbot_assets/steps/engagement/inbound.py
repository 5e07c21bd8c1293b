"""Reading who turned to the account: answers, mentions, quotes, likes, reposts, follows; and who wants no answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.engagement.seen import SeenPost, inbound_kind
from xbot_assets.domain.engagement.stop import says_stop
from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.careful import breaker_wait, careful_reading
from xbot_assets.steps.engagement.seeing import Sourced, seen_of, store_seen
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement.authors import NOTIFICATIONS
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing.policy import InboundEngagement, insert_engagements
from xbot_assets.x.answers import NotificationsRead, NotifiedAct
from xbot_assets.x.operations import ReadNotifications

BOTS_SEEN_WITHIN = timedelta(days=30)
"""How far back quick answers are counted."""


@dataclass(frozen=True, slots=True)
class InboundReport:
    """What one look at the notifications found. ``read`` is false when the breaker gave no leave."""

    read: bool
    posts: int = 0
    new: int = 0
    answerable: int = 0
    acts: int = 0
    stops: int = 0
    bots: int = 0


def inbound_wait(product: Opened) -> str | None:
    """Say in words why the notifications are not read now, or ``None``."""
    settings, now = product.settings, product.clock.now()
    if settings.harvest_mode == "off":
        return "XBOT_HARVEST is off."
    if wait := breaker_wait(product):
        return wait
    looked = {source.name: source.read_at for source in author_store.harvest_sources(product.database)}
    due = looked[NOTIFICATIONS] + timedelta(minutes=settings.inbound_minutes) if NOTIFICATIONS in looked else now
    return None if now >= due else f"The notifications are read again at {due:%Y-%m-%d %H:%M} UTC."


def harvest_inbound(product: Product) -> InboundReport:
    """Read the notifications once and store what they tell; told again, it changes nothing.

    Raises:
        ProductError: they could not be read; nothing is stored then.
    """
    settings = product.settings
    with careful_reading(product) as permitted:
        if not permitted:
            return InboundReport(read=False)
        answer = product.x.run(
            ReadNotifications(limit=settings.inbound_posts_max),
            lane=Lane.LOW,
            deadline_seconds=settings.read_deadline_seconds,
        )
    return store_inbound(product, answer)


def store_inbound(product: Product, answer: NotificationsRead) -> InboundReport:
    """Store who turned to us with the evidence; note who said stop first, so that they are not answered."""
    now, own = product.clock.now(), product.account.handle
    seen = [post for reading in answer.posts if (post := seen_of(reading, now)) is not None]
    inbound: list[Sourced] = [(kind, post) for post in seen if (kind := inbound_kind(post, own)) is not None]
    acts = [act for act in answer.acts if act.acted_at is not None]
    with product.database.transaction() as transaction:
        stops = _note_stops(transaction, [post for _, post in inbound], now)
        insert_engagements(transaction, [*_engagements(inbound), *_wordless(acts)])
        new = store_seen(product, transaction, inbound, now)
        bots = _note_bots(transaction, product.settings, now)
        opportunity_store.refuse_unanswerable(transaction, now)
        author_store.note_harvest(transaction, NOTIFICATIONS, now, seen=len(seen), new=len(new))
    return InboundReport(
        read=True,
        posts=len(inbound),
        new=len(new),
        answerable=sum(one.state == "open" for one in new),
        acts=len(acts),
        stops=stops,
        bots=bots,
    )


def _note_stops(db: Statements, posts: Sequence[SeenPost], now: datetime) -> int:
    said = [(post.handle, author_store.STOP, post.x_post_id) for post in posts if says_stop(post.text)]
    return author_store.note_unanswerable(db, said, now)


def _note_bots(db: Statements, settings: Settings, now: datetime) -> int:
    return author_store.note_quick_answerers(
        db,
        answers=settings.bot_answers,
        within=timedelta(seconds=settings.bot_answer_seconds),
        since=now - BOTS_SEEN_WITHIN,
        now=now,
    )


def _engagements(inbound: Iterable[Sourced]) -> Iterable[InboundEngagement]:
    return (
        InboundEngagement.model_validate(
            {"handle": post.handle, "kind": kind, "x_post_id": post.x_post_id, "engaged_at": post.created_at}
        )
        for kind, post in inbound
    )


def _wordless(acts: Iterable[NotifiedAct]) -> Iterable[InboundEngagement]:
    """An act whose time X does not tell is none: it may be years old."""
    return (
        InboundEngagement(handle=act.handle, kind=act.kind, x_post_id=act.post_id or "", engaged_at=act.acted_at)
        for act in acts
        if act.acted_at is not None
    )
