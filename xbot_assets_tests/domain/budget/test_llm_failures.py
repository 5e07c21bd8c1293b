"""The ledger's calls, counted and compared: nothing is a pattern that chance explains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.budget.llm_failures import (
    NO_PATTERN,
    CallGroup,
    Trials,
    beside_jobs,
    occasions,
    tallies,
    tally,
    wilson,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
GOOD = CallGroup(NOON, "plan", "gpt-4o", ok=True, made=True, job="plan", beside=(), calls=1, cost_microusd=400)
BAD = replace(GOOD, ok=False, cost_microusd=0)
Z = 1.96


def beside(job: str, failed: int, good: int, start: int) -> list[CallGroup]:
    """Make so many occasions beside a job, a quarter of an hour each."""
    groups = [replace(BAD if n < failed else GOOD, beside=(job,)) for n in range(failed + good)]
    return [replace(group, quarter=NOON + QUARTER * (start + n)) for n, group in enumerate(groups)]


def test_a_tally_tells_failed_calls_from_those_refused_before_they_were_made() -> None:
    """Only what was made can fail, and it costs what it costs either way."""
    refused = replace(BAD, made=False, calls=5)
    total = tally([GOOD, replace(GOOD, calls=3, cost_microusd=900), replace(BAD, calls=2, cost_microusd=50), refused])
    assert (total.calls, total.failed, total.refused, total.cost_microusd) == (6, 2, 5, 1350)


def test_tallies_come_in_the_order_of_their_keys() -> None:
    """By hour it is a day from its beginning."""
    late = replace(GOOD, quarter=NOON + timedelta(hours=3))
    by_hour = tallies([late, GOOD, BAD], lambda group: group.quarter.hour)
    assert [(hour, one.calls) for hour, one in by_hour.items()] == [(12, 2), (15, 1)]


@pytest.mark.parametrize(("utc_day", "hour"), [(datetime(2026, 3, 29, tzinfo=UTC), 3), (NOON, 2)])
def test_the_hour_is_the_owner_s_on_the_day_the_clocks_change_too(utc_day: datetime, hour: int) -> None:
    """01:00 UTC is 02:00 in Berlin, and 03:00 from the spring change on."""
    at = utc_day.replace(hour=1)
    zone = ZoneInfo("Europe/Berlin")
    assert list(tallies([replace(GOOD, quarter=at)], lambda one: one.quarter.astimezone(zone).hour)) == [hour]


def test_the_attempts_of_one_brief_are_one_occasion() -> None:
    """Three refusals within a minute have one cause; calls that were never made are no occasion."""
    (occasion,) = occasions([replace(BAD, calls=3), GOOD, replace(BAD, made=False, purpose="pool")])
    assert occasion.failed
    assert occasion.beside == frozenset()


def test_a_job_that_really_hurts_is_a_pattern() -> None:
    """Half of the occasions beside it fail, and one in fifty of the others."""
    groups = [*beside("measure", 15, 15, 0), *beside("learn", 3, 147, 30)]
    verdicts = {one.name: one.verdict for one in beside_jobs(occasions(groups))}
    assert verdicts == {"measure": "fails more often", "learn": "fails less often"}


def test_three_failures_of_four_are_no_pattern_where_one_in_five_fails() -> None:
    """The interval knows how little four occasions say, and how many jobs were looked at."""
    groups = [*beside("learn", 3, 1, 0), *(one for n in range(9) for one in beside(f"job_{n}", 2, 8, 4 + 10 * n))]
    contrasts_by_job = {one.name: one for one in beside_jobs(occasions(groups))}
    assert contrasts_by_job["learn"].within == Trials(3, 4)
    assert contrasts_by_job["learn"].verdict == NO_PATTERN


def test_a_job_that_always_runs_cannot_be_compared() -> None:
    """There is nothing to compare it with, however often it fails."""
    (contrast,) = beside_jobs(occasions(beside("learn", 40, 0, 0)))
    assert (contrast.verdict, contrast.without.occasions) == (NO_PATTERN, 0)


def test_calls_of_which_nobody_knows_what_ran_beside_are_left_out() -> None:
    """Not known is not nothing: those of before the column was there have no job."""
    unknown = [replace(BAD, job=None, quarter=NOON - QUARTER * n) for n in range(1, 90)]
    (contrast,) = beside_jobs(occasions([*unknown, *beside("learn", 1, 9, 0)]))
    assert (contrast.within.occasions, contrast.without.occasions) == (10, 0)


@pytest.mark.parametrize(
    ("failed", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (3, 3, 0.4385, 1.0), (5, 50, 0.0435, 0.2136)]
)
def test_wilson_s_interval_is_the_one_worked_out_by_hand(failed: int, of: int, low: float, high: float) -> None:
    """At the ends it is z²/(n+z²) and n/(n+z²), which a pocket calculator gives."""
    assert wilson(Trials(failed, of), Z) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share_and_stays_within_nought_and_one(failed: int, good: int) -> None:
    """However few or many."""
    trials = Trials(failed, failed + good)
    low, high = wilson(trials, Z)
    assert 0 <= low <= trials.share + 1e-12
    assert trials.share - 1e-12 <= high <= 1
