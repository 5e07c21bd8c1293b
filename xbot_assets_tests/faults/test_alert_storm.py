"""Alerts while their channel, their sender and the database are away by turns; benchmarks.alert_storm takes minutes."""

from collections.abc import Iterator

import pytest

from xbot_assets.testing.pairs.stage import Stage, stage
from xbot_assets.testing.pairs.storm import Plan, settings_for, storm
from xbot_assets.testing.sink import Sink, running_sink

pytestmark = pytest.mark.soak  # a whole stack of its own
SHORT = Plan(alerts=60, seconds=40.0, channel=(5.0, 25.0), database=(15.0, 10.0), sender_killed_at=8.0)


@pytest.fixture
def sinks() -> Iterator[tuple[Sink, Sink]]:
    """Where alerts go, and where the ping goes."""
    with running_sink() as channel, running_sink() as watcher:
        yield channel, watcher


@pytest.fixture
def staged(sinks: tuple[Sink, Sink]) -> Iterator[Stage]:
    """A stack that tells them."""
    with stage(settings_for(*sinks)) as made:
        yield made


def test_every_alert_comes_once_through_a_channel_a_sender_and_a_database_that_were_away(
    staged: Stage, sinks: tuple[Sink, Sink]
) -> None:
    """No post is lost or doubled meanwhile, and the dead-man ping ends with its sender."""
    done = storm(staged, *sinks, SHORT)
    assert (done.told, done.lost, done.twice) == (SHORT.alerts, 0, 0)
    assert (done.posts_lost, done.posts_twice) == (0, 0)
    assert done.pings_without_sender == 0
