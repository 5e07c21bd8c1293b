"""Parts that are not well: one alert on entering, its end on leaving, and nothing lost while the database is away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from xbot_assets.domain.failures import ProductError
from xbot_assets.service.health.components import Verdict
from xbot_assets.service.watch.parts import PartsWatch
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.operations.alert_deliveries import notices_for
from xbot_assets.testing.servers import SettingsFor

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AFTER = 60.0


def said(name: str, state: str, *, required: bool = True) -> Verdict:
    """Return what a component's check said."""
    fields: dict[str, Any] = {"name": name, "state": state, "required": required, "detail": "It does not answer."}
    return Verdict.model_validate(fields | {"remedy": "Look.", "took_ms": 1, "checked_at": NOW})


def keys(database: Database) -> list[str]:
    """Return what is open."""
    return [alert.key for alert in open_alerts(database)]


def events(database: Database) -> list[tuple[str, str]]:
    """Return the notices that were stored, oldest first."""
    return [(notice.key, notice.event) for notice in notices_for(database, "a channel", 10)]


def test_a_part_is_told_when_its_trouble_lasts_and_again_when_it_is_over(database: Database) -> None:
    """What is well again before the time is told at no time."""
    watch = PartsWatch()
    for real, state in ((0.0, "failed"), (30.0, "ok"), (60.0, "failed"), (90.0, "failed")):
        watch.note([said("Browser host", state)], real)
        watch.tell(database, NOW, real, after=AFTER)
    assert events(database) == []
    for real in (120.0, 180.0, 240.0):
        watch.note([said("Browser host", "failed")], real)
        watch.tell(database, NOW, real, after=AFTER)
    assert keys(database) == ["part_down:browser_host"]
    watch.note([said("Browser host", "ok")], 300.0)
    watch.tell(database, NOW, 300.0, after=AFTER)
    assert events(database) == [("part_down:browser_host", "raised"), ("part_down:browser_host", "resolved")]


def test_what_can_be_done_without_is_a_warning_and_what_is_told_otherwise_is_not_told(database: Database) -> None:
    """The cache is not worth waking somebody; the model's failing calls have an alert of their own."""
    watch = PartsWatch(["Language model"])
    verdicts = [said("Cache", "failed", required=False), said("Language model", "failed", required=False)]
    for real in (0.0, AFTER):
        watch.note(verdicts, real)
        watch.tell(database, NOW, real, after=AFTER)
    assert [(alert.key, alert.severity) for alert in open_alerts(database)] == [("part_degraded:cache", "warning")]
    watch.note([said("Cache", "off", required=False)], 2 * AFTER)
    watch.tell(database, NOW, 2 * AFTER, after=AFTER)
    assert keys(database) == []


def test_a_database_that_was_away_is_told_when_it_is_back(database: Database, settings_for: SettingsFor) -> None:
    """It could not keep an alert about itself; two notices say that it was away and that it is over."""
    watch = PartsWatch()
    away = open_database(settings_for())
    away.close()
    for real in (0.0, AFTER):
        watch.note([said("Database", "failed")], real)
        with pytest.raises(ProductError):
            watch.tell(away, NOW, real, after=AFTER)
    watch.note([said("Database", "ok")], 2 * AFTER)
    watch.tell(database, NOW, 2 * AFTER, after=AFTER)
    assert events(database) == [("part_down:database", "raised"), ("part_down:database", "resolved")]
    assert keys(database) == []


def test_an_alert_that_an_earlier_process_left_open_ends_with_the_part(database: Database) -> None:
    """Whoever watches now did not raise it."""
    earlier = PartsWatch()
    for real in (0.0, AFTER):
        earlier.note([said("Disk", "failed")], real)
        earlier.tell(database, NOW, real, after=AFTER)
    PartsWatch().tell(database, NOW, 0.0, after=AFTER)
    assert keys(database) == []
