"""What is known of others, for people: the newest signals of each kind, and the sentences in use with their posts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.steps.own_account import Account
from xbot_assets.store.engagement import insights as insight_store
from xbot_assets.store.engagement.insights import StoredSentence
from xbot_assets.store.engagement.signals import Signal, newest_signals

SHOWN = 8
"""Signals of each kind."""
LOOKED_THROUGH = 5
"""Times as many are looked through for those: a reading stores a trend before the posts about it."""
TITLES = {
    SignalKind.TREND: "Trends",
    SignalKind.NEWS: "News",
    SignalKind.VIRAL_FORMAT: "Posts that many liked",
    SignalKind.PEER: "Posts of other accounts",
}
INSIGHT_TITLES = {InsightKind.EXPERT: "What works for others", InsightKind.COMPETITOR: "What other accounts do"}
NOTHING_READ = (
    "Trends and strangers' posts are not read: XBOT_HARVEST is {mode}. docs/signals.md says what 'all' means."
)
NOTHING_YET = (
    "Nothing was read yet. The first reading comes by itself within minutes of a start, outside posting windows."
)


@dataclass(frozen=True, slots=True)
class KindNow:
    """The newest signals of one kind."""

    kind: SignalKind
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class InsightNow:
    """The sentences in use of one kind, since when; and why the last attempt brought none, if it did not."""

    kind: InsightKind
    made_at: datetime | None
    sentences: tuple[StoredSentence, ...]
    dropped: tuple[StoredSentence, ...]
    """Of the last attempt, with the reasons."""
    why_none: str


@dataclass(frozen=True, slots=True)
class SignalsNow:
    """All of it. ``empty`` says why there is nothing to show, and is empty where there is something."""

    since: datetime
    kinds: tuple[KindNow, ...]
    insights: tuple[InsightNow, ...]
    empty: str


def signals_now(account: Account) -> SignalsNow:
    """Return what is known of others now."""
    since = account.clock.now() - max(account.settings.signal_age, timedelta(days=1))
    kinds = tuple(KindNow(kind, tuple(_newest(account, kind, since))) for kind in SignalKind)
    insights = tuple(_insight(account, kind) for kind in InsightKind)
    known = any(one.signals for one in kinds) or any(one.sentences for one in insights)
    return SignalsNow(since, kinds, insights, "" if known else _why_empty(account))


def post_addresses(account: Account, now: SignalsNow) -> dict[str | None, str]:
    """Return the address on X of every post that is told of; X finds a post by its id alone."""
    site = account.settings.target_url
    shown = {signal.x_post_id for one in now.kinds for signal in one.signals if signal.x_post_id}
    cited = {post_id for one in now.insights for row in one.sentences for post_id in row.x_post_ids}
    return {post_id: f"{site}/i/status/{post_id}" for post_id in shown | cited} if site else {}


def _newest(account: Account, kind: SignalKind, since: datetime) -> list[Signal]:
    """Return what was seen last; a list's own lines, which have a place in it, before the posts about them."""
    seen = newest_signals(account.database, kind, since=since, limit=SHOWN * LOOKED_THROUGH)
    return sorted(seen, key=lambda signal: signal.rank is None)[:SHOWN]


def _why_empty(account: Account) -> str:
    mode = account.settings.harvest_mode
    return NOTHING_YET if mode == "all" else NOTHING_READ.format(mode=mode)


def _insight(account: Account, kind: InsightKind) -> InsightNow:
    used, last = (
        insight_store.current_insight(account.database, kind),
        insight_store.last_insight(account.database, kind),
    )
    told = insight_store.sentences_of(account.database, used) if used else []
    tried = insight_store.sentences_of(account.database, last) if last else []
    return InsightNow(
        kind=kind,
        made_at=used.made_at if used else None,
        sentences=tuple(one for one in told if one.dropped is None),
        dropped=tuple(one for one in tried if one.dropped is not None),
        why_none=last.why_none if last else "",
    )
