"""The old pool's rules, each on a tape small enough to work out by hand."""

import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import OUTSIDE_SLOTS, Outcome
from xbot_assets.replay.model.jobs import LegacyTraits, Way
from xbot_assets.replay.model.legacy import play_legacy
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets_tests.replay.tapes import NUMBERS, fates, job, served, starts, tape

POOL = job("pool")
POSTING = job("posting", Lane.CRITICAL, traits=LegacyTraits(Way.LOCKED, priority=2, lock_level=1))
METRICS = job("metrics", Lane.HIGH, traits=LegacyTraits(Way.LOCKED, lock_level=2))
HARVEST = job("harvest", Lane.HIGH, traits=LegacyTraits(Way.LOCKED, lock_level=3))
SESSION = job("session", traits=LegacyTraits(priority=10))
GATED = job("gated", Lane.HIGH, traits=LegacyTraits(gated=True))
OWN = job("own", traits=LegacyTraits(Way.OUTSIDE))
PAGE = job("page", traits=LegacyTraits(keeps_context=False))


def test_nothing_starts_before_the_slowest_of_the_batch_ends() -> None:
    """Two contexts stand idle for 50 s; those who came meanwhile then start together."""
    played = play_legacy(tape((POOL, 0, 50.0), (POOL, 1, 5.0), (POOL, 2, 30.0), (POOL, 3, 5.0)), NUMBERS, leaking=False)
    assert starts(played) == {0: [0], 1: [50], 2: [50], 3: [50]}
    assert played.fates[1:] == (served(49), served(48), served(47))


def test_a_batch_is_as_wide_as_the_pool() -> None:
    """The fourth in the queue waits for the slowest of the three before it."""
    played = play_legacy(tape((POOL, 0, 5.0), *((POOL, 1, s) for s in (1.0, 2.0, 20.0, 30.0))), NUMBERS, leaking=False)
    assert sorted(at for times in starts(played).values() for at in times) == [0, 5, 5, 5, 25]


def test_posting_goes_first_in_a_batch_and_one_low_goes_with_it() -> None:
    """After the first place, one operation of the low numbers is taken ahead of those of the high."""
    runs = [(POOL, 0, 9.0), *((POOL, 1, 10.0) for _ in range(3)), (SESSION, 2, 10.0), (SESSION, 3, 10.0)]
    played = play_legacy(tape(*runs), NUMBERS, leaking=False)
    assert starts(played) == {0: [0], 1: [9], 2: [9], 4: [9], 3: [19], 5: [19]}


def test_an_operation_gives_up_after_a_minute_and_its_run_ends() -> None:
    """The wait counts up to the moment it gave up; the rest of the run is not done."""
    numbers = Parameters(slots=1)
    played = play_legacy(tape((POOL, 0, 59.0), (POOL, 0.5, 59.0), (POOL, 1, (5.0, 5.0))), numbers, leaking=False)
    assert fates(played) == [(Outcome.SERVED, 0), (Outcome.SERVED, 58.5), (Outcome.QUEUE_TIMEOUT, 60)]


def test_the_lock_is_held_by_one_and_goes_to_the_best_level() -> None:
    """Posting overtakes the harvest that asked first, and waits for the metrics that hold the lock."""
    played = play_legacy(tape((METRICS, 0, 40.0), (HARVEST, 1, 9.0), (POSTING, 2, 10.0)), NUMBERS, leaking=False)
    assert starts(played) == {0: [0], 2: [40], 1: [50]}
    assert played.fates[2] == served(38)


def test_the_lock_is_given_up_after_three_minutes_and_the_work_goes_on() -> None:
    """The next holder starts beside the slow one: the lock then bounds nothing."""
    played = play_legacy(tape((METRICS, 0, (58.0,) * 4), (HARVEST, 1, 5.0)), NUMBERS, leaking=False)
    assert played.fates[0].outcome is Outcome.SERVED
    assert played.fates[1].wait == pytest.approx((180 - 1) + (4 * 58 - 180))


def test_a_run_that_gave_up_lets_go_of_the_lock() -> None:
    """Otherwise nobody would ever post again."""
    numbers = Parameters(slots=1)
    runs = ((POOL, 0, 59.0), (POOL, 0.5, 59.0), (METRICS, 1, 5.0), (POSTING, 70, 5.0))
    played = play_legacy(tape(*runs), numbers, leaking=False)
    assert fates(played)[2:] == [(Outcome.QUEUE_TIMEOUT, 60), (Outcome.SERVED, 48)]


def test_metrics_are_skipped_exactly_when_the_pool_is_busy() -> None:
    """The probe is answered late while a batch runs; in its last 1.5 s, or when idle, it is answered in time."""
    runs = ((POOL, 0, 20.0), (GATED, 5, 5.0), (GATED, 19, 5.0), (GATED, 100, 5.0))
    outcomes = [outcome for outcome, _ in fates(play_legacy(tape(*runs), NUMBERS, leaking=False))]
    assert outcomes == [Outcome.SERVED, Outcome.HEALTH_GATE, Outcome.SERVED, Outcome.SERVED]


def test_a_browser_of_its_own_never_waits_and_takes_no_slot() -> None:
    """The five launchers outside the pool were not under its cap."""
    played = play_legacy(tape(*((OWN, 0, 30.0) for _ in range(5))), NUMBERS, leaking=False)
    assert played.fates == (served(),) * 5
    assert {span.slot for span in played.spans} == {OUTSIDE_SLOTS}


def test_leaking_pages_hold_the_context_only_while_they_open() -> None:
    """Ten pages are open at once on three contexts; one that keeps its context still makes the batch wait."""
    played = play_legacy(tape(*((PAGE, 0, 60.0) for _ in range(10))), NUMBERS, leaking=True)
    assert max(fate.wait for fate in played.fates) < 10 * NUMBERS.legacy_page_seconds
    assert sum(span.start < 30 < span.end for span in played.spans) == 10


def test_a_context_is_replaced_after_its_operations() -> None:
    """The 26th operation in a context pays for a new one."""
    played = play_legacy(tape(*((POOL, 100 * n, 1.0) for n in range(27))), NUMBERS, leaking=False)
    lengths = [round(span.end - span.start, 6) for span in played.spans]
    assert lengths == [1.0] * 25 + [1 + NUMBERS.legacy_context_seconds, 1.0]
