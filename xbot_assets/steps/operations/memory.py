"""Memory of the machine: a person is told before it is short, and the low lane waits before it runs out."""

from collections.abc import Callable
from datetime import datetime

from xbot_assets.domain.alerts.operations import MEMORY_SHORT
from xbot_assets.machine_memory import free_mb
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Statements

ENOUGH = 1.2
"""An alert ends with so much more than what it begins below, so that a use that goes up and down opens one."""


def memory_wait(settings: Settings, free: Callable[[], float] = free_mb) -> str | None:
    """Say why less urgent browser work has to wait, or ``None``. Asked where runs start, on their machine."""
    if not settings.memory_shed_mb or (there := free()) >= settings.memory_shed_mb:
        return None
    return f"Only {there:.0f} MB of memory are free: less urgent browser work waits."


def watch_memory(db: Statements, settings: Settings, now: datetime, free: Callable[[], float] = free_mb) -> None:
    """Tell a person that memory is short, or that it is no more; ``now`` is the product's time."""
    there = free()
    if there < settings.memory_warn_mb:
        shed = " Reading what others write waits." if memory_wait(settings, lambda: there) else ""
        alert(db, MEMORY_SHORT, now=now, free=there, shed=shed)
    elif there >= ENOUGH * settings.memory_warn_mb:
        resolve_alert(db, MEMORY_SHORT, now)
