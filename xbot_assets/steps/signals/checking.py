"""What must hold of signals and insights, asked of the stored rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import insights as insight_store
from xbot_assets.store.engagement import signals as signal_store
from xbot_assets.store.engagement.signals import ReadingName, SignalProblems

_READINGS, _READINGS_LEAST = 12, 3
"""Of so many readings the newest is judged by the others; from fewer nobody knows what is usual."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How much the newest reading saw, and how much one usually sees; ``None`` while that is not known."""

    newest: int
    usual: float | None
    enough: bool


def volume_of(product: Product, reading: ReadingName) -> Volume:
    """Judge what the newest reading saw by the median of those before it."""
    seen = [one.seen for one in signal_store.last_readings(product.database, reading, _READINGS)]
    newest, before = (seen[0] if seen else 0), seen[1:]
    usual = float(median(before)) if len(before) >= _READINGS_LEAST else None
    least = 0 if usual is None else usual * (1 - product.settings.signals_drop_share)
    return Volume(newest, usual, newest >= least)


def problems(product: Product, kinds: Sequence[SignalKind]) -> SignalProblems:
    """Return how many of the newest signals of these kinds cannot be as they are."""
    since = product.clock.now() - product.settings.signal_age
    return signal_store.signal_problems(product.database, kinds, since=since, own=product.account.handle)


def duplicates(product: Product, kinds: Sequence[SignalKind]) -> int:
    """Return how many texts stand in more than one post of their author."""
    return signal_store.duplicates(product.database, kinds, since=product.clock.now() - product.settings.signal_age)


def uncited(product: Product, kind: InsightKind) -> int:
    """Return how many sentences in use rest on nothing, or on a post that is not stored."""
    current = insight_store.current_insight(product.database, kind)
    return insight_store.uncited_sentences(product.database, [current]) if current else 0
