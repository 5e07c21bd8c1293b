"""The policy rules at the moment of publishing: facts read, and refusals stored, in the claim's own transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.policy.facts import ApprovalMode, Consequence, PolicyFacts, PolicyLimits, PolicyRefusal
from xbot_assets.domain.policy.rules import DAY, first_refusal
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, open_alerts, resolve_alert
from xbot_assets.store.engine.database import Row, Statements, Transaction
from xbot_assets.store.engine.rows import as_rows

WAITING_ALERT = "approval:waiting"
"""The key of the alert that is open while posts wait for a person."""
STANDSTILL_PREFIX = "policy:"
"""Begins the key of the alerts that are open while a rule lets the account publish nothing at all."""

MayGo = Callable[[Transaction, int], bool]
"""Asked about one due post, whose row the transaction holds: whether it may be claimed."""


class InboundEngagement(BaseModel):
    """Somebody did something with the account or its posts. ``x_post_id`` is where; empty for a follow."""

    model_config = ConfigDict(frozen=True)

    handle: str = Field(pattern=r"^\w{1,15}$")
    kind: Literal["reply", "mention", "quote", "repost", "like", "follow"]
    x_post_id: str = ""
    engaged_at: AwareDatetime


def approval_mode(settings: Settings) -> ApprovalMode:
    """Return which posts a person must approve."""
    return settings.approval_mode


def policy_limits(settings: Settings) -> PolicyLimits:
    """Return the limits that the settings describe."""
    return settings.policy_limits


def policy_check(settings: Settings, now: datetime) -> MayGo:
    """Return the question that a claim asks of each due post, in its own transaction.

    A refused post is stored with rule and reason, and moved at once when it is to be held or rejected.
    """

    def may_go(transaction: Transaction, post_id: int) -> bool:
        refusal = policy_refusal(transaction, post_id, settings, now)
        if refusal is None:
            _end_standstill(transaction, now)
            return True
        _refuse(transaction, post_id, refusal, now)
        return False

    return may_go


def policy_refusal(db: Statements, post_id: int, settings: Settings, now: datetime) -> PolicyRefusal | None:
    """Return what the rules say of a post now; nothing is stored."""
    return first_refusal(policy_facts(db, post_id, settings, now), policy_limits(settings))


def policy_facts(db: Statements, post_id: int, settings: Settings, now: datetime) -> PolicyFacts:
    """Return what the rules may know of a post. What X's pages do not tell is taken from the owner's word.

    Within a transaction that holds the claim lock nothing of it can change before the claim is stored.
    """
    day = budget_day(now, settings.zone)
    times = {"day_starts": day.starts, "day_ago": now - DAY}
    row = db.fetch_one("policy_facts", id=post_id, account=settings.handle, **times) or {}
    seen = {"replies_to_author": tuple(row.pop("replies_to_author", None) or ())}
    facts = {**row, **seen}
    if facts.get("labelled_automated") is None:
        facts["labelled_automated"] = settings.automated_label_set or None
    facts["account_created_at"] = facts.get("account_created_at") or settings.account_created_at
    return PolicyFacts(now=now, **facts)


def policy_wait(db: Statements, settings: Settings, now: datetime) -> str | None:
    """Say why every due post only has to wait, or ``None``: nothing is due, one may go, or one is to be moved.

    A hint for sensors, so that no run is started in vain; it takes no lock. A standstill of the whole account opens an
    alert here too: without a run nobody else would tell.
    """
    refusals = [policy_refusal(db, row["id"], settings, now) for row in db.fetch_all("due_post_ids", now=now)]
    waits = [found for found in refusals if found is not None and found.consequence is Consequence.WAIT]
    if not waits or len(waits) < len(refusals):
        return None
    _tell_standstill(db, waits[0], now)
    return waits[0].reason


def hold_unapproved(db: Statements, settings: Settings, now: datetime) -> list[int]:
    """Move every queued post that needs approval to a person, long before it is due; return their ids.

    Publishing does not rely on it: a claim asks the rule again.
    """
    mode = approval_mode(settings)
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
    found = db.fetch_one("held_count")
    waiting = found["posts"] if found else 0
    if not waiting:
        resolve_alert(db, WAITING_ALERT, now)
        return
    alert(
        db,
        key=WAITING_ALERT,
        severity="warning",
        reason=f"{waiting} post(s) wait for your decision.",
        remedy="Open the approval page, or run 'xbot approve list'.",
        now=now,
    )


def policy_refusals(db: Statements, post_id: int) -> list[Row]:
    """Return ``rule, reason, refused_until, first_at, last_at, times`` of a post, newest first."""
    return db.fetch_all("policy_refusals_of", id=post_id)


def insert_engagements(db: Statements, engagements: Iterable[InboundEngagement]) -> int:
    """Keep who engaged with the account; seen again, the newest time counts."""
    return db.execute("insert_engagements", rows=as_rows(found.model_dump() for found in engagements))


def store_account_facts(
    db: Statements, handle: str, now: datetime, *, created_at: datetime | None, labelled: bool | None
) -> None:
    """Keep what X says about the account; ``None`` is what this reading did not tell."""
    db.execute("store_account_facts", handle=handle, created_at=created_at, labelled=labelled, now=now)


def _tell_standstill(db: Statements, refusal: PolicyRefusal, now: datetime) -> None:
    """Open one alert; it is not counted again at every look."""
    key = f"{STANDSTILL_PREFIX}{refusal.rule}"
    if refusal.remedy and key not in {found.key for found in open_alerts(db)}:
        reason = f"Nothing is published: {refusal.reason}"
        alert(db, key=key, severity="critical", reason=reason, remedy=refusal.remedy, now=now)


def _end_standstill(db: Statements, now: datetime) -> None:
    for found in open_alerts(db):
        if found.key.startswith(STANDSTILL_PREFIX):
            resolve_alert(db, found.key, now)


def _refuse(transaction: Transaction, post_id: int, refusal: PolicyRefusal, now: datetime) -> None:
    words = {"rule": refusal.rule, "reason": refusal.reason}
    transaction.execute("note_policy_refusal", id=post_id, until=refusal.until, now=now, **words)
    _tell_standstill(transaction, refusal, now)
    note = f"{refusal.rule}: {refusal.reason}"
    if refusal.consequence is Consequence.HOLD:
        hold_post(transaction, post_id, note, now)
    elif refusal.consequence is Consequence.REJECT:
        transaction.execute("refuse_queued_post", id=post_id, note=note, now=now, **words)
