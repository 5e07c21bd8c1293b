"""What becomes of each post that may be answered, before a word is written: queue, suggest, leave for later, refuse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from xbot_assets.domain.policy.facts import PolicyFacts, PolicyLimits
from xbot_assets.domain.policy.rules import DAY, author_cap, engaged_only, thread_cap, unanswerable
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement.authors import ReplyAuthor, notifications_read_at, reply_authors
from xbot_assets.store.engagement.opportunities import Opportunity, turns_in


class Route(StrEnum):
    """Where a reply would go."""

    QUEUE = "queue"
    SUGGEST = "suggest"
    """The rules let a person answer, not the product."""
    LATER = "later"
    """Its author had enough replies today, or what they say to the last one is not known yet."""
    REFUSE = "refuse"
    """It is never to be answered."""


@dataclass(frozen=True, slots=True)
class Routed:
    """One post, where its reply would go, and why not into the queue."""

    opportunity: Opportunity
    route: Route
    why: str = ""


def routes(product: Product, opportunities: Sequence[Opportunity], now: datetime) -> list[Routed]:
    """Ask the rules that do not change with time; the queue asks them again, and all others, when it publishes."""
    database, limits = product.database, product.settings.policy_limits
    authors = reply_authors(database, [one.handle for one in opportunities], day_ago=now - DAY, now=now)
    heard_at = notifications_read_at(database)
    turns = turns_in(database, [one.conversation_id for one in opportunities])
    routed = []
    for one in opportunities:
        author = authors[one.handle.lower()]
        route = _route(one, _facts(one, author, turns.get(one.conversation_id, 0), now), limits)
        routed.append(_unheard(route, author, heard_at))
    return routed


def chosen(routed: Sequence[Routed], *, queue: int, suggest: int) -> Iterator[Routed]:
    """Yield what there is room for, in order: one of each author and of each conversation."""
    room, seen = {Route.QUEUE: queue, Route.SUGGEST: suggest}, set[str]()
    for one in routed:
        marks = {f"@{one.opportunity.handle.lower()}", one.opportunity.conversation_id}
        if room.get(one.route, 0) > 0 and seen.isdisjoint(marks):
            room[one.route] -= 1
            seen |= marks
            yield one


def _route(one: Opportunity, facts: PolicyFacts, limits: PolicyLimits) -> Routed:
    for rule in (unanswerable, thread_cap):
        if objection := rule(facts, limits):
            return Routed(one, Route.REFUSE, objection.reason)
    if objection := author_cap(facts, limits):
        return Routed(one, Route.LATER, objection.reason)
    objection = engaged_only(facts, limits)
    return Routed(one, Route.SUGGEST, objection.reason) if objection else Routed(one, Route.QUEUE)


def _unheard(routed: Routed, author: ReplyAuthor, heard_at: datetime | None) -> Routed:
    """Leave for later who has a reply of ours since the notifications were read: they may have asked for no more."""
    last = author.last_reply_at
    if routed.route is not Route.QUEUE or last is None or (heard_at is not None and last < heard_at):
        return routed
    why = f"What @{routed.opportunity.handle} says to the last reply is not known yet."
    return Routed(routed.opportunity, Route.LATER, why)


def _facts(one: Opportunity, author: ReplyAuthor, turns: int, now: datetime) -> PolicyFacts:
    return PolicyFacts(
        now=now,
        author=one.handle,
        replies_to_author=tuple(author.replies_to_author),
        author_engaged_at=author.engaged_at,
        unanswerable=author.unanswerable,
        replies_in_thread=turns,
        author_automated=one.automated,
    )
