"""The adaptive rate and the admission decision, without a database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.pace.admission import effective_rate
from xbot_assets.domain.pace.answers import PUBLISHED, Answer, Outcome, answer_of
from xbot_assets.domain.pace.hours import HourWeights, WeightBounds
from xbot_assets.domain.pace.jitter import jittered
from xbot_assets.domain.pace.pacing import DAY, HOUR, Pacing
from xbot_assets.domain.pace.rate import PaceFacts, RateState, hold, initial, observe
from xbot_assets.testing.pace_rules import wait_at

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACING = Pacing(
    per_hour=2,
    per_day=24,
    rate_start=1.0,
    rate_floor=0.25,
    rate_ceiling=4.0,
    raise_by=0.1,
    lower_to=0.7,
    window=20,
    tolerance=timedelta(minutes=15),
    limit_pause=timedelta(hours=3),
    hour_weights=WeightBounds(0.5, 2.0),
)
EVEN = HourWeights(ZoneInfo("UTC"))
FAILED = Answer(Outcome.FAILURE)
UNCONFIRMED = Answer(Outcome.UNCONFIRMED)

answers = st.builds(Answer, st.sampled_from(Outcome), st.timedeltas(timedelta(0), timedelta(minutes=15)))
weights = st.lists(st.floats(0.5, 2.0), min_size=24, max_size=24).map(tuple)
pacings = st.builds(
    replace,
    st.just(PACING),
    per_hour=st.integers(1, 6),
    per_day=st.integers(1, 30),
    rate_start=st.floats(0.05, 60),
    rate_floor=st.floats(0.05, 10),
    rate_ceiling=st.floats(0.05, 60),
    tolerance=st.timedeltas(timedelta(0), timedelta(hours=2)),
)
times = st.lists(st.timedeltas(timedelta(0), DAY), max_size=40).map(lambda ages: [NOON - age for age in ages])
pauses = st.none() | st.timedeltas(-DAY, DAY).map(lambda ahead: NOON + ahead)


def seen(*given_answers: Answer, pacing: Pacing = PACING) -> RateState:
    """Return the state after these answers."""
    state = initial(pacing)
    for answer in given_answers:
        state = observe(state, answer, NOON, pacing)
    return state


def facts(state: RateState, recent: Sequence[datetime] = (), hours: HourWeights = EVEN) -> PaceFacts:
    """Return what is known when so much was published."""
    return PaceFacts(state, hours, tuple(recent))


def admitted(count: int, span: timedelta, pacing: Pacing, state: RateState | None = None) -> list[datetime]:
    """Admit whenever it is allowed, and return when that was."""
    when: list[datetime] = []
    now = NOON
    while now < NOON + span and len(when) < count:
        wait = wait_at(facts(state or initial(pacing), when), now, pacing)
        if wait is None:
            when.append(now)
        else:
            now = wait.until
    return when


def test_the_rate_starts_at_one_an_hour_and_a_clean_window_raises_it_a_little() -> None:
    """Twenty of twenty is above 95 %; nineteen is not."""
    assert seen(*[PUBLISHED] * 19).rate == pytest.approx(1.0)
    assert seen(*[PUBLISHED] * 20).rate == pytest.approx(1.1)
    assert seen(FAILED, *[PUBLISHED] * 19).rate == pytest.approx(1.0)


def test_the_rate_falls_as_soon_as_a_window_must_end_below_ninety_per_cent() -> None:
    """Two failures of twenty are 90 % and stay; the third does not wait for the rest."""
    assert seen(*[FAILED] * 2, *[PUBLISHED] * 18).rate == pytest.approx(1.0)
    assert seen(*[FAILED] * 3).rate == pytest.approx(0.7)


def test_a_lost_id_never_raises_the_rate() -> None:
    """An unconfirmed post counts as a failure until it is known."""
    assert seen(UNCONFIRMED, *[PUBLISHED] * 19).rate == pytest.approx(1.0)


@given(st.lists(st.sampled_from([UNCONFIRMED, FAILED]), max_size=100))
def test_without_a_success_the_rate_never_rises(given_answers: list[Answer]) -> None:
    """Neither unconfirmed posts nor failures speak for a higher rate."""
    assert seen(*given_answers).rate <= PACING.rate_start


@given(pacings, st.lists(answers, max_size=80), weights)
def test_the_rate_stays_in_its_bounds_and_below_the_hard_limit(
    pacing: Pacing, given_answers: list[Answer], hours: tuple[float, ...]
) -> None:
    """Whatever X answers and whatever an hour weighs."""
    state = seen(*given_answers, pacing=pacing)
    assert pacing.floor <= state.rate <= pacing.ceiling
    weighed = effective_rate(state, NOON, pacing, HourWeights(ZoneInfo("UTC"), hours))
    assert pacing.floor <= weighed <= pacing.ceiling <= pacing.per_hour


@given(st.lists(answers, max_size=40))
def test_a_pause_is_never_made_shorter(given_answers: list[Answer]) -> None:
    """A later answer may only add to it."""
    state = initial(PACING)
    for answer in given_answers:
        before, state = state, observe(state, answer, NOON, PACING)
        assert before.paused_until is None or (
            state.paused_until is not None and state.paused_until >= before.paused_until
        )


def test_a_rate_limit_holds_everything_until_the_reset_that_x_named() -> None:
    """Not a second earlier, and not longer."""
    reset = NOON + timedelta(minutes=7)
    state = seen(Answer(Outcome.RATE_LIMITED, timedelta(minutes=7)))
    wait = wait_at(facts(state), NOON, PACING)
    assert wait is not None
    assert wait.until == reset
    assert "X limits" in wait.reason
    assert wait_at(facts(state), reset, PACING) is None


def test_the_daily_limit_of_x_pauses_for_the_setting() -> None:
    """Error 344 names no time, so ours holds."""
    wait = wait_at(facts(seen(Answer(Outcome.DAILY_LIMIT))), NOON, PACING)
    assert wait is not None
    assert wait.until == NOON + PACING.limit_pause


def test_suspicion_of_automation_drops_the_rate_to_its_floor() -> None:
    """And the window starts anew, so that the floor lasts for a whole clean window."""
    state = seen(*[PUBLISHED] * 19, Answer(Outcome.AUTOMATED))
    assert (state.rate, state.successes) == (PACING.floor, 0)


def test_another_kind_is_held_by_what_is_about_the_account_and_by_nothing_else() -> None:
    """A failed reply says nothing about posts; a suspicion does."""
    state = initial(PACING)
    assert hold(state, FAILED, NOON, PACING) == state
    assert hold(state, Answer(Outcome.AUTOMATED), NOON, PACING).rate == PACING.floor
    assert hold(state, Answer(Outcome.DAILY_LIMIT), NOON, PACING).paused_until is not None


CHANGES_OF_CLOCK = {
    "America/New_York": (datetime(2026, 3, 8, 6, 40, tzinfo=UTC), datetime(2026, 11, 1, 4, 40, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 10, 3, 14, 40, tzinfo=UTC), datetime(2026, 4, 4, 13, 40, tzinfo=UTC)),
    "Asia/Kathmandu": (NOON, NOON),
}
"""Shortly before the clock goes forward and back: by an hour, by half an hour, and never (45 minutes off UTC)."""
moments = st.sampled_from([(zone, at) for zone, both in CHANGES_OF_CLOCK.items() for at in both])


@given(pacings, times, pauses, weights, moments)
def test_the_end_of_a_wait_is_the_first_time_at_which_one_is_admitted(
    pacing: Pacing,
    recent: list[datetime],
    paused: datetime | None,
    hours: tuple[float, ...],
    moment: tuple[str, datetime],
) -> None:
    """Admitted at ``until``, and never before it, whatever the owner's clock does meanwhile."""
    zone, now = moment
    by_hour, before_now = HourWeights(ZoneInfo(zone), hours), [time - NOON + now for time in recent]
    pause = paused and paused - NOON + now
    state = RateState(pacing.bounded(pacing.rate_start), paused_until=pause, pause_reason="X said so.")
    known = facts(state, before_now, by_hour)
    wait = wait_at(known, now, pacing)
    if wait is None:
        return
    assert wait.until > now
    assert wait_at(known, wait.until, pacing) is None
    for part in range(40):
        earlier = now + (wait.until - now) * part / 40
        assert wait_at(known, earlier, pacing) is not None


def test_a_better_hour_ends_a_wait_on_the_minute_at_which_it_begins() -> None:
    """In Kathmandu hours begin at a quarter past the hours of UTC; at 18:00 there two an hour may go."""
    hours = HourWeights(ZoneInfo("Asia/Kathmandu"), tuple(2.0 if hour == 18 else 0.5 for hour in range(24)))
    wait = wait_at(facts(initial(PACING), [NOON - HOUR / 2], hours), NOON, PACING)
    assert wait is not None
    assert wait.until == NOON + timedelta(minutes=15)


@given(pacings)
def test_no_window_ever_holds_more_than_the_hard_limits(pacing: Pacing) -> None:
    """In any 60 minutes and on any day of the owner's calendar, when somebody asks all the time."""
    when = admitted(80, 3 * DAY, pacing)
    most = pacing.per_hour
    assert all(later - earlier >= HOUR for earlier, later in zip(when, when[most:], strict=False))
    assert max(Counter(time.date() for time in when).values()) <= pacing.per_day


@pytest.mark.parametrize(
    ("zone", "first", "midnight"),
    [
        ("UTC", NOON, datetime(2026, 3, 2, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_the_day_s_limit_ends_with_the_owner_s_day_of_23_24_or_25_hours(
    zone: str, first: datetime, midnight: datetime
) -> None:
    """Neither with that of UTC nor 24 hours after the first."""
    pacing = replace(PACING, per_day=2, tolerance=HOUR)
    known = facts(initial(pacing), [first, first + 3 * HOUR], HourWeights(ZoneInfo(zone)))
    wait = wait_at(known, first + 9 * HOUR, pacing)
    assert wait is not None
    assert wait.until == midnight
    assert wait_at(known, midnight, pacing) is None


def test_what_the_clock_left_behind_on_later_days_counts_on_those_days_too() -> None:
    """The clock went back over midnight: the days ahead are full, and the wait ends on the first that is not."""
    pacing = replace(PACING, per_day=1, tolerance=HOUR)
    wait = wait_at(facts(initial(pacing), [NOON + DAY, NOON + 2 * DAY]), NOON, pacing)
    assert wait is not None
    assert wait.until == datetime(2026, 3, 4, tzinfo=UTC)


@given(pacings)
def test_what_comes_early_is_made_up_for_so_that_the_average_keeps_to_the_rate(pacing: Pacing) -> None:
    """The first and the last of n are at least n - 1 gaps apart, less the tolerance."""
    when = admitted(30, 5 * DAY, pacing)
    gap = HOUR / initial(pacing).rate
    rounding = timedelta(milliseconds=1)
    assert when[-1] - when[0] >= gap * (len(when) - 1) - pacing.tolerance - rounding


def test_posts_planned_an_hour_apart_go_on_time_at_one_an_hour() -> None:
    """Jitter and a late start of one must not push the next back."""
    state, went = initial(PACING), list[datetime]()
    for hour in range(12):
        due = jittered(NOON + hour * HOUR, str(hour), timedelta(minutes=5))
        assert wait_at(facts(state, went[-24:]), due, PACING) is None
        went.append(due)


def test_a_cut_rate_does_not_charge_for_what_was_sent_under_the_old_one() -> None:
    """A day at two an hour, then the floor: the next waits one gap, not a day of gaps."""
    recent = [NOON - n * HOUR / 2 for n in range(20)]
    wait = wait_at(facts(replace(initial(PACING), rate=PACING.floor), recent), NOON, PACING)
    assert wait is not None
    assert wait.until - NOON <= HOUR / PACING.floor


def test_a_record_dated_after_now_makes_the_wait_longer_not_shorter() -> None:
    """The clock went back: what was sent was sent."""
    ahead = NOON + 3 * HOUR
    wait = wait_at(facts(initial(PACING), [ahead]), NOON, PACING)
    assert wait is not None
    assert wait.until > ahead


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (TransientFailure("", code=FailureCode.RATE_LIMITED, retry_after_seconds=60), Outcome.RATE_LIMITED),
        (PermanentFailure("", code=FailureCode.LOOKS_AUTOMATED), Outcome.AUTOMATED),
        (UnknownOutcome("", code=FailureCode.NO_WITNESS), Outcome.UNCONFIRMED),
        (PermanentFailure("", code=FailureCode.REFUSED), Outcome.FAILURE),
        (TransientFailure("", code=FailureCode.NO_SLOT), None),
        (TransientFailure("", code=FailureCode.X_UNAVAILABLE), None),
        (PermanentFailure("", code=FailureCode.TOO_LONG), None),
    ],
)
def test_only_what_x_answered_says_something_about_the_pace(failure: ProductError, outcome: Outcome | None) -> None:
    """A busy browser is no reason to post less often, and neither is an X that is down."""
    answer = answer_of(failure)
    assert (answer.outcome if answer else None) == outcome
    if outcome is Outcome.RATE_LIMITED:
        assert answer == Answer(Outcome.RATE_LIMITED, timedelta(minutes=1))
