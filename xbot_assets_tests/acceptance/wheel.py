"""Builds the wheel as a release would, and installs it for somebody who has nothing of the checkout."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from xbot_assets.settings import CHECKOUT
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.security.doors.second_user import second_user

SOURCES = ("pyproject.toml", "setup.cfg", "README.md", "LICENSE", "requirements.pins")
INSTALL_SECONDS = 900.0
"""For the packages to come over the network."""
OPEN = 0o755
_BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def built_wheel(place: Path) -> Path:
    """Return the wheel; the copy of the sources that it was built from stays beside it."""
    source = place / "source"
    ours = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(CHECKOUT / "xbot_assets", source / "xbot_assets", ignore=ours)
    for name in SOURCES:
        shutil.copy(CHECKOUT / name, source / name)
    done = subprocess.run(
        [sys.executable, "-P", "-c", _BUILD, str(place)],
        cwd=source,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place / done.stdout.split()[-1]


def packed_files(wheel: Path) -> set[str]:
    """Return the files of the package in it, by their paths."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.startswith("xbot_assets/")}


def metadata(wheel: Path) -> Message:
    """Return what it tells an installer."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who has the wheel installed: a normal user, with a place of their own; the program is not theirs to change."""

    place: Path
    user: int | None = None
    group: int | None = None
    groups: tuple[int, ...] | None = None
    """Whom programs are started as; ``None`` is ourselves."""

    @property
    def empty(self) -> Path:
        """A directory of theirs with nothing in it."""
        return self.place / "empty"

    @property
    def python(self) -> Path:
        """The Python of the installation."""
        return self.place / "tools" / "xbot-assets" / "bin" / "python"

    def starts(self, *words: str, settings: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Start a program in their directory."""
        with log.open("wb") as stream:
            return subprocess.Popen(
                words,
                stdout=stream,
                stderr=stream,
                cwd=self.empty,
                env=self._environment(settings),
                user=self.user,
                group=self.group,
                extra_groups=self.groups,
            )

    def runs(self, *words: str, seconds: float, settings: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
        """Run a command in their directory to its end."""
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            cwd=self.empty,
            env=self._environment(settings),
            user=self.user,
            group=self.group,
            extra_groups=self.groups,
        )

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name.startswith(("SSL_", "LC_"))}
        path = f"{self.place / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return kept | {"HOME": str(self.empty), "PATH": path} | dict(settings)


@contextmanager
def somebody_with(wheel: Path) -> Iterator[Somebody]:
    """Install the wheel with uv as its documents say, and yield a normal user: a second one where we are root."""
    with tempfile.TemporaryDirectory(prefix="xbot-wheel.") as made:
        place = Path(made)
        place.chmod(OPEN)
        tools = {"UV_TOOL_DIR": str(place / "tools"), "UV_TOOL_BIN_DIR": str(place / "bin")}
        install = [uv(), "tool", "install", "--system-certs", "--compile-bytecode", "--python", python_for_all()]
        done = subprocess.run(
            [*install, str(wheel)],
            env=os.environ | tools,
            umask=0o022,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (place / "empty").mkdir()
        if os.geteuid() != 0:
            yield Somebody(place)
            return
        with second_user() as user:
            os.chown(place / "empty", user.uid, user.gid)
            yield Somebody(place, user.uid, user.gid, ())


def python_for_all() -> str:
    """Return a Python that a normal user can start."""
    for candidate in ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable):
        check = [candidate, "-c", "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"]
        if shutil.which(candidate) and subprocess.run(check, check=False).returncode == 0:
            return candidate
    pytest.skip("there is no Python 3.11 to 3.13 that a second user can start")


def uv() -> str:
    """Return uv, as the scripts install it, or as it is on the PATH."""
    program = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("uv is not installed; scripts/run installs it")
    return program
