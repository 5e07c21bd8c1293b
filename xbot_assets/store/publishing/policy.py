"""What the rules of publishing leave in the database: refusals, posts held for a person, and the alert of a standstill.

Also what they are told of: who engaged with the account, and what X says about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets.domain.admission.refusal import Consequence, Refusal
from xbot_assets.domain.alerts.publishing import POSTS_WAITING, STANDSTILL
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.identifiers import Handle
from xbot_assets.domain.policy.facts import ApprovalMode
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, resolve_alert, resolve_every
from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.engine.rows import as_rows


class InboundEngagement(BaseModel):
    """Somebody did something with the account or its posts. ``x_post_id`` is where; empty for a follow."""

    model_config = ConfigDict(frozen=True)

    handle: Handle
    kind: Literal["reply", "mention", "quote", "repost", "like", "follow"]
    x_post_id: str = ""
    engaged_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class PolicyRefusal:
    """What a rule said of a post, first and last when, and how often."""

    rule: str
    reason: str
    refused_until: datetime | None
    first_at: datetime
    last_at: datetime
    times: int


def hold_unapproved(db: Statements, settings: Settings, now: datetime) -> list[int]:
    """Move every queued post that needs approval to a person, long before it is due; return their ids.

    Publishing does not rely on it: a claim asks the rule again.
    """
    mode = settings.approval_mode
    if mode is ApprovalMode.OFF:
        return []
    replies_only = mode is ApprovalMode.REPLIES
    note = f"approval: A person must approve {'a reply' if replies_only else 'every post'} before it is published."
    rows = db.fetch_all("hold_unapproved_posts", replies_only=replies_only, note=note, now=now)
    if rows:
        tell_waiting(db, now)
    return [row["id"] for row in rows]


def hold_post(db: Statements, post_id: int, why: str, now: datetime) -> bool:
    """Move one queued post to a person, whatever the reason; ``False`` when it is not in the queue any more."""
    held = db.execute("hold_queued_post", id=post_id, note=why, now=now) > 0
    if held:
        tell_waiting(db, now)
    return held


def tell_waiting(db: Statements, now: datetime) -> None:
    """Keep one alert open while posts wait for a person, and close it when none does."""
    row = db.fetch_one("held_count")
    waiting = row["posts"] if row else 0
    if not waiting:
        resolve_alert(db, POSTS_WAITING, now)
        return
    alert(db, POSTS_WAITING, now=now, posts=waiting)


def policy_refusals(db: Statements, post_id: int) -> list[PolicyRefusal]:
    """Return what the rules said of a post, newest first."""
    return db.fetch_rows(PolicyRefusal, "policy_refusals_of", id=post_id)


def insert_engagements(db: Statements, engagements: Iterable[InboundEngagement]) -> int:
    """Keep who engaged with the account; seen again, the newest time counts."""
    return db.execute("insert_engagements", rows=as_rows(engagement.model_dump() for engagement in engagements))


def store_account_facts(
    db: Statements, handle: str, now: datetime, *, created_at: datetime | None, labelled: bool | None
) -> None:
    """Keep what X says about the account; ``None`` is what this reading did not tell."""
    db.execute("store_account_facts", handle=handle, created_at=created_at, labelled=labelled, now=now)


def tell_standstill(db: Statements, refusal: Refusal, now: datetime) -> None:
    """Open one alert when a rule lets the account publish nothing at all; it is not counted again at every look."""
    if refusal.remedy:
        alert(
            db,
            STANDSTILL,
            now=now,
            counted=False,
            rule=refusal.rule,
            reason=refusal.sentence,
            remedy=refusal.remedy,
        )


def end_standstill(db: Statements, now: datetime) -> None:
    """Close the alerts of :func:`tell_standstill`: a post may go."""
    resolve_every(db, STANDSTILL, now)


def refuse_post(transaction: Transaction, post_id: int, refusal: Refusal, now: datetime) -> None:
    """Keep what a rule said of a post, and move the post where the rule says."""
    rule, reason = refusal.rule, refusal.sentence
    transaction.execute("note_policy_refusal", id=post_id, rule=rule, reason=reason, until=refusal.until, now=now)
    tell_standstill(transaction, refusal, now)
    note = f"{rule}: {reason}"
    if refusal.consequence is Consequence.HOLD:
        hold_post(transaction, post_id, note, now)
    elif refusal.consequence is Consequence.REJECT:
        code = FailureCode(rule)
        transaction.execute("refuse_queued_post", id=post_id, code=code, reason=reason, note=note, now=now)
