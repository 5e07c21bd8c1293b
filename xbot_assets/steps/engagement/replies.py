"""Planning replies: who turned to the account first, then what rises; written, judged, and queued or suggested.

What the rules let the product post goes into the publishing queue, where every rule is asked again; the rest becomes a
suggestion that a person may post by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.failure_codes import GATE_CODES, FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost, fingerprint
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest, WrittenPost
from xbot_assets.steps.content.gatekeeping import judge_for
from xbot_assets.steps.engagement.reply_routes import Route, Routed, chosen, routes
from xbot_assets.steps.language_model import NO_REPEAT, SHOWN_POSTS
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement.opportunities import REPLY_PURPOSE
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.policy import hold_unapproved
from xbot_assets.store.publishing.posts import enqueue_posts, recent_texts
from xbot_assets.store.publishing.queue import last_llm_call

REPLY_ARM = "reply"
"""Topic and format of a reply: no content arm, so nothing is learned about arms from it."""
LOOKED_AT = 60
"""Of so many open posts the first are chosen; those that come later wait for their turn."""
NOT_WRITTEN = "not_written"
CANNOT_BE_QUEUED = frozenset({FailureCode.ALREADY_ANSWERED, FailureCode.DUPLICATE_TEXT})


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A reply that was queued (``post_id``) or suggested."""

    x_post_id: str
    handle: str
    source: str
    text: str
    post_id: int | None
    why: str = ""


@dataclass(slots=True)
class ReplyPlan:
    """One plan of replies: how many posts were refused or left for later, and why what was asked was not written."""

    replies: list[PlannedReply] = field(default_factory=list)
    refused: int = 0
    later: int = 0
    missing: str = ""
    cost_microusd: int = 0


@dataclass(frozen=True, slots=True)
class _Room:
    queue: int
    suggest: int


def replies_wait(product: Product) -> str | None:
    """Say in words why no replies are planned now, or ``None``."""
    now = product.clock.now()
    if product.settings.harvest_mode == "off":
        return "XBOT_HARVEST is off."
    due = _due(product, now)
    if now < due:
        return f"Replies are planned again at {due:%Y-%m-%d %H:%M} UTC."
    if not any(_candidates(product, now, _room(product, now))):
        return "There is nothing to answer, or no room for a reply."
    return None


def plan_replies(product: Product, rng: np.random.Generator | None = None) -> ReplyPlan:
    """Write replies to the posts whose turn it is, and queue or suggest each that passes the gates.

    Raises:
        TransientFailure: the model could not be reached.
        BudgetFailure: the day's budget or the provider's quota is used up.
        PermanentFailure: the key, the model's name or the persona is wrong.
    """
    now, generator = product.clock.now(), rng if rng is not None else np.random.default_rng()
    routed = routes(product, _open(product, now), now)
    plan = ReplyPlan(later=sum(one.route is Route.LATER for one in routed))
    for one in routed:
        if one.route is Route.REFUSE:
            plan.refused += opportunity_store.refuse(product.database, one.opportunity.x_post_id, "policy", now)
    wanted = list(_chosen(product, routed, _room(product, now)))
    if wanted:
        _write(product, wanted, plan, generator)
        hold_unapproved(product.database, product.settings, product.clock.now())
    return plan


def _due(product: Product, now: datetime) -> datetime:
    """Return when to plan again: an interval after the last reply, suggestion, or call that brought none."""
    waiting = opportunity_store.waiting_replies(product.database, now)
    last = last_llm_call(product.database, REPLY_PURPOSE)
    times = [waiting.last_planned, waiting.last_suggested, last.called_at if last else None]
    known = [time for time in times if time is not None]
    return max(known) + timedelta(minutes=product.settings.reply_plan_minutes) if known else now


def _room(product: Product, now: datetime) -> _Room:
    settings, waiting = product.settings, opportunity_store.waiting_replies(product.database, now)
    return _Room(settings.replies_waiting_max - waiting.waiting, settings.suggestions_open_max - waiting.suggested)


def _open(product: Product, now: datetime) -> list[opportunity_store.Opportunity]:
    least = product.settings.relevance_min
    return opportunity_store.answerable(product.database, now=now, relevance=least, limit=LOOKED_AT)


def _candidates(product: Product, now: datetime, room: _Room) -> Sequence[Routed]:
    return list(_chosen(product, routes(product, _open(product, now), now), room))


def _chosen(product: Product, routed: Sequence[Routed], room: _Room) -> Sequence[Routed]:
    most = product.settings.replies_per_plan
    return list(chosen(routed, queue=min(most, room.queue), suggest=min(most, room.suggest)))[:most]


def _write(product: Product, wanted: Sequence[Routed], plan: ReplyPlan, rng: np.random.Generator) -> None:
    """Have them written in one call; what no attempt wrote well is not asked for again."""
    brief = _brief(product, wanted, rng)
    try:
        written = product.writer.write_posts(brief, judge_for(product, REPLY_PURPOSE, model=brief.model))
    except PermanentFailure as failure:
        if failure.code not in GATE_CODES:
            raise
        _refuse(product, wanted)
        plan.missing = failure.reason
        return
    plan.missing, plan.cost_microusd = written.missing, written.cost_microusd
    for post in written.posts:
        reply = _store(product, wanted[post.number], post)
        plan.replies += [reply] if reply else []
    if written.missing:
        done = {post.number for post in written.posts}
        _refuse(product, [one for number, one in enumerate(wanted) if number not in done])


def _brief(product: Product, wanted: Sequence[Routed], rng: np.random.Generator) -> PostBrief:
    persona, now = product.account.persona, product.clock.now()
    tier = budget_now(product.database, product.settings, now).tier
    texts = recent_texts(product.database, now - NO_REPEAT)
    return PostBrief(
        persona=persona,
        posts=tuple(
            PostRequest(topic=REPLY_ARM, format=REPLY_ARM, tone=str(rng.choice(persona.tones))) for _ in wanted
        ),
        answered=tuple(one.opportunity.text for one in wanted),
        recent_posts=tuple(texts[:SHOWN_POSTS]),
        recent_fingerprints=frozenset(fingerprint(text) for text in texts),
        max_weighted_chars=product.settings.post_max_weighted_chars,
        purpose=REPLY_PURPOSE,
        model=tier.model,
        effort=tier.effort,
    )


def _refuse(product: Product, unwritten: Sequence[Routed]) -> None:
    for one in unwritten:
        opportunity_store.refuse(product.database, one.opportunity.x_post_id, NOT_WRITTEN, product.clock.now())


def _store(product: Product, routed: Routed, written: WrittenPost) -> PlannedReply | None:
    """Queue or suggest one reply; ``None`` when its post was decided about meanwhile."""
    one, now = routed.opportunity, product.clock.now()
    planned = PlannedReply(one.x_post_id, one.handle, one.source, written.text, None, routed.why)
    if routed.route is Route.SUGGEST:
        call = written.llm_call_id
        kept = opportunity_store.suggest(
            product.database, one.x_post_id, draft=written.text, why=routed.why, call=call, now=now
        )
        return planned if kept else None
    try:
        post_id = queue_reply(product.database, _new_post(one, written, now), now)
    except PermanentFailure as failure:
        if failure.code not in CANNOT_BE_QUEUED:
            raise
        # Answered already by another hand, or the same words wait: this post is not asked for again.
        opportunity_store.refuse(product.database, one.x_post_id, "answered", now)
        return None
    return PlannedReply(one.x_post_id, one.handle, one.source, written.text, post_id)


def queue_reply(database: Database, post: NewPost, now: datetime) -> int:
    """Queue a reply and close the opportunity that it answers, both or neither; return its number.

    Raises:
        PermanentFailure: ``already_answered`` when somebody decided about that post before; ``duplicate_text``.
    """
    answered = post.reply_to_x_id or ""
    with database.transaction() as transaction:
        (post_id,) = enqueue_posts(transaction, [post], now)
        if not opportunity_store.plan(transaction, answered, post_id, now):
            raise PermanentFailure(f"The post {answered} is not open any more.", code=FailureCode.ALREADY_ANSWERED)
    return post_id


def _new_post(one: opportunity_store.Opportunity, written: WrittenPost, now: datetime) -> NewPost:
    return NewPost(
        text=written.text,
        topic=REPLY_ARM,
        format=REPLY_ARM,
        llm_call_id=written.llm_call_id,
        scheduled_at=now,
        reply_to_x_id=one.x_post_id,
        reply_to_handle=one.handle,
    )
