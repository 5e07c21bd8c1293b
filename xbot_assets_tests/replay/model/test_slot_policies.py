"""Today's policies, each on a tape small enough to work out by hand."""

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import Outcome
from xbot_assets.replay.model.measures import measure
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy, play
from xbot_assets_tests.replay.tapes import NUMBERS, fates, job, starts, tape

POST = job("post", Lane.CRITICAL)
READ = job("read", Lane.HIGH)
SCRAPE = job("scrape", Lane.LOW)
NO_WINDOW = Parameters(window_seconds=0)


def test_fifo_starts_by_age_alone() -> None:
    """A post waits behind older scrapes."""
    runs = [(SCRAPE, at, 60.0) for at in (0, 1, 2, 3)]
    assert starts(play(Policy.FIFO, tape(*runs, (POST, 4, 5.0)), NUMBERS))[4] == [61]


def test_priority_starts_the_most_urgent_but_takes_no_slot_away() -> None:
    """A post overtakes the queue and still waits for a slot."""
    runs = [(SCRAPE, at, 60.0) for at in (0, 1, 2, 3)]
    by_run = starts(play(Policy.PRIORITY, tape(*runs, (POST, 4, 5.0)), NUMBERS))
    assert (by_run[4], by_run[3]) == ([60], [61])


def test_lanes_keep_a_slot_for_posting_even_when_high_is_idle() -> None:
    """Two scrapes never run at once, though two slots are free."""
    by_run = starts(play(Policy.LANES, tape((SCRAPE, 0, 60.0), (SCRAPE, 1, 60.0), (POST, 2, 5.0)), NUMBERS))
    assert by_run == {0: [0], 1: [60], 2: [2]}


def test_waiting_work_is_ordered_by_age_within_a_lane() -> None:
    """An operation of a long run queues again behind those that came meanwhile."""
    by_run = starts(play(Policy.LANES, tape((SCRAPE, 0, (10.0, 10.0)), (SCRAPE, 5, 10.0)), NUMBERS))
    assert by_run == {0: [0, 20], 1: [10]}


def test_low_work_is_cut_short_for_a_post_and_done_again() -> None:
    """The third post finds no slot; the scrape loses what it did and starts over first of its lane."""
    runs = ((READ, 0, 60.0), (SCRAPE, 0, 60.0), (POST, 1, 30.0), (POST, 2, 10.0))
    played = play(Policy.PREEMPT, tape(*runs), NO_WINDOW)
    assert starts(played) == {0: [0], 1: [0, 12], 2: [1], 3: [2]}
    assert measure(played).wasted_seconds == 2


def test_low_work_past_its_point_of_no_return_is_left_alone() -> None:
    """The post waits the rest of the scrape instead."""
    runs = ((READ, 0, 60.0), (SCRAPE, 0, 60.0), (POST, 1, 59.0), (POST, 50, 5.0))
    played = play(Policy.PREEMPT, tape(*runs), NO_WINDOW)
    assert starts(played)[3] == [60]
    assert measure(played).wasted_seconds == 0


def test_high_work_is_never_cut_short() -> None:
    """With no low work to cut, the post waits for the first slot."""
    runs = ((READ, 0, 60.0), (POST, 0, 50.0), (POST, 0, 40.0), (POST, 1, 5.0))
    assert starts(play(Policy.PREEMPT, tape(*runs), NO_WINDOW))[3] == [40]


def test_nothing_but_posts_starts_in_a_posting_window() -> None:
    """A scrape that comes shortly before a post is due waits until the post is done; one before the window does not."""
    runs = ((READ, 10, 30.0), (SCRAPE, 100, 10.0), (POST, 200, 6.0))
    assert starts(play(Policy.PREEMPT, tape(*runs), NUMBERS)) == {0: [10], 1: [206], 2: [200]}


def test_a_run_under_way_goes_on_in_a_posting_window() -> None:
    """Its next operation starts ahead of an older run that has to wait for the window's end."""
    runs = ((SCRAPE, 70, (20.0, 20.0)), (SCRAPE, 85, 10.0), (POST, 200, 6.0))
    assert starts(play(Policy.PREEMPT, tape(*runs), NUMBERS)) == {0: [70, 90], 1: [206], 2: [200]}


def test_a_run_is_skipped_while_its_jobs_previous_run_is_active() -> None:
    """The overlap rule of the old scheduler and of ours."""
    guarded = job("guarded", guarded=True)
    played = play(Policy.FIFO, tape((guarded, 0, 60.0), (guarded, 30, 60.0), (guarded, 60, 60.0)), NUMBERS)
    assert [outcome for outcome, _ in fates(played)] == [Outcome.SERVED, Outcome.OVERLAP, Outcome.SERVED]


def test_work_that_still_waits_at_the_end_counts_as_starved() -> None:
    """Its wait so far is a wait, and its run is unfinished, not lost."""
    played = play(Policy.LANES, tape((SCRAPE, 0, 60.0), (SCRAPE, 1, 60.0), horizon=50.0), NUMBERS)
    assert fates(played) == [(Outcome.UNFINISHED, 0), (Outcome.UNFINISHED, 49)]
    assert measure(played).longest_low_wait == 49
