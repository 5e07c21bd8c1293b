"""What must hold before anything is started."""

import errno
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from xbot_assets.browser.session.source import keeps_session, load_session
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.prices import load_prices
from xbot_assets.runtime.machine.files import FULL_OF_FILES, free_files, home_directory, unwritable
from xbot_assets.settings import Settings, SettingsError
from xbot_assets.settings.loading import holds_secrets
from xbot_assets.settings.places import env_file_of
from xbot_assets.settings.secrecy import others_can_read
from xbot_assets.store.engine.connections import check_url

WEB_ADDRESSES = ("target_url", "browser_url", "openai_base_url")
BYTES_PER_MB = 1024 * 1024
FIRST_START_FILES = 2_000
"""PostgreSQL's data are some 1,000 files when they are made and 1,700 with all tables; the other parts make few."""
PARTS_BEGUN = "postgres.location"
"""The embedded database has its files when this one is there."""


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
            code=FailureCode.DISK_FULL,
            remedy="Free some disk space, set XBOT_HOME to another disk, or lower XBOT_DISK_FREE_MIN_MB.",
        )
    check_files_left(settings)


def check_files_left(settings: Settings) -> None:
    """Check that the disk takes as many files as a start makes, where it counts them.

    Raises:
        PermanentFailure: ``disk_full``.
    """
    place = next(parent for parent in (settings.home, *settings.home.parents) if parent.exists())
    files = free_files(place)
    makes_database = settings.database_url is None and not (settings.home / PARTS_BEGUN).exists()
    needed = FIRST_START_FILES if makes_database else FULL_OF_FILES
    if files is not None and files < needed:
        raise PermanentFailure(
            f"The disk that holds {settings.home} takes only {files} more files (inodes); a start needs {needed}.",
            code=FailureCode.DISK_FULL,
            remedy="Remove files that are not needed, or set XBOT_HOME to another disk.",
        )


def check_addresses(settings: Settings) -> None:
    """Check that the addresses in the settings are addresses; whether anybody answers there is seen later.

    Raises:
        SettingsError: with every address that is none, in one message, and never the address itself.
    """
    problems = [
        f"XBOT_{name.upper()}: write it as http://host:port or https://host."
        for name in WEB_ADDRESSES
        if (address := getattr(settings, name)) is not None and not _is_address(address, "http", "https")
    ]
    cache = settings.redis_url.get_secret_value() if settings.redis_url else "off"
    if cache != "off" and not _is_address(cache, "redis", "rediss", "unix"):
        problems.append("XBOT_REDIS_URL: write it as redis://user:password@host:port/0, or off.")
    try:
        if settings.database_url is not None:
            check_url(settings.database_url.get_secret_value())
    except PermanentFailure as failure:
        problems.append(f"XBOT_DATABASE_URL: {failure.remedy[0].lower()}{failure.remedy[1:]}")
    if problems:
        raise SettingsError(problems)


def _is_address(text: str, *schemes: str) -> bool:
    if not text.isprintable() or " " in text:
        return False  # urlsplit would drop a line break within, and the client would not
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname or parts.scheme == "unix") and parts.port != 0
    except ValueError:
        return False


def check_files(settings: Settings) -> None:
    """Check the files that the settings name, before anything is started that would need them later.

    Raises:
        PermanentFailure: ``bad_persona``, ``bad_prices``, ``unknown_model_price``, or of the session.
    """
    load_persona(settings.persona_path)
    prices = load_prices(settings.prices_path)
    for model in (settings.plan_model, settings.saving_model):
        prices.price(model, system_now().date())
    if settings.mode != "sandbox" and keeps_session(settings):
        _check_session(settings)


def _check_session(settings: Settings) -> None:
    """Open the session; one whose time is over is no fault of the settings: it holds publishing, with an alert."""
    try:
        load_session(settings, system_now())
    except PermanentFailure as failure:
        if failure.code is not FailureCode.SESSION_EXPIRED:
            raise


def exposed_env_file(settings: Settings) -> str | None:
    """Return a sentence about a ``.env`` with secrets that others can read, or ``None`` when there is none."""
    path = env_file_of(settings.home)
    if not others_can_read(path) or not holds_secrets(path):
        return None
    return f"{path} holds secrets, and others on this machine can read it."


def check_writable(home: Path) -> None:
    """Check, without making it, that the data directory is one or can be made.

    Raises:
        PermanentFailure: ``home_unwritable``.
    """
    place = next(parent for parent in (home, *home.parents) if parent.exists())
    if not place.is_dir():
        raise unwritable(place, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    if not os.access(place, os.W_OK | os.X_OK):
        raise unwritable(place, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def free_mb(path: Path) -> int:
    """Return the free space, in MiB, of the disk that holds ``path`` or will hold it."""
    place = next(parent for parent in (path, *path.parents) if parent.exists())
    return shutil.disk_usage(place).free // BYTES_PER_MB
