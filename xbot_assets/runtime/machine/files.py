"""Files that only their owner may read, replaced in one step."""

import os
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure


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


def private_directory(path: Path) -> Path:
    """Make a directory for its owner only, and return it; one that exists is left as it is.

    Raises:
        PermanentFailure: code ``home_unwritable`` when it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def home_directory(path: Path) -> Path:
    """Make the data directory and return it; one that exists is left as it is.

    Under root it may be passed through, not listed, by others: PostgreSQL runs as an account of its own there, and its
    data then stay in the clone. Everything in it is closed to others by itself.

    Raises:
        PermanentFailure: code ``home_unwritable`` when it cannot be made.
    """
    missing = not path.exists()
    private_directory(path)
    if missing and os.geteuid() == 0:
        path.chmod(0o711)
    return path


def unwritable(path: Path, error: OSError) -> PermanentFailure:
    """Say in words why the data directory cannot be written."""
    return PermanentFailure(
        f"{path} cannot be written: {error.strerror}.",
        code=FailureCode.HOME_UNWRITABLE,
        remedy="Free some disk space, correct the permissions, or set XBOT_HOME to another place.",
    )
