"""Where signals are looked for, which place next, and whether a reading is due: asked by ticks, which load no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.steps.engagement.careful import HARVEST
from xbot_assets.steps.metrics import careful
from xbot_assets.steps.product import Opened
from xbot_assets.store.engagement.authors import last_look, tracked_accounts
from xbot_assets.store.engagement.signals import ReadingName, last_readings

SIGNALS = "signals"
"""The breaker's name; the page of trends is read behind it. Timelines alone are read behind the harvest's, as ever."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the two readings: its name, the time between two of them, its breaker, and how many failures open that."""

    name: ReadingName
    every: timedelta
    breaker: str
    failures_max: int


def high_reading(product: Opened) -> Reading:
    """Return the reading of the accounts that the owner tracks."""
    settings = product.settings
    every = timedelta(minutes=settings.signals_high_minutes)
    return Reading("high_value", every, HARVEST, settings.harvest_failures_max)


def background_reading(product: Opened) -> Reading:
    """Return the reading of everything else."""
    settings = product.settings
    every = timedelta(minutes=settings.signals_background_minutes)
    return Reading("background", every, SIGNALS, settings.signal_failures_max)


def signals_wait(product: Opened, reading: Reading) -> str | None:
    """Say in words why nothing is read now, or ``None``."""
    if product.settings.harvest_mode != "all":
        return "XBOT_HARVEST leaves trends and strangers' posts out."
    if wait := careful.breaker_wait(product, reading.breaker, "Reading trends and others' posts failed too often"):
        return wait
    last = last_readings(product.database, reading.name, 1)
    due = last[0].read_at + reading.every if last else product.clock.now()
    return None if product.clock.now() >= due else f"The next reading is due at {due:%Y-%m-%d %H:%M} UTC."


def high_value_wait(product: Opened) -> str | None:
    """Say in words why the accounts that the owner tracks are not read now, or ``None``."""
    if wait := signals_wait(product, high_reading(product)):
        return wait
    return None if tracked_accounts(product.database) else "Nobody is tracked: 'xbot replies track NAME'."


def background_wait(product: Opened) -> str | None:
    """Say in words why nothing else is read now, or ``None``."""
    return signals_wait(product, background_reading(product))


def longest_ago(names: Sequence[str], product: Opened) -> list[str]:
    """Return the places of one reading: those never looked at, then those looked at longest ago."""
    return sorted(names, key=last_look(product.database))[: product.settings.signal_sources_max]
