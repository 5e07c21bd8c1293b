"""One stack in one data directory: a lock the operating system frees when its holder dies."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import Self

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import read_json
from xbot_assets.runtime.machine.files import home_directory, unwritable

LOCK_FILE = "lock"
CLEANER = "clean-up"
"""The holder's name while a guardian removes what a killed supervisor left (``guardian.py``)."""
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 0.3
"""How long anyone waits: `xbot status` holds the lock for an instant to ask whether it is held."""


class StackLock:
    """Held while a stack runs from ``home``.

    Args:
        home: the data directory.
        holder: what is running, for the sentence a second one gets: ``"up"``, ``"once"``.
        cleaner_seconds: how long to wait for a guardian that is still cleaning up.
    """

    def __init__(self, home: Path, holder: str, *, cleaner_seconds: float = 0) -> None:
        self._home = home
        self._holder = holder
        self._cleaner_seconds = cleaner_seconds
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            PermanentFailure: code ``already_running`` when another stack holds it.
        """
        started = time.monotonic()
        while not self._try():
            cleaning = holder_of(self._home) == CLEANER
            patience = self._cleaner_seconds if cleaning else PATIENCE_SECONDS
            if time.monotonic() - started > patience:
                raise self._refusal()
            time.sleep(POLL_SECONDS)
        return self

    def __exit__(self, *_error: object) -> None:
        """Free the lock."""
        os.close(self._descriptor)

    def _try(self) -> bool:
        descriptor = _open(self._home)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, without a name
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"holder": self._holder, "pid": os.getpid()}).encode(), 0)
        self._descriptor = descriptor
        return True

    def _refusal(self) -> PermanentFailure:
        return PermanentFailure(
            f"A stack is already running from {self._home} (xbot {holder_of(self._home)}).",
            code=FailureCode.ALREADY_RUNNING,
            remedy="Stop it with Ctrl-C where it runs, or use another clone or another XBOT_HOME.",
        )


def is_running(home: Path) -> bool:
    """Say whether a stack runs from this data directory now."""
    try:
        if not (home / LOCK_FILE).is_file():
            return False
    except PermissionError as error:
        raise unwritable(home, error) from error
    descriptor = _open(home)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder_of(home: Path) -> str:
    """Return what the last holder of the lock called itself."""
    try:
        return str(read_json(home / LOCK_FILE)["holder"])
    except (OSError, ValueError, KeyError, TypeError):
        return "up"


def _open(home: Path) -> int:
    path = home_directory(home) / LOCK_FILE
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(path, error) from error
