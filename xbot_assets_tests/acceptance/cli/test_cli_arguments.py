"""The command line without a running stack: bad input is one clear sentence and a non-zero exit."""

import json
import socket
from pathlib import Path

import pytest

from xbot_assets.cli.entry import EXIT_CRASHED, EXIT_FAILED, guarded
from xbot_assets.cli.sandbox import duration
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets_tests.acceptance.command import xbot


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory that does not exist yet."""
    return tmp_path / "my clone" / ".xbot"


def test_every_problem_of_the_settings_is_listed_at_once_and_no_value_is_shown(home: Path) -> None:
    """One message, before anything starts."""
    done = xbot(home, "up", browser_slots="99", web_port="x", daily_budget_usd="s3cret", nonsense="1")
    assert done.returncode == EXIT_FAILED
    assert "4 problem(s) in the settings" in done.stderr
    for name in ("XBOT_BROWSER_SLOTS", "XBOT_WEB_PORT", "XBOT_DAILY_BUDGET_USD", "XBOT_NONSENSE"):
        assert name in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not home.exists()


def test_a_half_written_env_file_is_one_clear_sentence(home: Path) -> None:
    """It names the line."""
    home.parent.mkdir()
    (home.parent / ".env").write_text("XBOT_MODE=sandbox\nXBOT_HANDL")
    done = xbot(home, "status")
    assert done.returncode == EXIT_FAILED
    assert ".env, line 2: not a complete NAME=value line." in done.stderr


@pytest.mark.parametrize("name", ["web", "service", "sandbox"])
def test_a_port_that_is_taken_stops_the_start_with_one_clear_sentence(home: Path, name: str) -> None:
    """And nothing is left running."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = xbot(home, "up", **{f"{name}_port": port})
    assert done.returncode == EXIT_FAILED
    assert f"Port {port}, asked for by XBOT_{name.upper()}_PORT, is taken by another program." in done.stderr
    assert not (home / "parts.json").exists()


def test_too_little_disk_stops_the_start_with_one_clear_sentence(home: Path) -> None:
    """The floor is a setting."""
    done = xbot(home, "up", disk_free_min_mb="1000000")
    assert done.returncode == EXIT_FAILED
    assert "at least 1000000 MB are needed" in done.stderr


def test_a_browser_that_is_not_there_stops_the_start_with_one_clear_sentence(home: Path) -> None:
    """The sentence names the setting to correct."""
    done = xbot(home, "up", browser_path="/nowhere/chromium")
    assert done.returncode == EXIT_FAILED
    assert "/nowhere/chromium is not a Chromium that runs here." in done.stderr
    assert "XBOT_BROWSER_PATH" in done.stderr


def test_an_unreachable_database_is_one_clear_sentence_without_the_password(home: Path) -> None:
    """Port 1 answers nobody."""
    done = xbot(home, "migrate", database_url="postgresql://me:hunter2@127.0.0.1:1/db")
    assert done.returncode == EXIT_FAILED
    assert "The database does not answer" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_commands_that_need_a_stack_say_that_none_runs(home: Path) -> None:
    """Each ends with a non-zero code and what to do."""
    for words in (("post", "Hello"), ("migrate",), ("sandbox", "clock"), ("sandbox", "reset")):
        done = xbot(home, *words)
        assert done.returncode == EXIT_FAILED, words
        assert "scripts/run" in done.stderr, words


def test_status_of_nothing_is_not_ready_and_leaves_no_trace(home: Path) -> None:
    """As words and as JSON."""
    done = xbot(home, "status", "--json")
    assert done.returncode == EXIT_FAILED
    assert json.loads(done.stdout) == {"running": False, "ready": False, "home": str(home)}
    assert not home.exists()


def test_the_doctor_works_while_nothing_runs(home: Path) -> None:
    """A sound machine has no failed line; an unreachable database is one, with what to do."""
    done = xbot(home, "doctor", database_url="postgresql://me:hunter2@127.0.0.1:1/db")
    assert done.returncode == EXIT_FAILED
    lines = {line[6:24].strip(): line[:4].strip() for line in done.stdout.splitlines() if not line.startswith(" ")}
    assert {"Python", "Settings", "Disk", "Browser", "Dagster", "Cache"} <= set(lines)
    assert {name for name, level in lines.items() if level == "fail"} == {"Database", "Schema"}
    assert "hunter2" not in done.stdout


def test_help_explains_every_command_to_a_newcomer(home: Path) -> None:
    """Help goes to standard output and exits 0."""
    done = xbot(home, "--help")
    assert done.returncode == 0
    for verb in ("up", "once", "login", "status", "doctor", "migrate", "post", "sandbox", "install-browser", "version"):
        assert f"\n  {verb} " in done.stdout


def test_an_unexpected_fault_is_one_sentence_that_names_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The traceback is in the log, not on the terminal."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path))

    def broken() -> None:
        raise ZeroDivisionError

    assert guarded(broken) == EXIT_CRASHED
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(tmp_path / "logs" / "crash.log") in said
    assert "ZeroDivisionError" in (tmp_path / "logs" / "crash.log").read_text()


@pytest.mark.parametrize(("text", "hours"), [("26h", 26), ("90m", 1.5), ("1d12h", 36), ("1.5h", 1.5)])
def test_lengths_of_time_are_read_as_people_write_them(text: str, hours: float) -> None:
    """Units may be combined."""
    assert duration(text).total_seconds() == hours * 3600


@pytest.mark.parametrize("text", ["", "26", "h", "26x", "-1h", "1h 2m"])
def test_other_lengths_of_time_are_refused(text: str) -> None:
    """With the form to use."""
    with pytest.raises(PermanentFailure, match="26h"):
        duration(text)
