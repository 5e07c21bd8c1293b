"""``xbot prices`` as a person runs it: the table, and the comparison with a LiteLLM price file."""

import json
from pathlib import Path

import pytest

from xbot_assets.cli.prices import EXIT_DIFFERS
from xbot_assets_tests.acceptance.command import xbot


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory that does not exist yet."""
    return tmp_path / "my clone" / ".xbot"


def price_file(folder: Path, **change: object) -> str:
    """Write a LiteLLM price file that knows one model."""
    entry = {"input_cost_per_token": 1e-07, "output_cost_per_token": 5e-07}
    path = folder / "model_prices_and_context_window.json"
    path.write_text(json.dumps({"gpt-6-luna": entry | change}), "utf-8")
    return str(path)


def test_the_table_shows_price_end_successor_and_use(home: Path) -> None:
    """Of every model, in dollars per million tokens, without a stack."""
    done = xbot(home, "prices", plan_model="gpt-6.1-terra")
    lines = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line[:4] == "gpt-"}
    assert lines["gpt-4o"] == ["5", "15", "2027-01-13", "gpt-6-luna"]
    assert lines["gpt-4o-mini"] == ["0.15", "0.6", "2027-01-13", "gpt-6-luna", "saving"]
    assert lines["gpt-6.1-terra"] == ["1", "5", "plans"]
    assert "litellm 1.110.2" in done.stdout
    assert (done.returncode, home.exists()) == (0, False)


def test_the_check_passes_when_nothing_is_underrated(home: Path, tmp_path: Path) -> None:
    """Models that the file does not know are said to be absent."""
    done = xbot(home, "prices", "check", price_file(tmp_path))
    assert done.returncode == 0
    assert "not in the file" in done.stdout
    assert [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("gpt-6-luna")] == ["same"]


def test_the_check_fails_when_spending_would_be_underrated(home: Path, tmp_path: Path) -> None:
    """With what to do about it."""
    done = xbot(home, "prices", "check", price_file(tmp_path, input_cost_per_token=2e-07))
    assert done.returncode == EXIT_DIFFERS
    assert "ours is lower" in done.stdout
    assert "XBOT_PRICES_PATH" in done.stderr


@pytest.mark.parametrize("change", [{"input_cost_per_token": "cheap"}, {"deprecation_date": 17}])
def test_a_file_that_cannot_be_compared_is_one_clear_sentence(
    home: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    """No traceback, and no half of a comparison."""
    done = xbot(home, "prices", "check", price_file(tmp_path, **change))
    assert (done.returncode, done.stdout) == (1, "")
    assert "problem(s) in" in done.stderr
    assert "Traceback" not in done.stderr
