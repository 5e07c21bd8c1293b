"""Odd machines: each is told in one sentence, or works, and nothing that was stored is lost."""

import errno
import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from xbot_assets.cli.entry import CRASH_LOG, EXIT_CRASHED, EXIT_FAILED, guarded
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.checks import check_addresses, check_home
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import kept_password, owned_by_root, service_account
from xbot_assets.runtime.machine.files import full_disk, home_directory, private_directory
from xbot_assets.runtime.machine.lock import StackLock
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.pings import components
from xbot_assets.settings import Settings, SettingsError, load_settings
from xbot_assets.testing.servers import running

NOBODY = 65534
NOT_ROOT = os.geteuid() != 0
AS_ROOT = pytest.mark.skipif(NOT_ROOT, reason="only root can make it so, or be somebody else")
FAILURE = PermanentFailure("The pools said nothing.", code=FailureCode.DAGSTER_STORAGE)


@contextmanager
def disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a small disk; only root can."""
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False)
    if done.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(place: Path) -> None:
    """Write until nothing fits any more."""
    with (place / "filler").open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            return


def mode(path: Path) -> int:
    """Return the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


# Addresses of the database.


@pytest.mark.parametrize(
    "address",
    ["host=127.0.0.1 dbname=x password=hunter2", "dbname=hunter2", "service=hunter2", "mysql://a:hunter2@b/c"],
)
def test_a_database_that_is_named_in_words_is_refused_before_a_start(address: str) -> None:
    """Dagster's driver takes only an address; the value is not repeated."""
    with pytest.raises(SettingsError) as caught:
        check_addresses(load_settings({"XBOT_DATABASE_URL": address}, use_parts=False))
    assert "XBOT_DATABASE_URL: write it as postgresql://user:password@host:port/database" in caught.value.reason
    assert "hunter2" not in str(caught.value)


# The data directory.


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o377])
def test_the_data_directory_is_private_whoever_makes_it_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """Whatever the umask: the stack, a log, the password of a part, the lock, or the log of a crash."""

    def crash(home: Path) -> None:
        monkeypatch.setenv("XBOT_HOME", str(home))
        assert guarded(lambda: 1 / 0) == EXIT_CRASHED
        assert (home / "logs" / CRASH_LOG).is_file()

    def lock(home: Path) -> None:
        with StackLock(home, "up"):
            pass

    makers: list[Callable[[Path], object]] = [
        home_directory,
        lambda home: private_directory(home / "run"),
        lambda home: LogFile(home / "logs" / "a.log"),
        lambda home: kept_password(home, "valkey"),
        lock,
        crash,
    ]
    before = os.umask(umask)
    try:
        for number, make in enumerate(makers):
            make(tmp_path / f"{number}.xbot")
    finally:
        os.umask(before)
    modes = {
        place.name: mode(place) & ~0o011 for number in range(len(makers)) for place in [tmp_path / f"{number}.xbot"]
    }
    assert set(modes.values()) == {0o700}, modes
    assert [mode(path) & 0o077 for path in tmp_path.glob("*/*") if path.is_dir()] == [0] * 3


def test_a_data_directory_that_others_could_read_is_closed_when_it_is_used(tmp_path: Path) -> None:
    """What is in it stays."""
    home = tmp_path / ".xbot"
    home.mkdir()
    home.chmod(0o755)
    (home / "kept").write_text("as it was")
    assert home_directory(home) == home
    assert mode(home) == (0o700 if NOT_ROOT else 0o711)
    assert (home / "kept").read_text() == "as it was"


@pytest.mark.parametrize("bits", [0o777, 0o770, 0o1777, 0o722])
def test_a_data_directory_that_others_could_change_is_refused(tmp_path: Path, bits: int) -> None:
    """Whoever could write there may have left settings, or programs."""
    home = tmp_path / ".xbot"
    home.mkdir()
    home.chmod(bits)
    home_directory(home)
    assert mode(home) & 0o022 == 0, "an empty one is only closed"
    (home / "parts.json").write_text("{}")
    home.chmod(bits)
    with pytest.raises(PermanentFailure, match=rf"can be changed by other users \(mode {bits:o}\)") as caught:
        StackLock(home, "up").__enter__()
    assert caught.value.code == FailureCode.UNSAFE_DIRECTORY
    assert f"chmod go-w {home}" in caught.value.remedy
    assert mode(home) == bits


def test_the_place_of_the_accounts_can_be_passed_whatever_the_umask(tmp_path: Path) -> None:
    """On a machine where it was never made, by a stack whose files are its owner's only."""
    before = os.umask(0o077)
    try:
        made = owned_by_root(tmp_path / "root")
    finally:
        os.umask(before)
    assert mode(made) == 0o755


@AS_ROOT
def test_a_data_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    """Also one that is reached through another user's link."""
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.mkdir()
    link.symlink_to(home_directory(tmp_path / "mine"))
    os.chown(theirs, NOBODY, NOBODY)
    os.lchown(link, NOBODY, NOBODY)
    for place in (theirs, link):
        with pytest.raises(PermanentFailure, match=r"belongs to another user \(number 65534\)"):
            home_directory(place)


@AS_ROOT
def test_another_user_of_the_machine_can_neither_list_nor_read_the_data_directory(open_place: Path) -> None:
    """As that user."""
    home = home_directory(open_place / ".xbot")
    kept_password(home, "valkey")
    LogFile(home / "logs" / "a.log").write(b"a line\n")
    for words in (["ls", str(home)], ["cat", str(home / "secrets.json")], ["ls", str(home / "logs")]):
        done = subprocess.run(words, user=NOBODY, cwd="/", capture_output=True, text=True, check=False)
        assert "Permission denied" in done.stderr


# Disks.


def test_output_that_nobody_can_take_is_told_in_the_system_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk under ``xbot prices > file`` is no fault of the program's."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert guarded(full) == EXIT_FAILED
    assert capsys.readouterr().err.startswith("The system refuses: No space left on device.")


@pytest.mark.parametrize("name", ["a.log", CRASH_LOG])
def test_a_log_is_its_owner_s_only_also_if_it_was_open_before(tmp_path: Path, name: str) -> None:
    """A copy of it elsewhere keeps its mode."""
    path = tmp_path / "logs" / name
    path.parent.mkdir()
    path.write_text("as it was\n")
    path.chmod(0o644)
    LogFile(path).write(b"a line\n")
    assert (mode(path), path.read_text()) == (0o600, "as it was\na line\n")


@AS_ROOT
def test_a_full_disk_is_named_whatever_failed_first(tmp_path: Path) -> None:
    """With room, the failure is its own."""
    assert full_disk(tmp_path, FAILURE) is None
    with disk(tmp_path / "disk", "1m") as place:
        fill(place)
        named = full_disk(place, FAILURE)
        assert named is not None
        assert named.code == FailureCode.DISK_FULL
        assert named.reason == f"The disk that holds {place} is full: 0 MB are free. The pools said nothing."
        assert "nothing that was stored is lost" in named.remedy


@AS_ROOT
def test_a_stack_whose_disk_is_full_is_not_ready(tmp_path: Path) -> None:
    """The status names the disk; with room it says how much."""
    with disk(tmp_path / "disk", "1m") as place:
        settings = Settings(home=place)
        (small,) = [part for part in components(Connections(lambda: settings)) if part.name == "Disk"]
        assert small.required
        with pytest.raises(PermanentFailure, match=f"The disk that holds {place} is full"):
            small.ping()
    roomy = Settings(home=tmp_path)
    (large,) = [part for part in components(Connections(lambda: roomy)) if part.name == "Disk"]
    assert "MB free" in large.ping()


@AS_ROOT
def test_a_disk_that_takes_no_more_files_is_full_however_many_bytes_are_free(tmp_path: Path) -> None:
    """Named before a start, by the status, and as the cause of what failed meanwhile."""
    with disk(tmp_path / "disk", "400m,nr_inodes=12") as place:
        settings = Settings(home=home_directory(place / ".xbot"))
        told = r"takes only \d+ more files \(inodes\); a start needs 2000"
        with pytest.raises(PermanentFailure, match=told) as caught:
            check_home(settings)
        assert caught.value.code == FailureCode.DISK_FULL
        (component,) = [part for part in components(Connections(lambda: settings)) if part.name == "Disk"]
        with pytest.raises(PermanentFailure, match=r"is full: it takes \d+ more files \(inodes\)"):
            component.ping()
        named = full_disk(place, FAILURE)
        assert named is not None
        assert re.fullmatch(
            rf"The disk that holds {place} is full: it takes \d+ more files .*said nothing\.", named.reason
        )


@AS_ROOT
def test_last_words_are_kept_when_the_disk_keeps_none(tmp_path: Path) -> None:
    """A program's reason must not be 'it said nothing'."""
    with disk(tmp_path / "disk", "64k") as place:
        log = LogFile(place / "logs" / "a.log")
        fill(place)
        log.write(b"No space left on device\n")
        assert log.last_words() == "No space left on device"


def test_postgresql_is_quoted_with_its_own_fatal_line(tmp_path: Path) -> None:
    """Not with the line that says it is down, nor with one of an earlier start."""
    path = tmp_path / "postgres.log"
    LogFile(path).write(b"FATAL:  an older one\n")
    log = LogFile(path)
    assert log.last_words() == ""
    log.write(b"LOG:  starting\nFATAL:  could not open shared memory segment\nLOG:  database system is shut down\n")
    assert log.last_words() == "FATAL:  could not open shared memory segment"


@AS_ROOT
def test_a_machine_without_shared_memory_quotes_postgresql_itself(place_on_disk: Path) -> None:
    """A cluster made where there was some, started in a namespace of its own where nobody may use it."""
    home = place_on_disk / ".xbot"
    server = EmbeddedPostgres(home, service_account(), settings={"dynamic_shared_memory_type": "posix"})
    server.prepare()
    hide = 'mount -t tmpfs -o size=4k,mode=700 tmpfs /dev/shm && exec "$@"'
    program = server.program()
    apart = replace(program, command=["unshare", "-m", "sh", "-c", hide, "sh", *program.command])
    if subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("no namespace can be made here")
    try:
        with (
            pytest.raises(PermanentFailure, match="FATAL:  could not open shared memory segment"),
            running(apart, home),
        ):
            pass
    finally:
        server.remove()
