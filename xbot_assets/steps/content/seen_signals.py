"""What other accounts do, as whoever writes posts is shown it: a few posts by others and what was concluded from them.

All of it is data from strangers, or rests on such; the brief delimits it, and the gate against following holds for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.engagement.relevance import keyword_relevance
from xbot_assets.domain.engagement.seen import SeenCounts
from xbot_assets.domain.engagement.signals import SignalKind, earned
from xbot_assets.domain.persona import Topic
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import insights as insight_store
from xbot_assets.store.engagement.signals import Signal, newest_signals

CANDIDATES = 60
"""So many of the newest of each kind are looked at; the best of them are shown."""
KINDS = (SignalKind.VIRAL_FORMAT, SignalKind.PEER, SignalKind.TREND, SignalKind.NEWS)
"""In this order each kind gives one in turn."""
WORDS_MAX = 200
"""Characters of a post that are shown: enough to see how it is made."""


@dataclass(frozen=True, slots=True)
class SeenSignals:
    """What a brief is told: posts, trends and headlines by others, and sentences of a model about such."""

    signals: tuple[str, ...] = ()
    insights: tuple[str, ...] = ()


NOTHING_SEEN = SeenSignals()


def seen_signals(product: Product, topics: Sequence[str]) -> SeenSignals:
    """Return what is shown to who writes posts on these topics, as much as the settings allow."""
    settings, now = product.settings, product.clock.now()
    if not settings.plan_signals_max:
        return NOTHING_SEEN
    asked = [topic for name in topics if (topic := product.account.persona.topic(name)) is not None]
    since = now - settings.signal_age
    ranked = [
        best_signals(newest_signals(product.database, kind, since=since, limit=CANDIDATES), asked) for kind in KINDS
    ]
    shown = _in_turn(ranked, settings.plan_signals_max)
    return SeenSignals(tuple(one.text[:WORDS_MAX] for one in shown), _insights(product, now))


def best_signals(signals: Sequence[Signal], topics: Sequence[Topic]) -> list[Signal]:
    """Return the signals near one of the topics, by what they earned, or by their place where they are no posts."""
    near = [one for one in signals if keyword_relevance(f"{one.about} {one.text}", topics) > 0]
    return sorted(near, key=lambda one: (-(earned(counts_of(one)) or 0.0), one.rank or 0, one.id))


def counts_of(signal: Signal) -> SeenCounts:
    """Return what a post had earned when it was seen last."""
    return SeenCounts(signal.last_seen_at, signal.likes, signal.reposts, signal.replies, views=signal.views)


def _in_turn(ranked: Sequence[Sequence[Signal]], most: int) -> list[Signal]:
    """Take the first of each kind, then the second, until there are enough; the same words only once."""
    longest = max(map(len, ranked), default=0)
    rounds = (kind[place] for place in range(longest) for kind in ranked if place < len(kind))
    return list({one.text.casefold(): one for one in reversed(list(rounds))}.values())[::-1][:most]


def _insights(product: Product, now: datetime) -> tuple[str, ...]:
    """Return the sentences in use of both kinds, as long as they are not too old."""
    oldest = now - timedelta(days=product.settings.insight_days)
    current = [insight_store.current_insight(product.database, kind) for kind in InsightKind]
    rows = [insight_store.sentences_of(product.database, one) for one in current if one and one.made_at >= oldest]
    return tuple(row.text for sentences in rows for row in sentences if row.dropped is None)
