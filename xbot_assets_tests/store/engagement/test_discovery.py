"""Accounts are discovered by what they did lately; the owner's word stands over any score."""

from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.engagement.discovery import DiscoveryRules
from xbot_assets.store.engagement import authors, discovery
from xbot_assets.store.engagement.discovery import Signal
from xbot_assets.store.engine.database import Database
from xbot_assets.store.engine.rows import as_rows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
RULES = DiscoveryRules(half_life=WEEK, score_min=1, accounts_max=3)


def engaged(db: Database, *deeds: tuple[str, str, datetime]) -> None:
    """Note who did what when, each about a post of its own."""
    rows = [
        {"handle": handle, "kind": kind, "x_post_id": "" if kind == "follow" else str(number), "engaged_at": at}
        for number, (handle, kind, at) in enumerate(deeds, start=1)
    ]
    db.execute("insert_engagements", rows=as_rows(rows))


def noted(db: Database, *signals: Signal) -> int:
    """Note what a tracked account did, and return how much of it was new."""
    return discovery.note_signals(db, signals, by="bob", own="me", now=NOON)


def scores(db: Database, rules: DiscoveryRules = RULES, now: datetime = NOON) -> dict[str, float]:
    """Return who is discovered, best first, with their scores."""
    return {one.handle: one.score for one in discovery.discovered_accounts(db, rules, own="Me", now=now)}


def test_deeds_add_up_and_count_half_after_their_half_life(database: Database) -> None:
    """Words count more than a press of a button; names have no case; what is below the least score is left out."""
    engaged(database, ("Ann", "reply", NOON), ("ann", "like", NOON - WEEK), ("bob", "quote", NOON - WEEK))
    engaged(database, ("cy", "like", NOON - WEEK), ("me", "reply", NOON))
    seen = scores(database)
    assert list(seen) == ["ann", "bob"]
    assert seen == pytest.approx({"ann": 3.5, "bob": 1.5})
    assert scores(database, now=NOON + WEEK) == pytest.approx({"ann": 1.75})
    assert scores(database, now=NOON + 3 * WEEK) == {}


def test_whom_tracked_accounts_answer_and_quote_counts_once_a_post(database: Database) -> None:
    """Neither the account itself nor ours; a post that is seen again says nothing new."""
    signals = [Signal("Dot", "1", "quoted"), Signal("dot", "2", "answered"), Signal("eve", "3", "quoted")]
    strange = [Signal("bob", "4", "answered"), Signal("ME", "5", "quoted")]
    kept = [noted(database, one) for one in [*signals, *strange]]
    assert kept == [1, 1, 1, 0, 0]
    assert noted(database, *signals) == 0
    assert scores(database) == pytest.approx({"dot": 4.0, "eve": 2.0})


def test_one_read_of_an_account_keeps_every_post_of_it(database: Database) -> None:
    """Also where several of them are about one person."""
    signals = [Signal("dot", str(number), "quoted") for number in range(1, 4)]
    assert noted(database, *signals) == 3


def test_who_is_tracked_banned_or_never_answered_is_not_discovered(database: Database) -> None:
    """And no more than asked for."""
    engaged(database, *((name, "reply", NOON) for name in ("ann", "bob", "cy", "dot", "eve", "flo", "gus")))
    authors.track(database, "ann", NOON, by="owner")
    assert discovery.ban(database, "Bob", NOON, by="owner")
    assert not discovery.ban(database, "bob", NOON, by="owner")
    authors.note_unanswerable(database, [("cy", "stop", "1")], NOON)
    assert list(scores(database)) == ["dot", "eve", "flo"]
    assert [one.handle for one in discovery.banned_accounts(database)] == ["bob"]
    assert discovery.unban(database, "bob")
    assert list(scores(database)) == ["bob", "dot", "eve"]
    assert scores(database, DiscoveryRules(half_life=WEEK, score_min=1, accounts_max=0)) == {}
