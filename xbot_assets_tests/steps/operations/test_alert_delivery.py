"""Alerts on their way to a person: over real HTTP, through channels that are down, twice asked, and at night."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.alerts.entry import AlertEntry
from xbot_assets.domain.alerts.operations import ASSET_FAILED, RUN_FAILED
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.alert_delivery import channels_of, deliver
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations.alert_deliveries import channel_state, notices_for
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.sink import Sink, running_sink

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=12)
FAULTS = 500
REASON, REMEDY = "X has locked the account.", "Unlock it on X."


class At:
    """A clock that stands."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the time that it stands at."""
        return self._now


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A channel's other end."""
    with running_sink() as started:
        yield started


def told_to(settings_for: SettingsFor, *channels: str, **more: object) -> Settings:
    """Return settings with channels."""
    return settings_for(alert_urls=SecretStr(" ".join(channels)), **more)


def hold(database: Database, code: str = "locked", now: datetime = NOON) -> None:
    """Raise a critical alert."""
    alert(database, PUBLISHING_HOLD, now=now, code=code, reason=REASON, remedy=REMEDY)


def warn(database: Database, entry: AlertEntry = RUN_FAILED, now: datetime = NOON, job: str = "plan") -> None:
    """Raise a warning."""
    alert(database, entry, now=now, job=job, reason="It fell over.", run_id="r1")


def at_once(url: str) -> None:
    """Let every pause of a channel be over."""
    with psycopg.connect(url) as connection:
        connection.execute("update xbot.alert_deliveries set next_attempt_at = null where sent_at is null")


def test_a_critical_alert_says_what_happened_what_to_do_and_where(
    database: Database, settings_for: SettingsFor, sink: Sink
) -> None:
    """At once, and once; its end is told too."""
    settings = told_to(settings_for, sink.channel(), alert_link="https://home.example/xbot")
    hold(database)
    assert deliver(database, At(), settings).sent == 1
    assert deliver(database, At(), settings).sent == 0
    (message,) = sink.taken
    assert message["title"] == f"Critical: {PUBLISHING_HOLD.title}"
    assert message["type"] == "failure"
    for part in (REASON, REMEDY, "https://home.example/xbot", "docs/runbook.md#"):
        assert part in message["message"]
    resolve_alert(database, PUBLISHING_HOLD, NOON, code="locked")
    deliver(database, At(), settings)
    assert sink.titles[1:] == [f"Over: {PUBLISHING_HOLD.title}"]
    assert notices_for(database, "a channel", 9) == []


def test_a_channel_that_is_down_gets_everything_later_and_the_other_nothing_twice(
    database: Database, database_url: str, settings_for: SettingsFor, sink: Sink
) -> None:
    """The pause grows with each refusal; what is refused is known, without the address."""
    with running_sink() as other:
        settings = told_to(settings_for, sink.channel(), other.channel())
        sink.refusals = 3
        hold(database)
        for _ in range(3):
            assert "did not take the message" in " ".join(deliver(database, At(), settings).troubles)
            deliver(database, At(), settings)
            at_once(database_url)
        down = channel_state(database, channels_of(settings)[0].name)
        assert (down.waiting, down.sent_at) == (1, None)
        assert "secret" not in (down.last_error or "")
        assert deliver(database, At(), settings).sent == 1
        assert (len(sink.titles), len(other.titles)) == (1, 1)
    assert len(sink.asked) == 4
    assert notices_for(database, "a channel", 9) == []


def test_warnings_are_gathered_into_one_message(database: Database, settings_for: SettingsFor, sink: Sink) -> None:
    """When the oldest has waited long enough; what is over meanwhile is in it too."""
    settings = told_to(settings_for, sink.channel(), alert_digest_minutes=30)
    warn(database)
    alert(database, ASSET_FAILED, now=NOON, asset="a", reason="No.", remedy="Wait.", run_id="r2")
    resolve_alert(database, RUN_FAILED, NOON, job="plan")
    assert deliver(database, At(NOON + timedelta(minutes=29)), settings).sent == 0
    assert deliver(database, At(NOON + timedelta(minutes=30)), settings).sent == 1
    assert sink.titles == ["xbot: 2 new, 1 over"]
    assert "It fell over." in sink.taken[0]["message"]
    assert notices_for(database, "a channel", 9) == []


def test_at_night_only_what_is_critical_comes(database: Database, settings_for: SettingsFor, sink: Sink) -> None:
    """The rest comes in the morning."""
    settings = told_to(settings_for, sink.channel(), alert_quiet_hours="23:00-07:00", timezone="UTC")
    warn(database, now=NIGHT - timedelta(hours=2))
    hold(database, now=NIGHT)
    deliver(database, At(NIGHT), settings)
    assert sink.titles == [f"Critical: {PUBLISHING_HOLD.title}"]
    deliver(database, At(NIGHT + timedelta(hours=7)), settings)
    assert sink.titles[1:] == [f"Warning: {RUN_FAILED.title}"]


def test_without_a_channel_nothing_piles_up(database: Database, settings_for: SettingsFor, sink: Sink) -> None:
    """A channel that is set later is not told of last month; alerts stay open on the page."""
    hold(database)
    deliver(database, At(), settings_for())
    deliver(database, At(), told_to(settings_for, sink.channel()))
    assert sink.taken == []


def test_five_hundred_alerts_through_a_sink_that_fails_are_each_told_once(
    database: Database, database_url: str, settings_for: SettingsFor, sink: Sink
) -> None:
    """With three senders at once, and every second message refused at first."""
    settings = told_to(settings_for, sink.channel())
    for number in range(FAULTS):
        hold(database, code=f"fault_{number}")
    sink.refusals = FAULTS // 2
    with ThreadPoolExecutor(max_workers=3) as senders:
        while notices_for(database, "a channel", 1):
            list(senders.map(lambda _: deliver(database, At(), settings), range(3)))
            at_once(database_url)
    lines = [message["message"] for message in sink.taken]
    assert len(lines) == FAULTS
    assert channel_state(database, channels_of(settings)[0].name).waiting == 0
