"""Places for the tests of odd machines."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Return a directory that everybody may pass through, removed afterwards."""
    place = Path(tempfile.mkdtemp(prefix="xbot-odd-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)
