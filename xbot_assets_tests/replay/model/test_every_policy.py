"""What holds for every policy on any tape."""

import pytest
from hypothesis import given, settings

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import ADMITTED, OUTSIDE_SLOTS, Outcome, Played, Span
from xbot_assets.replay.model.measures import measure
from xbot_assets.replay.model.policies import LANE_LIMITS, Policy, play
from xbot_assets.replay.model.tape import Tape
from xbot_assets_tests.replay.tapes import NUMBERS, at_once, in_slots, sorted_within, tapes

EVERY_POLICY = pytest.mark.parametrize("policy", Policy)
EXAMPLES = settings(max_examples=40, deadline=None)
ROUNDING = 1e-6


def _first_and_late(played: Played, spans: list[Span]) -> list[Span]:
    """Return the first operations of runs that waited for it."""
    late = [s for s in spans if played.tape.arrivals[s.arrival].at < s.start - ROUNDING]
    return [s for s in late if s.start == min(o.start for o in spans if o.arrival == s.arrival)]


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_every_arrival_has_exactly_one_fate(policy: Policy, drawn: Tape) -> None:
    """Served, dropped by a named rule, or unfinished: the counts add up, by lane and in all."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    assert len(played.fates) == len(played.tape.arrivals)
    for lane in measure(played).lanes.values():
        assert sum(lane.outcomes.values()) == lane.arrived


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_a_slot_never_holds_two_operations(policy: Policy, drawn: Tape) -> None:
    """At no instant are more slots in use than there are, nor one slot twice."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    assert at_once(in_slots(played)) <= NUMBERS.slots
    for slot in range(NUMBERS.slots):
        assert at_once([span for span in played.spans if span.slot == slot]) <= 1


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_a_served_run_got_all_of_its_browser_time(policy: Policy, drawn: Tape) -> None:
    """What it asked for was done in whole operations, and whatever was not served got less."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    for index, (arrival, fate) in enumerate(zip(played.tape.arrivals, played.fates, strict=True)):
        done = sum(span.end - span.start for span in played.spans if span.arrival == index and span.completed)
        if fate.outcome is Outcome.SERVED:
            assert done >= sum(arrival.operations) - ROUNDING
        if fate.outcome not in ADMITTED:
            assert done == 0


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_a_run_spends_its_life_waiting_or_working(policy: Policy, drawn: Tape) -> None:
    """Arrival to end is exactly the wait plus the time in slots and outside; no time appears or is lost."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    for index, fate in enumerate(played.fates):
        spans = [span for span in played.spans if span.arrival == index]
        if fate.outcome is Outcome.SERVED:
            life = max(span.end for span in spans) - played.tape.arrivals[index].at
            assert life == pytest.approx(fate.wait + sum(s.end - s.start for s in spans), abs=ROUNDING)
        assert 0 <= fate.longest <= fate.wait + ROUNDING


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_a_guarded_job_never_runs_twice_at_once(policy: Policy, drawn: Tape) -> None:
    """Whatever the policy, the overlap rule holds."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    for number, job in enumerate(played.tape.jobs):
        own = [s for s in played.spans if played.tape.arrivals[s.arrival].job == number]
        assert not job.guarded or at_once(own) <= 1


@pytest.mark.parametrize("policy", [Policy.LANES, Policy.PREEMPT])
@EXAMPLES
@given(drawn=tapes())
def test_lanes_never_exceed_one_high_and_one_low(policy: Policy, drawn: Tape) -> None:
    """The limits hold at every instant, on any tape."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    for lane, limit in LANE_LIMITS.items():
        assert at_once(in_slots(played, lane)) <= limit


@EXAMPLES
@given(drawn=tapes())
def test_with_lanes_critical_waits_only_behind_critical(drawn: Tape) -> None:
    """Until a critical operation that waited starts, others of its lane hold every slot that is not high's or low's."""
    played = play(Policy.LANES, sorted_within(drawn), NUMBERS)
    critical = in_slots(played, Lane.CRITICAL)
    for span in _first_and_late(played, critical):
        just_before = span.start - ROUNDING / 2
        beside = sum(other.start <= just_before < other.end for other in critical)
        assert beside >= NUMBERS.slots - sum(LANE_LIMITS.values())


@pytest.mark.parametrize("policy", [Policy.FIFO, Policy.PRIORITY])
@EXAMPLES
@given(drawn=tapes())
def test_no_slot_stands_idle_while_work_waits(policy: Policy, drawn: Tape) -> None:
    """FIFO and priority conserve work: when an operation starts late, every slot was busy until then."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    spans = in_slots(played)
    for span in _first_and_late(played, spans):
        just_before = span.start - ROUNDING / 2
        assert sum(other.start <= just_before < other.end for other in spans) == NUMBERS.slots


@EVERY_POLICY
@EXAMPLES
@given(drawn=tapes())
def test_only_the_old_pool_works_outside_its_slots(policy: Policy, drawn: Tape) -> None:
    """Every other policy brings all browser work under the cap."""
    played = play(policy, sorted_within(drawn), NUMBERS)
    outside = any(span.slot == OUTSIDE_SLOTS for span in played.spans)
    assert not outside or policy in {Policy.LEGACY, Policy.LEGACY_LEAKING}
