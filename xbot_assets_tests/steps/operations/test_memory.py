"""Memory that is short: a person is told before the low lane waits."""

from datetime import UTC, datetime
from functools import partial

import pytest

from xbot_assets.settings import Settings
from xbot_assets.steps.operations.memory import memory_wait, watch_memory
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = Settings(memory_warn_mb=500, memory_shed_mb=200)


@pytest.mark.parametrize(("free", "waits"), [(201.0, False), (200.0, False), (199.0, True)])
def test_the_low_lane_waits_below_its_floor(free: float, *, waits: bool) -> None:
    """And says why, in the tick that skips."""
    told = memory_wait(SETTINGS, lambda: free)
    assert (told is not None) is waits
    assert told is None or "199 MB" in told


def test_without_a_floor_nothing_waits() -> None:
    """Nought is never."""
    assert memory_wait(SETTINGS.model_copy(update={"memory_shed_mb": 0}), lambda: 0.0) is None


def test_one_alert_tells_of_short_memory_and_ends_with_some_to_spare(database: Database) -> None:
    """What goes up and down around the limit opens one; it says when work waits."""
    seen = []
    for free in (501.0, 499.0, 150.0, 520.0, 480.0, 600.0):
        watch_memory(database, SETTINGS, NOW, partial(float, free))
        seen.append([alert.reason for alert in open_alerts(database)])
    assert seen[0] == []
    assert seen[1] == ["Only 499 MB of memory are free on this machine."]
    assert seen[2] == ["Only 150 MB of memory are free on this machine. Reading what others write waits."]
    assert len(seen[3]) == len(seen[4]) == 1
    assert seen[5] == []
