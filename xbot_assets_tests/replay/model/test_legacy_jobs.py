"""The model on the old system's real list of jobs."""

import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.catalogue import load_catalogue
from xbot_assets.replay.jobs_file import read_jobs_file
from xbot_assets.replay.model.catalogue import demand_of, unmapped
from xbot_assets.replay.model.jobs import Way
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy
from xbot_assets.replay.study import LEGACY_TAPE, Replay, occupied, study
from xbot_assets_tests.replay.tapes import LEGACY_JOBS, evidence_file

pytestmark = pytest.mark.soak

JOBS = read_jobs_file(LEGACY_JOBS)
CATALOGUE = load_catalogue()
LEGACY = occupied(JOBS.jobs, CATALOGUE)


@pytest.fixture(scope="module")
def replay() -> Replay:
    """The whole replay with its defaults."""
    return study(JOBS, CATALOGUE, Parameters()).replay


def test_the_shipped_list_says_what_the_evidence_says() -> None:
    """Only what is not used was left out."""
    evidence = read_jobs_file(evidence_file())
    assert evidence.jobs == JOBS.jobs
    assert evidence.scheduled_runs_per_hour == JOBS.scheduled_runs_per_hour
    assert set(evidence.left_out) == set(JOBS.left_out)


def test_the_rows_taken_are_the_nineteen_scheduled_browser_jobs() -> None:
    """As many as people counted in the old code, of 68 rows."""
    assert (len(JOBS.jobs), len(JOBS.names)) == (19, 68)
    assert sum(why.startswith("nested") for why in JOBS.left_out.values()) == 4


def test_the_demand_is_what_people_estimated_from_the_code() -> None:
    """Some 2,170 browser seconds an hour, 484 of them outside the pool and 860 under the lock."""
    by_way = {way: sum(job.seconds_per_hour for job in LEGACY if job.legacy.way is way) for way in Way}
    assert demand_of(LEGACY).browser_seconds_per_hour == pytest.approx(2170, rel=0.01)
    assert by_way[Way.OUTSIDE] == pytest.approx(484, rel=0.01)
    assert by_way[Way.LOCKED] == pytest.approx(860, rel=0.01)


def test_every_old_job_has_its_replacement() -> None:
    """And the catalogue replaces nothing that never was."""
    assert unmapped(CATALOGUE, JOBS.names) == {"without_replacement": [], "unknown": []}


def test_only_posting_is_critical() -> None:
    """The rest of the content jobs use no browser."""
    assert [job.name for job in LEGACY if job.lane is Lane.CRITICAL] == ["posting"]


def test_lanes_cut_the_critical_wait_as_promised(replay: Replay) -> None:
    """At least 95 % less than under either reading of the old pool, at every load."""
    claims = [claim for claim in replay.comparison if claim.claim.startswith("total critical wait, lanes")]
    cuts = [claim for claim in claims if "process starts" not in claim.claim]
    assert len(cuts) == 2 * 4
    assert all(claim.kept for claim in cuts)


def test_consolidation_halves_the_browser_seconds(replay: Replay) -> None:
    """At the same posts and readings an hour."""
    assert replay.consolidation.saved["browser_seconds"] >= 0.5


def test_lanes_serve_what_fifo_serves_until_a_lane_is_full(replay: Replay) -> None:
    """Nothing is lost at the load the old system had."""
    rows = {row.policy: row.measures for row in replay.plays if (row.tape, row.overload) == (LEGACY_TAPE, 1)}
    done = {policy: measures.lanes["all"].served_seconds_per_hour for policy, measures in rows.items()}
    assert done[Policy.LANES] == pytest.approx(done[Policy.FIFO], rel=0.01)
