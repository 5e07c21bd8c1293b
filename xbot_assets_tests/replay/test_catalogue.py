"""Our own catalogue of jobs."""

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.catalogue import load_catalogue
from xbot_assets.replay.model.catalogue import demand_of

JOB = '[[jobs]]\nname = "a"\ninterval_minutes = 30\nbasis = "b"\n'
TABLES = "[parts]\n[replaced]\n"


def test_the_shipped_catalogue_states_the_basis_of_every_estimate() -> None:
    """No number of browser seconds without the sentence it comes from."""
    catalogue = load_catalogue()
    assert all(len(job.basis) > len("No browser") for job in catalogue.jobs)
    assert all(job.basis.startswith("No browser") == (job.lane is None) for job in catalogue.jobs)


def test_only_publishing_and_its_reconciler_are_critical() -> None:
    """A lane is urgent only while few are in it."""
    critical = [job.name for job in load_catalogue().browser_jobs() if job.lane is Lane.CRITICAL]
    assert critical == ["publish", "reconcile"]


def test_demand_is_seconds_times_runs_in_an_hour() -> None:
    """Two runs an hour of which half need 30 s are 30 s an hour."""
    text = JOB + 'lane = "low"\nseconds = 30\nshare = 0.5\n' + TABLES
    demand = demand_of(load_catalogue(text).browser_jobs())
    assert (demand.browser_runs_per_hour, demand.browser_seconds_per_hour) == (1, 30)
    assert demand.seconds_per_hour_by_lane == {"critical": 0, "high": 0, "low": 30}


def test_a_variant_changes_only_the_seconds_it_names() -> None:
    """It answers what one assumption is worth."""
    catalogue = load_catalogue()
    usual, varied = catalogue.browser_jobs(), catalogue.browser_jobs("promised_cadence_page_each")
    assert [a.name for a, b in zip(usual, varied, strict=True) if a != b] == ["measure"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (JOB + 'lane = "low"\n' + TABLES, "browser seconds need a lane"),
        (JOB + JOB + TABLES, "named twice"),
        (JOB + TABLES + 'old = "c"\n', "not in the catalogue: c"),
        (JOB + TABLES + '[variants.v]\nwhat = "w"\nseconds = { d = 1 }\n', "not in the catalogue: d"),
        ("jobs = 1", "parts: Field required"),
        ("jobs =", "it is not TOML"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(text: str, why: str) -> None:
    """The refusal says what is wrong."""
    with pytest.raises(PermanentFailure, match=why):
        load_catalogue(text)


def test_a_row_may_be_replaced_by_nothing_when_it_says_why() -> None:
    """Some of the old jobs did nothing that is missed."""
    assert load_catalogue(JOB + TABLES + 'old = "nothing: it did nothing"\n').replaced
