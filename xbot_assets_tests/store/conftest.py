"""Fixtures of the tests of the store and the embedded parts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from xbot_assets.runtime.machine.accounts import account_place


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory on a path with spaces; whatever root put elsewhere for it is removed."""
    place = tmp_path / "my clone" / ".xbot"
    yield place
    shutil.rmtree(account_place(place), ignore_errors=True)
