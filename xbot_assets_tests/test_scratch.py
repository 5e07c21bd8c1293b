"""The tests' own files lie in memory only where there is plenty of it, and where ``TMPDIR`` says nothing else."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from xbot_assets_tests import scratch
from xbot_assets_tests.scratch import ROOM_BYTES, SPARE_BYTES, fits, scratch_root

BLOCK = 4096


@pytest.fixture
def file_system(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the system says of a file system, to be changed by the test; at first there is just enough room."""
    said = SimpleNamespace(f_bavail=ROOM_BYTES // BLOCK, f_frsize=BLOCK, f_flag=0)
    monkeypatch.setattr(os, "statvfs", lambda _place: said)
    return said


@pytest.mark.usefixtures("file_system")
def test_a_place_with_just_enough_room_and_memory_is_used(tmp_path: Path) -> None:
    """Neither is more asked for than is said."""
    assert fits(tmp_path, SPARE_BYTES)


@pytest.mark.usefixtures("file_system")
def test_a_machine_with_little_memory_keeps_files_on_its_disk(tmp_path: Path) -> None:
    """Browsers and servers need it more."""
    assert not fits(tmp_path, SPARE_BYTES - 1)


def test_a_small_place_as_containers_have_is_not_used(file_system: SimpleNamespace, tmp_path: Path) -> None:
    """Docker gives 64 MB."""
    file_system.f_bavail -= 1
    assert not fits(tmp_path, SPARE_BYTES)


def test_a_place_from_which_no_program_starts_is_not_used(file_system: SimpleNamespace, tmp_path: Path) -> None:
    """Tests write scripts and start them."""
    file_system.f_flag = os.ST_NOEXEC
    assert not fits(tmp_path, SPARE_BYTES)


def test_a_system_without_such_a_place_uses_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As macOS is."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "missing")
    assert scratch_root() == tmp_path


def test_the_place_that_somebody_named_is_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever there is besides."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(scratch, "fits", lambda *_: True)
    assert scratch_root() == tmp_path
