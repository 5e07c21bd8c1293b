"""The tape: rates, phases, service times, and that every policy gets the same one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.jobs import Job
from xbot_assets.replay.model.parameters import DAY, HOUR, Parameters
from xbot_assets.replay.model.policies import Policy, play
from xbot_assets.replay.model.tape import Tape, operations_of, periodic_tape, service_times

NUMBERS = Parameters(days=2)
EXACT = Parameters(days=1, variation=0)
POSTING = Job("posting", Lane.CRITICAL, 300, 0, 70, share=0.5)
SCRAPE = Job("scrape", Lane.LOW, HOUR, 600, 150)


def _tape(*jobs: Job, seed: int = 1, overload: float = 1, numbers: Parameters = NUMBERS) -> Tape:
    return periodic_tape(jobs, numbers, overload=overload, rng=np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_tape_and_another_seed_another() -> None:
    """Arrivals and service times are drawn from the generator and from nothing else."""
    assert _tape(POSTING, SCRAPE) == _tape(POSTING, SCRAPE)
    assert _tape(POSTING, SCRAPE).arrivals != _tape(POSTING, SCRAPE, seed=2).arrivals


@pytest.mark.parametrize("policy", Policy)
def test_every_policy_plays_the_same_tape_and_leaves_it_unchanged(policy: Policy) -> None:
    """What is compared is the policy alone."""
    drawn, again = _tape(POSTING, SCRAPE), _tape(POSTING, SCRAPE)
    played = play(policy, drawn, NUMBERS)
    assert played.tape is drawn
    assert drawn == again
    assert played == play(policy, again, NUMBERS)


def test_another_job_changes_no_draw_of_the_others() -> None:
    """Each job has a random stream of its own."""
    alone, beside = _tape(POSTING), _tape(POSTING, SCRAPE)
    assert alone.arrivals == tuple(a for a in beside.arrivals if a.job == 0)


def test_the_timer_of_later_runs_starts_when_the_first_run_has_ended() -> None:
    """First at the offset; then offset, first run, interval, as the old scheduler's code does."""
    assert [a.at for a in _tape(SCRAPE, numbers=EXACT).arrivals[:3]] == pytest.approx([600, 4350, 7950])


def test_a_restart_begins_anew_with_the_offsets() -> None:
    """One burst of starts for each start of the service, and nothing from before it."""
    numbers = Parameters(days=2, variation=0, restart_hours=12)
    times = [a.at for a in _tape(SCRAPE, numbers=numbers).arrivals]
    assert [DAY / 2 * start + 600 for start in range(4)] == [at for at in times if (at - 600) % (DAY / 2) == 0]


def test_at_an_overload_everything_comes_that_many_times_as_often() -> None:
    """Offsets and intervals shrink; service times stay."""
    drawn = _tape(SCRAPE, overload=2, numbers=EXACT)
    assert [a.at for a in drawn.arrivals[:2]] == pytest.approx([300, 300 + 150 + 1800])
    assert len(drawn.arrivals) == 48
    assert [sum(a.operations) for a in drawn.arrivals] == pytest.approx([150] * 48)


def test_the_share_of_ticks_that_need_the_browser_is_kept() -> None:
    """Half of the posting job's ticks have a post that is due."""
    drawn = _tape(POSTING, numbers=Parameters(days=30))
    assert len(drawn.arrivals) / (30 * 288) == pytest.approx(0.5, abs=0.03)
    assert drawn.seconds / (30 * 24) == pytest.approx(POSTING.seconds_per_hour, rel=0.06)


@given(seconds=st.floats(0.01, 10_000), longest=st.floats(1, 600))
def test_a_run_is_cut_into_equal_operations_no_longer_than_allowed(seconds: float, longest: float) -> None:
    """Nothing is lost or added."""
    operations = operations_of(seconds, longest)
    assert sum(operations) == pytest.approx(seconds)
    assert max(operations) <= longest * (1 + 1e-9)
    assert len(operations) < seconds / longest + 1


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.5])
def test_service_times_have_the_mean_and_variation_asked_for(variation: float) -> None:
    """Lognormal: the moments within five standard errors."""
    drawn = np.array(service_times(40, variation, 200_000, np.random.default_rng(3)))
    assert drawn.mean() == pytest.approx(40, rel=0.02)
    assert drawn.std() / drawn.mean() == pytest.approx(variation, abs=0.08)
