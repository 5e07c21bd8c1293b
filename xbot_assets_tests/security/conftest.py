"""One running stack behind a token, deep down in a clone that others may enter; and places for odd machines."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from xbot_assets.settings import Settings, load_settings
from xbot_assets_tests.acceptance.command import Stack, environment, remove_database, running
from xbot_assets_tests.security.second_user import SecondUser, second_user

TOKEN = "only-the-owner-of-this-stack-knows-it"  # noqa: S105 - of a test's stack
DEEP = "a clone far down below everything else"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A whole stack; its data directory's path alone is longer than a socket's may be."""
    base = Path(tempfile.mkdtemp(prefix="xbot-doors-"))
    base.chmod(0o755)
    home = base / DEEP / DEEP / DEEP / ".xbot"
    home.parent.mkdir(parents=True)
    try:
        with running(home, service_token=TOKEN, approval="all") as stack:
            yield stack
    finally:
        remove_database(home)
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def parts(stack: Stack) -> Settings:
    """The settings as the stack's own processes see them."""
    return load_settings(environment(stack.home, service_token=TOKEN, approval="all"))


@pytest.fixture(scope="session")
def other() -> Iterator[SecondUser]:
    """A second user of this machine, removed at the end. Only root can make one."""
    with second_user() as made:
        yield made


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Return a directory that everybody may pass through, removed afterwards."""
    place = Path(tempfile.mkdtemp(prefix="xbot-odd-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)
