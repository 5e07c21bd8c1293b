"""The command: options to document, table and plots, on a small file of made-up jobs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from xbot_assets.replay.__main__ import main
from xbot_assets.replay.command import replay_command
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy
from xbot_assets_tests.replay.jobs_csv import GOOD, write_jobs

SHORT = Parameters(days=0.5)
PNG = b"\x89PNG\r\n\x1a\n"


def test_the_document_holds_every_policy_at_every_load_on_both_tapes(tmp_path: Path) -> None:
    """One row each, with the measures of every lane."""
    document = json.loads(replay_command(write_jobs(tmp_path), SHORT, overloads=(1, 2), as_json=True))
    rows = {(row["tape"], row["overload"], row["policy"]) for row in document["plays"]}
    assert len(rows) == len(document["plays"]) == 2 * 2 * len(Policy)
    for row in document["plays"]:
        assert set(row["measures"]["lanes"]) == {"critical", "high", "low", "all"}


def test_the_same_command_prints_the_same_bytes(tmp_path: Path) -> None:
    """Nothing but the seed decides."""
    jobs = write_jobs(tmp_path)
    assert replay_command(jobs, SHORT, as_json=True) == replay_command(jobs, SHORT, as_json=True)


def test_all_policies_face_the_same_demand(tmp_path: Path) -> None:
    """The same arrivals and the same browser seconds, whoever allocates them."""
    document = json.loads(replay_command(write_jobs(tmp_path), SHORT, overloads=(2,), as_json=True))
    for tape in ("legacy jobs", "our jobs"):
        lanes = [row["measures"]["lanes"]["all"] for row in document["plays"] if row["tape"] == tape]
        assert len({(lane["arrived"], lane["asked_seconds_per_hour"]) for lane in lanes}) == 1


def test_rows_that_nothing_replaces_are_named(tmp_path: Path) -> None:
    """The catalogue knows none of the made-up jobs, and says so."""
    document = json.loads(replay_command(write_jobs(tmp_path), SHORT, overloads=(1,), as_json=True))
    assert "send" in document["consolidation"]["mapping_problems"]["without_replacement"]


def test_the_text_names_rows_left_out_policies_and_promises(tmp_path: Path) -> None:
    """A person sees what was taken, what was played and what was promised."""
    text = replay_command(write_jobs(tmp_path), SHORT, overloads=(1.3,))
    for expected in ("5 rows taken, 3 left out", "nested, counted where it runs", "load x1.3", "total critical wait"):
        assert expected in text


def test_claims_are_made_only_about_what_was_played(tmp_path: Path) -> None:
    """One policy alone can be looked at; there is nothing to compare it with."""
    jobs = write_jobs(tmp_path)
    document = json.loads(replay_command(jobs, SHORT, policies=(Policy.FIFO,), overloads=(1,), as_json=True))
    assert {claim["claim"] for claim in document["comparison"]} == {"browser seconds demanded in an hour"}


def test_plots_are_written_as_pictures(tmp_path: Path) -> None:
    """Waits for each load, and the use of the slots."""
    replay_command(write_jobs(tmp_path), SHORT, overloads=(1, 4), plot=tmp_path / "new" / "plots")
    pictures = {path.name: path.read_bytes() for path in (tmp_path / "new" / "plots").iterdir()}
    assert set(pictures) == {"waits_x1.png", "waits_x4.png", "utilisation.png"}
    assert all(content.startswith(PNG) for content in pictures.values())


def test_the_module_runs_by_itself_without_loading_matplotlib(tmp_path: Path) -> None:
    """``python -m xbot_assets.replay`` prints one JSON document; pictures are loaded only when asked for."""
    options = ["--jobs", str(write_jobs(tmp_path)), "--days", "0.2", "--policy", "lanes", "--overload", "1.3", "--json"]
    code = (
        "import sys; from xbot_assets.replay.__main__ import main; "
        f"status = main({options!r}); sys.exit(status or 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {row["policy"] for row in json.loads(done.stdout)["plays"]} == {"lanes"}


def test_a_bad_file_ends_with_its_problems_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, everything on standard error."""
    bad = write_jobs(tmp_path, GOOD[0], "x,y,z")
    assert main(["--jobs", str(bad)]) == 1
    assert "line 3 (x)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--days", "0", "days"),
        ("--cv", "9", "variation"),
        ("--overload", "0", "overload"),
        ("--policy", "luck", "policy"),
        ("--overload", "x", "overload"),
    ],
)
def test_an_option_out_of_bounds_is_refused(
    tmp_path: Path, option: str, value: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, and the option is named."""
    try:
        status: object = main(["--jobs", str(write_jobs(tmp_path)), option, value])
    except SystemExit as end:
        status = end.code
    error = capsys.readouterr().err
    assert status == 2
    assert named in error
