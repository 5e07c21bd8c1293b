"""Records that somebody or something damaged: each is named, or forgotten, and nothing is ended by mistake."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.endpoints import remove_endpoints
from xbot_assets.runtime.machine.accounts import kept_password
from xbot_assets.runtime.machine.files import home_directory, private_directory
from xbot_assets.runtime.machine.lock import holder_of
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.machine.sockets import remove_socket_directory, socket_directory
from xbot_assets.runtime.supervision.orphans import read_record, record_file, sweep
from xbot_assets.settings import SettingsError, load_settings

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}" * 2,
        DEEP,
        '{"database_url": 5}',
        '{"web_url": ["x"]}',
        '{"nobody_knows": "x"}',
        '{"mode": "live"}',
        '{"home": "/"}',
        '{"web_url": "\\u001b[31m"}',
        "\x00",
    ],
)
def test_a_damaged_parts_file_is_named_and_does_not_keep_a_stack_from_starting(tmp_path: Path, text: str) -> None:
    """A start does not read it."""
    home = home_directory(tmp_path / ".xbot")
    (home / "parts.json").write_text(text)
    with pytest.raises(SettingsError, match=r"parts\.json is damaged; delete it and start the stack again"):
        load_settings({"XBOT_HOME": str(home)})
    assert load_settings({"XBOT_HOME": str(home)}, use_parts=False).mode == "sandbox"


@pytest.mark.parametrize(
    "change",
    [
        {"pid": -1},
        {"pid": 0},
        {"pid": 1},
        {"pid": True},
        {"pid": "7"},
        {"pid": 10**30},
        {"pid": 7.5},
        {"pid": None},
        {"identity": None},
        {"name": 5},
        {"whole_group": 1},
        {"stop_signal": 99},
        {"stop_signal": "kill"},
        {"more": 1},
    ],
)
def test_a_damaged_record_of_processes_ends_nothing_and_is_forgotten(tmp_path: Path, change: dict[str, object]) -> None:
    """To signal process -1 is to signal every process there is."""
    sound = {"name": "web", "pid": 4_000_000, "identity": "x.1", "stop_signal": 15, "whole_group": True}
    file = record_file(tmp_path)
    private_directory(file.parent)
    file.write_text(json.dumps([sound]))
    assert [entry.pid for entry in read_record(tmp_path)] == [4_000_000]
    file.write_text(json.dumps([sound | change]))
    assert read_record(tmp_path) == []
    assert sweep(tmp_path, 0) == []
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "{", DEEP, "5", '["x"]', '[{"pid": -1}]', "\x00"])
def test_records_that_are_no_json_are_forgotten_or_named(tmp_path: Path, text: str) -> None:
    """The processes, the ports and the lock's holder are forgotten; passwords cannot be, and are named."""
    private_directory(record_file(tmp_path).parent)
    for file in (record_file(tmp_path), tmp_path / "ports.json", tmp_path / "lock", tmp_path / "secrets.json"):
        file.write_text(text)
    assert read_record(tmp_path) == []
    assert holder_of(tmp_path) == "up"
    assert PortBook(tmp_path).port_for("web")
    with pytest.raises(PermanentFailure, match=r"secrets\.json is damaged"):
        kept_password(tmp_path, "valkey")


@pytest.mark.parametrize(
    ("name", "remove"), [("parts.json", remove_endpoints), ("run/processes.json", lambda home: sweep(home, 0))]
)
def test_a_directory_in_a_record_s_place_is_named_and_not_removed(
    tmp_path: Path, name: str, remove: Callable[[Path], object]
) -> None:
    """What is in it may be wanted; the sentence is no traceback's."""
    home = home_directory(tmp_path / ".xbot")
    private_directory(home / name)
    with pytest.raises(PermanentFailure, match=rf"{name} cannot be written: Is a directory"):
        remove(home)
    assert (home / name).is_dir()


def test_a_pipe_in_the_place_of_the_sockets_note_is_not_waited_for(tmp_path: Path) -> None:
    """Opening one waits until somebody writes to it; another note takes its place."""
    home = home_directory(tmp_path / ".xbot")
    note = private_directory(home / "run") / "sockets.location"
    os.mkfifo(note)
    made = socket_directory(home)
    try:
        assert note.read_text().strip() == str(made)
    finally:
        remove_socket_directory(home)


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to("gone")]
)
def test_an_env_that_is_no_file_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """It was meant to say something. A directory of this name is somebody's virtual environment."""
    file = tmp_path / ".env"
    make(file)
    with pytest.raises(SettingsError, match=r"\.env is no file that can be read"):
        load_settings({"XBOT_HOME": str(tmp_path / ".xbot")})
    file.unlink()
    file.mkdir()
    assert load_settings({"XBOT_HOME": str(tmp_path / ".xbot")}).mode == "sandbox"
