"""The directory of the stack's Unix sockets: private, and with a short path wherever the clone and ``TMPDIR`` are.

The kernel takes a socket's path of at most 107 bytes (Linux's ``sun_path`` less its end; macOS takes 103), and some
file systems take no sockets. So the directory is below the data directory where that works, else below ``/tmp``, under
a name that nobody can guess; the data directory notes where.
"""

import contextlib
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import read_regular_text
from xbot_assets.runtime.machine.files import private_directory, write_private

PATH_BYTES_MAX = 103
"""What every system takes."""
LONGEST_NAME = "pymp-12345678/listener-12345678"
"""The longest path that is put below the directory: the one of Python's fork server."""
LOCATION_FILE = "sockets.location"
PREFIX = "xbot-"
SHARED_PLACES = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - a directory of our own is made there, by mkdtemp
"""Not ``XDG_RUNTIME_DIR``, which is emptied when its user logs out while a stack may run on."""


def socket_directory(home: Path) -> Path:
    """Return the directory, made or found again; only its owner can enter it.

    Raises:
        PermanentFailure: ``unsafe_directory`` when there is no place for it, ``home_unwritable``.
    """
    noted = private_directory(home / "run") / LOCATION_FILE
    known = _noted(noted)
    if known is not None and is_private(known) and _fits(known) and _takes_sockets(known):
        return known
    made = _make(home)
    write_private(noted, f"{made}\n")
    return made


def remove_socket_directory(home: Path) -> None:
    """Remove the directory and what is in it, unless it is not ours any more: the stack has stopped."""
    noted = home / "run" / LOCATION_FILE
    known = _noted(noted)
    if known is not None and is_private(known) and known.name.startswith(PREFIX):
        shutil.rmtree(known, ignore_errors=True)
    with contextlib.suppress(OSError):
        noted.unlink(missing_ok=True)


def is_private(directory: Path) -> bool:
    """Say whether this is a directory, not a link to one, that belongs to us and nobody else can enter."""
    try:
        status = directory.lstat()
    except OSError:
        return False
    closed = not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and closed


def _noted(file: Path) -> Path | None:
    try:
        text = read_regular_text(file).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text.startswith("/") else None


def _make(home: Path) -> Path:
    for place in (home / "run", *SHARED_PLACES):
        if not (_fits(place / f"{PREFIX}12345678") and _keeps_names(place)):
            continue
        with contextlib.suppress(OSError):
            made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
            if is_private(made) and _takes_sockets(made):
                return made
            made.rmdir()
    raise PermanentFailure(
        f"There is no place for a socket that only its owner reaches, neither in {home} nor in /tmp.",
        code=FailureCode.UNSAFE_DIRECTORY,
        remedy="Set XBOT_HOME to a shorter path on a disk of this machine, or see that /tmp can be written.",
    )


def _keeps_names(place: Path) -> bool:
    """Say whether nobody else can put another directory in the place of ours."""
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return bool(mode & stat.S_ISVTX) or not mode & (stat.S_IWGRP | stat.S_IWOTH)


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory / LONGEST_NAME)) <= PATH_BYTES_MAX


def _takes_sockets(directory: Path) -> bool:
    probe = directory / ".probe"
    try:
        probe.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(probe))
        probe.unlink()
    except OSError:
        return False
    return True
