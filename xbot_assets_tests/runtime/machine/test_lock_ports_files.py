"""The lock, the ports, the parts file and the logs."""

import json
import socket
import stat
from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.endpoints import PARTS_FILE, Endpoints, remove_endpoints, write_endpoints
from xbot_assets.runtime.machine.lock import CLEANER, StackLock, is_running
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.ports import PORT_RANGE, PortBook
from xbot_assets.settings import load_settings

PARTS = Endpoints(
    database_url="postgresql://xbot:secret@127.0.0.1:1/xbot",
    redis_url="off",
    browser_url="http://127.0.0.1:2",
    target_url="http://127.0.0.1:3",
    service_url="http://127.0.0.1:4",
    pages_key="k",
    sockets="/s",
)


def test_a_second_stack_in_one_data_directory_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """The sentence names the directory and what to do."""
    with StackLock(tmp_path, "up"):
        assert is_running(tmp_path)
        with pytest.raises(PermanentFailure, match="already running") as caught, StackLock(tmp_path, "once"):
            pass
    assert caught.value.code == "already_running"
    assert str(tmp_path) in caught.value.reason
    assert not is_running(tmp_path)


def test_a_new_stack_waits_for_a_guardian_that_still_cleans_up(tmp_path: Path) -> None:
    """It says that something runs only when the cleaning takes longer than it may."""
    with StackLock(tmp_path, CLEANER), pytest.raises(PermanentFailure), StackLock(tmp_path, "up", cleaner_seconds=0.2):
        pass
    with StackLock(tmp_path, "up"):
        assert is_running(tmp_path)


def test_a_directory_without_a_lock_file_runs_nothing_and_gets_no_file(tmp_path: Path) -> None:
    """Asking leaves no trace."""
    assert not is_running(tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_was_asked_for_and_is_taken_is_one_clear_sentence(tmp_path: Path) -> None:
    """It names the setting."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PermanentFailure, match=f"Port {port}, asked for by XBOT_WEB_PORT") as caught:
            PortBook(tmp_path).port_for("web", port)
    assert caught.value.code == "port_taken"


def test_ports_are_remembered_and_changed_only_when_taken(tmp_path: Path) -> None:
    """Bookmarks go on working from start to start."""
    first = PortBook(tmp_path).port_for("web")
    assert first in PORT_RANGE
    assert PortBook(tmp_path).port_for("web") == first
    with socket.create_server(("127.0.0.1", first)):
        assert PortBook(tmp_path).port_for("web") != first


def test_two_names_never_get_one_port(tmp_path: Path) -> None:
    """Even when a damaged book says so."""
    (tmp_path / "ports.json").write_text(json.dumps({"web": 20_001, "service": 20_001}))
    book = PortBook(tmp_path)
    assert book.port_for("web") != book.port_for("service")


@pytest.mark.parametrize("content", ["", "[]", '{"web": "x"}', "{"])
def test_a_damaged_port_book_is_only_forgotten(tmp_path: Path, content: str) -> None:
    """It holds nothing that cannot be chosen again."""
    (tmp_path / "ports.json").write_text(content)
    assert PortBook(tmp_path).port_for("web") in PORT_RANGE


def test_the_parts_file_is_private_found_by_the_settings_and_removed(tmp_path: Path) -> None:
    """Other processes find the parts by it; nobody else may read the passwords in it."""
    write_endpoints(tmp_path, PARTS)
    assert stat.S_IMODE((tmp_path / PARTS_FILE).stat().st_mode) == 0o600
    settings = load_settings({"XBOT_HOME": str(tmp_path)})
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == PARTS.database_url
    assert settings.web_url is None
    remove_endpoints(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_log_is_turned_over_by_size_and_keeps_its_last_line(tmp_path: Path) -> None:
    """At most two files of the size exist."""
    log = LogFile(tmp_path / "x.log", bytes_max=10)
    for line in ("first line\n", "second line\n", "third line\n\n"):
        log.write(line.encode())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.log", "x.log.1"]
    assert log.last_words() == "third line"


def test_a_log_that_cannot_be_written_does_not_stop_its_program(tmp_path: Path) -> None:
    """A full disk loses lines of the file, not processes, and not what a program said last."""
    log = LogFile(tmp_path / "x.log")
    (tmp_path / "x.log").mkdir()
    log.write(b"lost\n")
    assert log.last_words() == "lost"
