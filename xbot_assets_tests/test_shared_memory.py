"""What killed processes left in shared memory goes; what is used or was there before stays."""

import mmap
from pathlib import Path

import pytest

from xbot_assets_tests import shared_memory
from xbot_assets_tests.shared_memory import PREFIXES, PROCESSES, names, remove_left

pytestmark = pytest.mark.skipif(not PROCESSES.is_dir(), reason="this system does not show what a process has in memory")

SEMAPHORE = f"{PREFIXES[1]}abc"
SEGMENT = f"{PREFIXES[0]}123"


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A place of the test's own: other tests' semaphores come and go."""
    monkeypatch.setattr(shared_memory, "MEMORY", tmp_path)
    return tmp_path


def test_what_no_process_uses_is_removed(memory: Path) -> None:
    """As a process killed with its tracker leaves it."""
    (memory / SEMAPHORE).touch()
    (memory / SEGMENT).touch()
    remove_left(frozenset())
    assert not names()


def test_what_was_there_before_or_has_another_name_stays(memory: Path) -> None:
    """It is not ours to judge."""
    (memory / SEMAPHORE).touch()
    (memory / "else").touch()
    remove_left(names())
    assert {file.name for file in memory.iterdir()} == {SEMAPHORE, "else"}


def test_what_a_process_has_in_memory_stays(memory: Path) -> None:
    """Its owner lives."""
    (memory / SEMAPHORE).write_bytes(bytes(mmap.PAGESIZE))
    with (memory / SEMAPHORE).open("r+b") as file, mmap.mmap(file.fileno(), 0):
        remove_left(frozenset())
        assert names() == {SEMAPHORE}
    remove_left(frozenset())
    assert not names()
