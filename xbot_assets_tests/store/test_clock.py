"""The clock that all processes share, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.store.clock import DatabaseClock, read_line, set_line
from xbot_assets.store.engine.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_clock_is_real_time_until_a_line_is_set(database: Database) -> None:
    """And again after the line is cleared."""
    before = system_now()
    assert before <= DatabaseClock(database).now() <= system_now()
    line = ClockLine(before, NOON, 60.0)
    set_line(database, line)
    set_line(database, line)
    assert read_line(database) == line
    moved = DatabaseClock(database).now()
    assert NOON <= moved <= line.at(system_now())
    set_line(database, None)
    assert read_line(database) is None


def test_a_clock_asks_the_database_at_most_once_a_second(database: Database) -> None:
    """And notices a moved line within that second."""
    clock = DatabaseClock(database)
    for _ in range(50):
        clock.now()
    assert database.timings.snapshot()["read_clock_line"].calls <= 2
    set_line(database, ClockLine(system_now(), NOON - 1000 * DAY))
    started = system_now()
    while clock.now() > NOON - 999 * DAY:
        assert system_now() - started < timedelta(seconds=5)
