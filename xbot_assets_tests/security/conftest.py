"""One running stack for all modules here, whose tests run first and in one group; and places for odd machines."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xbot_assets.settings import Settings
from xbot_assets_tests.security.doors.second_user import SecondUser, second_user
from xbot_assets_tests.security.shared_stack import SharedStack, shared_stack

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the stack first and those that break it last of them, then those of the database, in groups.

    A run with ``--dist loadgroup`` so starts one stack on one worker at once and one PostgreSQL on another, and what
    needs neither goes on where there is time. Before xdist, which writes the groups into the tests' names: where this
    directory is what was asked for, it would come first, and two workers start a stack each.
    """
    places = [number for number, item in enumerate(items) if HERE in item.path.parents]
    ours = sorted((items[number] for number in places), key=_rank)
    for number, item in zip(places, ours, strict=True):
        items[number] = item
        if group := _group(item):
            item.add_marker(pytest.mark.xdist_group(group))


_RANKS = (("stack", "stack"), ("breaks_stack", "stack"), ("postgres", "database"))
"""Fixtures, and the group of the tests that need them; of several the last counts."""


YIELDING = 10
"""A niceness: a tenth of a core that somebody else wants, all of one that nobody does."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a worker without the stack yield the cores to the one with it, whose path is the longest."""
    if getattr(item.config.option, "loadgroup", False) and _group(item) != "stack":
        os.setpriority(os.PRIO_PROCESS, 0, YIELDING)


def _rank(item: pytest.Item) -> int:
    needs = getattr(item, "fixturenames", ())
    return max((number for number, (name, _) in enumerate(_RANKS) if name in needs), default=len(_RANKS))


def _group(item: pytest.Item) -> str | None:
    return _RANKS[rank][1] if (rank := _rank(item)) < len(_RANKS) else None


@pytest.fixture(scope="session")
def stack() -> Iterator[SharedStack]:
    """A whole stack with planted secrets and a token, for every module here."""
    with shared_stack() as started:
        yield started


@pytest.fixture(scope="module")
def breaks_stack(stack: SharedStack) -> Iterator[SharedStack]:
    """The same, for the tests that come last: it stops while others go on."""
    yield stack
    stack.ask_to_stop()


@pytest.fixture
def parts(stack: SharedStack) -> Settings:
    """The settings as the stack's own processes see them."""
    return stack.settings()


@pytest.fixture(scope="session")
def spilled(stack: SharedStack) -> SharedStack:
    """The stack, after every kind of spill."""
    stack.wait_for_spills()
    return stack


@pytest.fixture(scope="session")
def other() -> Iterator[SecondUser]:
    """A second user of this machine, removed at the end. Only root can make one."""
    with second_user() as made:
        yield made


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Return a directory that everybody may pass through, removed afterwards."""
    with _open_place() as place:
        yield place


@pytest.fixture
def place_on_disk() -> Iterator[Path]:
    """Return one that is not in shared memory, where temporary files may lie, for a test that hides that."""
    with _open_place(Path("/var/tmp")) as place:  # noqa: S108 - not in memory by the file system's standard
        yield place


@contextmanager
def _open_place(parent: Path | None = None) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="xbot-odd-", dir=parent))
    place.chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place)
