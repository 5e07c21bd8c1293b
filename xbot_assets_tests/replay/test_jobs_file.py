"""Reading the old system's jobs: which rows are taken, and files that are refused whole."""

from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.jobs_file import NO_BROWSER, read_jobs_file
from xbot_assets.replay.model.jobs import LegacyTraits, Way
from xbot_assets_tests.replay.jobs_csv import GOOD, HEAD, write_jobs


def _refused(path: Path) -> str:
    with pytest.raises(PermanentFailure) as refusal:
        read_jobs_file(path)
    assert refusal.value.code == "bad_jobs_file"
    return refusal.value.reason


def test_scheduled_browser_rows_are_taken_and_nested_ones_are_not(tmp_path: Path) -> None:
    """Work inside another row counts there only; each row left out has its reason."""
    jobs = read_jobs_file(write_jobs(tmp_path))
    assert [job.name for job in jobs.jobs] == ["send", "count", "look", "peek", "ping"]
    assert jobs.left_out == {
        "think": NO_BROWSER,
        "inner": "nested, counted where it runs: inside peek, flag",
        "once": "not scheduled: one-shot at start",
    }
    assert jobs.scheduled_runs_per_hour == 12 + 3 + 2 + 1 + 6 + 1


def test_lanes_and_the_old_pools_treatment_are_read_off_the_row(tmp_path: Path) -> None:
    """Lock, pool or a browser of its own; priorities; health gate; who kept the context."""
    jobs = {job.name: job for job in read_jobs_file(write_jobs(tmp_path)).jobs}
    assert {name: job.lane for name, job in jobs.items() if job.lane is not Lane.LOW} == {
        "send": Lane.CRITICAL,
        "count": Lane.HIGH,
    }
    assert {name: job.legacy for name, job in jobs.items()} == {
        "send": LegacyTraits(Way.LOCKED, priority=2, lock_level=1),
        "count": LegacyTraits(Way.LOCKED, priority=5, lock_level=2, gated=True, keeps_context=False),
        "look": LegacyTraits(Way.POOL, keeps_context=False),
        "peek": LegacyTraits(Way.OUTSIDE, keeps_context=False),
        "ping": LegacyTraits(Way.POOL, priority=10),
    }


def test_every_problem_of_a_file_is_listed_and_nothing_is_used(tmp_path: Path) -> None:
    """One message names each line and what is wrong with it."""
    reason = _refused(
        write_jobs(
            tmp_path,
            *GOOD,
            "send,5,0,maybe,40,content/queue,x,yes,pool,pool 2,120,x",
            "fast,0,-1,yes,ten,content/queue,x,yes,pool,pool 2,120,x",
            "lazy,,0,yes,0,content/queue,x,yes,by hand,pool 2,120,x",
            "odd,5,0,no,0,content/queue,x,perhaps,,,,x",
            "short,5,0,no",
            ",5,0,no,0,a,x,yes,,,,x",
        )
    )
    for expected in (
        "line 10 (send): uses_browser is 'maybe'",
        "line 11 (fast): offset_min is '-1'",
        "line 11 (fast): typical_browser_seconds is 'ten'",
        "line 11 (fast): interval_min is 0",
        "line 12 (lazy): interval_min is empty",
        "line 12 (lazy): browser_path is 'by hand'",
        "line 12 (lazy): uses a browser for 0 seconds",
        "line 13 (odd): scheduled... is 'perhaps'",
        "line 14 (short): has too few or too many fields",
        "line 15 (no name): has no name",
        "send is there 2 times",
    ):
        assert expected in reason
    assert reason.startswith("11 problem(s) in jobs.csv")


def test_every_missing_column_is_named(tmp_path: Path) -> None:
    """Columns are found by name, so their order is free and a missing one is a problem."""
    head = HEAD.replace("offset_min", "offset").replace("scheduled_at_abc", "when")
    reason = _refused(write_jobs(tmp_path, head=head))
    assert "'offset_min', has 0" in reason
    assert "starts with 'scheduled', has 0" in reason


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "needs one column 'name'"),
        (HEAD.encode(), "it has no rows"),
        (b"\xff\xfe\x00name", "is not UTF-8 text"),
        (HEAD.encode() + b'\n"send,5', "is not CSV"),
    ],
)
def test_a_file_that_is_no_list_of_jobs_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    """Empty, without rows, not text, not CSV."""
    path = tmp_path / "jobs.csv"
    path.write_bytes(content)
    assert why in _refused(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The name is in the message; the folder is not needed."""
    assert "none.csv" in _refused(tmp_path / "none.csv")
