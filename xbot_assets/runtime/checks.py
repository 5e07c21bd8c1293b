"""What must hold before anything is started. Keep out: the checks of ``xbot doctor`` that change nothing (``cli``)."""

import shutil
from pathlib import Path

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.files import home_directory
from xbot_assets.settings import Settings

BYTES_PER_MB = 1024 * 1024


def check_home(settings: Settings) -> None:
    """Make the data directory and check that it has room.

    Raises:
        PermanentFailure: ``home_unwritable`` or ``disk_full``.
    """
    home_directory(settings.home)
    free = free_mb(settings.home)
    if free < settings.disk_free_min_mb:
        raise PermanentFailure(
            f"Only {free} MB are free under {settings.home}; at least {settings.disk_free_min_mb} MB are needed.",
            code="disk_full",
            remedy="Free some disk space, set XBOT_HOME to another disk, or lower XBOT_DISK_FREE_MIN_MB.",
        )


def free_mb(path: Path) -> int:
    """Return the free space, in MiB, of the disk that holds ``path`` or will hold it."""
    place = next(parent for parent in (path, *path.parents) if parent.exists())
    return shutil.disk_usage(place).free // BYTES_PER_MB
