"""Files and directories that only their owner may read; a file is replaced in one step."""

import contextlib
import errno
import os
import resource
import shlex
import shutil
import stat
from io import BufferedWriter
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError

PRIVATE, PASSED_THROUGH = 0o700, 0o711
"""Of directories: the owner's only; and one that others may pass through, not list."""
BYTES_PER_MB = 1024 * 1024
DISK_FULL_BYTES = 16 * BYTES_PER_MB
"""One segment of PostgreSQL's log: with less it cannot go on."""
FULL_OF_FILES = 16
"""Each start and each run of Dagster's makes a few files."""
OTHERS, CHANGED_BY_OTHERS = 0o077, 0o022


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` (mode 0600) so that a reader sees the old text or the new, never half of it.

    Raises:
        PermanentFailure: code ``home_unwritable`` when the disk or its permissions refuse.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def open_private(path: Path, flags: int) -> BufferedWriter:
    """Open a file to write in, for its owner only, also if it was there for others. Raises ``OSError``."""
    descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    with contextlib.suppress(PermissionError):  # another account's file, which we may still write
        os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def write_for_owner(path: Path, text: str) -> None:
    """Write where the owner said, for the owner only, whatever the umask: also over a file that others could read.

    A device or a pipe is written to as it is.

    Raises:
        OSError: it cannot be written, or the file belongs to somebody else, who would read it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOCTTY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            if status.st_uid != os.geteuid():
                raise PermissionError(errno.EPERM, "it is another user's file", str(path))
            os.fchmod(descriptor, 0o600)
            os.ftruncate(descriptor, 0)
        stream.write(text)


def keep_to_ourselves() -> None:
    """Have this process, and all that it starts, make files for its owner only, and leave no memory on the disk.

    Dagster, SQLite and Python's bytecode make files as the umask says; a core file holds every secret of a process.
    """
    os.umask(OTHERS)
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def private_directory(path: Path) -> Path:
    """Make a directory for its owner only, with all that is missing above it, and return it.

    One that exists is left as it is.

    Raises:
        PermanentFailure: code ``home_unwritable`` when it cannot be made.
    """
    try:
        for missing in reversed([place for place in (path, *path.parents) if not place.exists()]):
            missing.mkdir(mode=PRIVATE, exist_ok=True)
            missing.chmod(PRIVATE)  # the umask may have taken even from the owner
        path.mkdir(exist_ok=True)  # refuses what is there and is no directory
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def home_directory(path: Path) -> Path:
    """Make the data directory, or check the one that is there, and return it.

    Under root it may be passed through, not listed, by others: PostgreSQL runs as an account of its own there, and its
    data then stay in the clone. One of ours that is open to others is closed to them. One that is theirs, or in which
    they can have put something, is not used.

    Raises:
        PermanentFailure: code ``home_unwritable`` when it cannot be made, ``unsafe_directory``.
    """
    allowed = PASSED_THROUGH if os.geteuid() == 0 else PRIVATE
    try:
        if path.is_symlink() or path.exists():
            _close_to_others(path, allowed)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # another process was first
                path.mkdir(mode=PRIVATE)
                path.chmod(allowed)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def _close_to_others(path: Path, allowed: int) -> None:
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    _refuse_strange(path, status)
    mode = stat.S_IMODE(status.st_mode)
    if mode & ~allowed & OTHERS:
        path.chmod(mode & (allowed | ~OTHERS))


def _refuse_strange(path: Path, status: os.stat_result) -> None:
    strangers = {status.st_uid, path.lstat().st_uid} - {os.geteuid()}
    if strangers:
        raise _unsafe(path, f"belongs to another user (number {max(strangers)})", "make it your own (chown)")
    if status.st_mode & CHANGED_BY_OTHERS and any(path.iterdir()):
        mode = stat.S_IMODE(status.st_mode)
        raise _unsafe(
            path, f"can be changed by other users (mode {mode:o})", f"run chmod go-w {shlex.quote(str(path))}"
        )


def _unsafe(path: Path, what: str, cure: str) -> PermanentFailure:
    return PermanentFailure(
        f"The data directory {path} {what}, so what is in it may not be yours.",
        code=FailureCode.UNSAFE_DIRECTORY,
        remedy=f"Look through it, then {cure}; or set XBOT_HOME to a directory of your own.",
    )


def removed(path: Path) -> None:
    """Remove a file that may be missing.

    Raises:
        PermanentFailure: ``home_unwritable``, for a directory in its place, too: what is in it may be wanted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def full_disk(place: Path, failure: ProductError) -> PermanentFailure | None:
    """Return the failure with a full disk as its cause, or ``None`` when the disk that holds ``place`` has room.

    On a full disk everything fails in ways of its own, and most say nothing of the disk.
    """
    lacking = lacks_room(place)
    if lacking is None or failure.code is FailureCode.DISK_FULL:
        return None
    return PermanentFailure(
        f"{lacking} {failure.reason}",
        code=FailureCode.DISK_FULL,
        remedy="Free some disk space, or set XBOT_HOME to another disk; nothing that was stored is lost.",
    )


def lacks_room(place: Path) -> str | None:
    """Return the sentence that the disk that holds ``place`` is full, or ``None`` when it has room.

    A disk has room for so many bytes and, on most file systems, for so many files.
    """
    free, files = shutil.disk_usage(place).free, free_files(place)
    if free < DISK_FULL_BYTES:
        return f"The disk that holds {place} is full: {free // BYTES_PER_MB} MB are free."
    if files is not None and files < FULL_OF_FILES:
        return f"The disk that holds {place} is full: it takes {files} more files (inodes)."
    return None


def free_files(place: Path) -> int | None:
    """Return how many more files the disk takes; ``None`` for a file system that does not count them."""
    status = os.statvfs(place)
    return status.f_favail if status.f_files else None


def unwritable(path: Path, error: OSError) -> PermanentFailure:
    """Say in words why the data directory cannot be written."""
    return PermanentFailure(
        f"{path} cannot be written: {error.strerror}.",
        code=FailureCode.HOME_UNWRITABLE,
        remedy="Free some disk space, correct the permissions, or set XBOT_HOME to another place.",
    )
