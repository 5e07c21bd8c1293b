"""How far Chromium is shut in, what may be tried, and what is known when it cannot be.

Chromium keeps what pages run in a sandbox of its own: processes in namespaces without rights, which may call little of
the system. On Linux that needs user namespaces, or the helper of the package ``chromium-sandbox``, and root cannot have
it. A Chromium without it is for the pages of our own sandbox only.
"""

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

_NO_NAMESPACES = ("No usable sandbox", "Chromium sandboxing failed", "SUID sandbox helper", "move to new namespace")
"""What Chromium 140 and Playwright 1.60 say when the system gives it no sandbox."""
_NO_ENTRY = re.compile(r"Permission denied: '([^']+)'")
"""Of the program that drops root, when the account may not go where it is sent."""
_AS_ROOT = "Running as root without --no-sandbox"
NAMESPACES_REMEDY = (
    "Allow unprivileged user namespaces (in a container, by its security profile), or install the package "
    "chromium-sandbox; 'xbot doctor' tries it."
)
ENTRY_REMEDY = (
    "Put the browser where every account can enter, as the system's package does, and leave XBOT_BROWSER_PATH empty."
)
FOLDER_REMEDY = "Set TMPDIR to a directory that every account can enter, as /tmp is."
ROOT_REMEDY = "Start as an ordinary user; as root, let useradd make an account for Chromium."
_INNER = 2
"""A process in a namespace of its own has a number there, too."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The system user that Chromium runs as when the host runs as root."""

    uid: int
    gid: int

    @classmethod
    def parse(cls, text: str) -> "RunAs":
        """Read ``uid:gid``.

        Raises:
            ValueError: when it is something else, or root.
        """
        uid, _, gid = text.partition(":")
        if not (uid.isdecimal() and gid.isdecimal()) or 0 in {int(uid), int(gid)}:
            msg = f"{text!r} is not UID:GID of an ordinary user."
            raise ValueError(msg)
        return cls(int(uid), int(gid))


@dataclass(frozen=True, slots=True)
class Weakness:
    """Why Chromium is not shut in as it should be, and what the owner can do about it."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Confinement:
    """How far Chromium is shut in: as which user (``None``: our own), and with its own sandbox or without.

    ``weakness`` says why it is no better; ``None`` when nothing better was tried.
    """

    run_as: RunAs | None
    sandboxed: bool
    weakness: Weakness | None = None

    def __str__(self) -> str:
        """Say it in words, for the log and the health page."""
        root = os.geteuid() == 0 and self.run_as is None
        user = f"user {self.run_as.uid}" if self.run_as else ("root" if root else "this user")
        return f"as {user}, {'with' if self.sandboxed else 'without'} Chromium's own sandbox"

    def because_of(self, weakness: Weakness) -> "Confinement":
        """Return the same, with why it was come to."""
        return replace(self, weakness=self.weakness or weakness)


NO_ACCOUNT = Weakness("We run as root, and there is no account for Chromium", ROOT_REMEDY)


def confinements(run_as: RunAs | None, *, weaker: bool) -> list[Confinement]:
    """Return what to try, the safest first; without ``weaker`` only what has Chromium's sandbox, which may be nothing.

    Root cannot have Chromium's sandbox without dropping privileges.
    """
    if os.geteuid() != 0:
        choices = [Confinement(None, sandboxed=True), Confinement(None, sandboxed=False)]
    else:
        dropped = [Confinement(run_as, sandboxed=True), Confinement(run_as, sandboxed=False)] if run_as else []
        choices = [*dropped, Confinement(None, sandboxed=False, weakness=None if run_as else NO_ACCOUNT)]
    return [choice for choice in choices if weaker or choice.sandboxed]


def weakness_of(error: Exception, choice: Confinement, binary: Path) -> Weakness | None:
    """Return why Chromium could not be shut in, by what it said; ``None`` when that was not why it failed."""
    said = str(error)
    closed = _NO_ENTRY.search(said)
    if choice.run_as is not None and closed is not None:
        remedy = ENTRY_REMEDY if closed[1] == str(binary) else FOLDER_REMEDY
        return Weakness(f"User {choice.run_as.uid} may not enter the folders of {closed[1]}", remedy)
    if any(words in said for words in _NO_NAMESPACES):
        return Weakness("The system gives Chromium no sandbox of its own", NAMESPACES_REMEDY)
    return Weakness("Root has no sandbox of Chromium's", ROOT_REMEDY) if _AS_ROOT in said else None


def is_shut_in(processes: Iterable[psutil.Process]) -> bool:
    """Say whether some of Chromium's processes are in namespaces of their own: measured, not believed.

    Only Linux tells; elsewhere the answer is always yes.
    """
    return sys.platform != "linux" or any(_has_inner_number(process.pid) for process in processes)


def _has_inner_number(pid: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    own = len(_numbers(Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()))
    return len(_numbers(lines)) >= own - 1 + _INNER


def _numbers(lines: Iterable[str]) -> list[str]:
    return next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])


def refused(weakness: Weakness) -> PermanentFailure:
    """Build the refusal to use a Chromium that is not shut in."""
    return PermanentFailure(
        f"Chromium cannot be used without its own sandbox outside our sandbox's pages. {weakness.reason}.",
        code=FailureCode.BROWSER_UNCONFINED,
        remedy=weakness.remedy,
    )
