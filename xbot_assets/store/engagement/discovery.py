"""Accounts that may be worth looking at, with scores that decay, and whom the owner does not want to be looked at."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xbot_assets.domain.engagement.discovery import WEIGHTS, DiscoveryRules
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class DiscoveredAccount:
    """Somebody who did things lately: the decayed sum of their weights, how many, and when last."""

    handle: str
    score: float
    deeds: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BannedAccount:
    """Somebody whom the owner does not want to be looked at."""

    handle: str
    banned_at: datetime
    banned_by: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A post of a tracked account that answers or quotes somebody."""

    handle: str
    x_post_id: str
    kind: Literal["answered", "quoted"]


def note_signals(db: Statements, signals: Iterable[Signal], *, by: str, own: str, now: datetime) -> int:
    """Keep whom an account answers and quotes, but itself and us; return how many are new."""
    rows = ({"handle": one.handle, "x_post_id": one.x_post_id, "kind": one.kind} for one in signals)
    return db.execute("note_account_signals", rows=as_rows(rows), by=by, own=own, now=now)


def discovered_accounts(db: Statements, rules: DiscoveryRules, *, own: str, now: datetime) -> list[DiscoveredAccount]:
    """Return the best accounts that are neither ours, tracked, banned nor never answered, best first."""
    return db.fetch_rows(
        DiscoveredAccount,
        "discovered_accounts",
        now=now,
        since=now - rules.counted,
        half_life=rules.half_life.total_seconds(),
        weights=json.dumps(dict(WEIGHTS)),
        least=rules.score_min,
        most=rules.accounts_max,
        own=own,
    )


def ban(db: Statements, handle: str, now: datetime, *, by: str) -> bool:
    """Look at somebody no more; return whether that is new."""
    return db.execute("ban_account", handle=handle, now=now, by=by) > 0


def unban(db: Statements, handle: str) -> bool:
    """Let their deeds count again; return whether they were banned."""
    return db.execute("unban_account", handle=handle) > 0


def banned_accounts(db: Statements) -> list[BannedAccount]:
    """Return whom the owner does not want to be looked at."""
    return db.fetch_rows(BannedAccount, "banned_accounts")
