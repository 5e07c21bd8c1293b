"""Who runs a part for root, what that account can reach, and the passwords the parts keep.

PostgreSQL refuses to run as root, and Chromium has no sandbox there. Root runs each as an account of its own, gives
PostgreSQL's a place it can reach, and Chromium's nothing at all; no directory that is not ours is ever changed for
them.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import make_secret
from xbot_assets.regular_files import read_json
from xbot_assets.runtime.machine.files import home_directory, unwritable, write_private

ACCOUNT_NAME = "xbot-assets"
BROWSER_ACCOUNT = "xbot-assets-chromium"
"""Whom root lets Chromium run as: an account that owns nothing and that nothing else runs as. ``nobody`` is shared with
whatever else the machine runs that way."""
ACCOUNT_ROOT = Path("/var/lib/xbot-assets")
"""Where root keeps what its service account must reach when it cannot reach the data directory or the wheel."""
SECRETS_FILE = "secrets.json"
PASSWORD_BYTES = 24
HASH_CHARS = 12
"""Enough of the SHA-256 of a data directory's path to tell the clones on one machine apart."""
USERADD_SECONDS = 30.0
PROGRAM_MODE, FILE_MODE = 0o755, 0o644
"""Of copies that every account may read and nobody but root may change."""
_PARTS = {ACCOUNT_NAME: ("PostgreSQL", "XBOT_DATABASE_URL"), BROWSER_ACCOUNT: ("Chromium", "XBOT_BROWSER_URL")}
"""Which part an account is for, and the setting with which that part runs elsewhere."""
_NOLOGIN = ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false")
_REACH, _READ = stat.S_IXOTH, stat.S_IROTH
_BITS_PER_CLASS = 3
_DROP = (
    "import os,sys; u,g=int(sys.argv[1]),int(sys.argv[2]); os.chdir('/'); os.setgroups([]); "
    "os.setgid(g); os.setuid(u); os.umask(0o077); os.execv(sys.argv[3], sys.argv[3:])"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that runs a part for root."""

    name: str
    uid: int
    gid: int


def service_account(name: str = ACCOUNT_NAME, root: Path = ACCOUNT_ROOT) -> Account | None:
    """Return the account that runs a part, PostgreSQL if no other is named: ``None`` for ourselves, else root's.

    The account is created when it is missing, by one process at a time: of two ``useradd`` at once the second replaces
    the first one's entry, and with it the number that the first one's caller already uses.

    Raises:
        PermanentFailure: ``no_service_account`` when it cannot be created, ``home_unwritable``, or ``unsafe_directory``
            when someone else owns ``root``.
    """
    if os.geteuid() != 0:
        return None
    existing = known_account(name)
    if existing is not None:
        return existing
    with _alone_in(owned_by_root(root)):
        return known_account(name) or _create(name)


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Wait until no other process is in here; the kernel lets the next one in however we end."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _create(name: str) -> Account:
    command = creation_command(name, shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"))
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, text=True, timeout=USERADD_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _no_account(name, str(error)) from error
    created = known_account(name)
    if created is None:
        raise _no_account(name, done.stderr.strip() or f"useradd ended with code {done.returncode}")
    return created


def creation_command(name: str, useradd: str | None) -> list[str]:
    """Return the command that creates a system account which nobody can log in to.

    Raises:
        PermanentFailure: ``no_service_account`` when this system has no ``useradd``.
    """
    if useradd is None:
        what = "this system has no useradd"
        raise _no_account(name, what)
    shell = next((path for path in _NOLOGIN if Path(path).exists()), _NOLOGIN[-1])
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    return [useradd, *options, "--shell", shell, name]


def command_as(account: Account | None, command: list[str]) -> list[str]:
    """Return the command that gives up root for ``account`` for good and then becomes ``command``."""
    if account is None:
        return command
    return [sys.executable, "-I", "-S", "-c", _DROP, str(account.uid), str(account.gid), *command]


def can_reach(account: Account, directory: Path) -> bool:
    """Say whether the account may pass through every directory on the way to and including ``directory``.

    Permission bits decide. Access lists are not read: where they only widen access, the answer is too strict.
    """
    way = [directory.resolve(), *directory.resolve().parents]
    return all(_allows(account, place.stat(), _REACH) for place in way)


def can_read_below(account: Account, directory: Path) -> bool:
    """Say whether the account may reach ``directory`` and read every file in it."""
    return can_reach(account, directory) and all(_readable(account, path) for path in directory.rglob("*"))


def account_directory(home: Path, account: Account, root: Path = ACCOUNT_ROOT) -> Path:
    """Make and return the account's own directory for one data directory, mode 0700.

    Raises:
        PermanentFailure: ``home_unwritable``, or ``unsafe_directory`` when someone else owns the place.
    """
    place = account_place(home, root)
    owned_by_root(root)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        os.chown(place, account.uid, account.gid)
    except OSError as error:
        raise unwritable(place, error) from error
    return place


def account_place(home: Path, root: Path = ACCOUNT_ROOT) -> Path:
    """Return where :func:`account_directory` is, whether it exists or not."""
    return root / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:HASH_CHARS]


def owned_by_root(root: Path = ACCOUNT_ROOT) -> Path:
    """Make root's own directory, which others may pass through, and return it. Raises as above."""
    try:
        with contextlib.suppress(FileExistsError):
            root.mkdir()
            root.chmod(PROGRAM_MODE)  # whatever the umask is, the accounts must pass
        status = root.lstat()
    except OSError as error:
        raise unwritable(root, error) from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & stat.S_IWOTH:
        raise PermanentFailure(
            f"{root} exists and is not a directory that only root can change.",
            code=FailureCode.UNSAFE_DIRECTORY,
            remedy="Move it away and start again.",
        )
    return root


def copy_for_all(folders: Sequence[Path], base: Path, target: Path) -> None:
    """Copy folders, as they lie below ``base``, to ``target``, readable by all, in one visible step.

    Raises:
        PermanentFailure: ``home_unwritable`` when they cannot be copied; nothing is left behind.
    """
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for folder in folders:
            shutil.copytree(folder, fresh / folder.relative_to(base))
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(PROGRAM_MODE if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else FILE_MODE)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise unwritable(target, error) from error


def kept_password(home: Path, name: str) -> str:
    """Return the password kept under ``name`` in ``home/secrets.json`` (mode 0600); made at first use.

    Raises:
        PermanentFailure: ``secrets_damaged`` when the file cannot be understood, ``home_unwritable``.
    """
    path = home_directory(home) / SECRETS_FILE
    known = dict(_secrets(path))
    make_secret(known.values())
    if name not in known:
        known[name] = secrets.token_hex(PASSWORD_BYTES)
        make_secret((known[name],))
        write_private(path, json.dumps(known, indent=2) + "\n")
    return known[name]


def has_password(home: Path, name: str) -> bool:
    """Say whether a password is kept under ``name``."""
    return name in _secrets(home / SECRETS_FILE)


def _secrets(path: Path) -> Mapping[str, str]:
    try:
        loaded = read_json(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        loaded = None
    if not isinstance(loaded, dict) or not all(isinstance(value, str) for value in loaded.values()):
        raise PermanentFailure(
            f"{path} is damaged; it holds the passwords of the embedded parts.",
            code=FailureCode.SECRETS_DAMAGED,
            remedy="Restore it from a copy, or remove the data directory to start afresh.",
        )
    return loaded


def known_account(name: str) -> Account | None:
    """Return an account of this machine, or ``None`` when there is none of this name."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _no_account(name: str, why: str) -> PermanentFailure:
    part, instead = _PARTS.get(name, _PARTS[ACCOUNT_NAME])
    return PermanentFailure(
        f"{part} does not run as root, and the account {name} could not be created: {why}.",
        code=FailureCode.NO_SERVICE_ACCOUNT,
        remedy=f"Create it (useradd --system {name}), start as another user, or set {instead}.",
    )


def _allows(account: Account, status: os.stat_result, right: int) -> bool:
    """Apply the one class of permission bits that the kernel would apply."""
    classes = 2 if status.st_uid == account.uid else 1 if status.st_gid == account.gid else 0
    return bool(status.st_mode & (right << (_BITS_PER_CLASS * classes)))


def _readable(account: Account, path: Path) -> bool:
    status = path.stat()
    needed = _needed_rights(status)
    return all(_allows(account, status, right) for right in needed)


def _needed_rights(status: os.stat_result) -> Iterator[int]:
    yield _READ
    if stat.S_ISDIR(status.st_mode) or status.st_mode & stat.S_IXUSR:
        yield _REACH
