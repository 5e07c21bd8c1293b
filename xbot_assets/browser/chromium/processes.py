"""Chromium's processes as the system sees them: which are ours, whether they live, and how to end them all.

Playwright starts Chromium as the leader of a process group of its own, and everything Chromium starts stays in it.
Killing one process is not enough: where a shell script starts Chromium, that script leads the group, and killed alone
it leaves Chromium behind with another parent. The profile lies in a folder whose name holds the host's id and identity,
so that a later host knows whose it was. Only groups whose leader, or a member that outlived it, names such a folder of
ours are touched.
"""

import contextlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.process_identity import own_identity, runs, still_runs

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.01
KILL_SECONDS = 1.0
"""A killed process is gone within milliseconds; one stuck in the system is not waited for longer."""
_PROFILE_FLAG = "--user-data-dir="
_FOLDER_PREFIX = "xbot-browser-"
_OPEN_TO_PASS = 0o711
"""Our own folder in the temporary directory: others may pass through it to their profile, not look into it."""


def own_folder() -> Path:
    """Make a temporary folder that is marked as this process's."""
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-{own_identity()}-"))
    folder.chmod(_OPEN_TO_PASS)
    return folder


@dataclass(frozen=True, slots=True)
class Family:
    """Everything that one Chromium consists of.

    Attributes:
        roots: the processes whose command line names its folder: Chromium, and a script above it.
        groups: the process groups they are in; never the one that this process is in.
    """

    roots: tuple[psutil.Process, ...] = ()
    groups: frozenset[int] = frozenset()

    @classmethod
    def working_in(cls, folder: Path) -> "Family":
        """Return those that work in ``folder``."""
        mark = f"{_PROFILE_FLAG}{folder}{os.sep}"
        roots = tuple(process for process in psutil.process_iter() if _command_has(process, mark))
        groups = {group for process in roots if (group := _group_of(process)) is not None}
        return cls(roots, frozenset(groups - {os.getpgrp()}))

    def members(self) -> Iterator[psutil.Process]:
        """Yield every process that is one of the roots or in one of the groups now."""
        yield from self.roots
        yield from (process for process in psutil.process_iter() if _group_of(process) in self.groups)


def _command_has(process: psutil.Process, mark: str) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(word.startswith(mark) for word in process.cmdline())
    return False


def _group_of(process: psutil.Process) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(process.pid)
    return None


def end(doomed: Iterable[psutil.Process]) -> None:
    """Kill the processes, and wait a moment until none runs; one that nobody reaps has ended all the same."""
    left, until = list(filter(runs, doomed)), time.monotonic() + KILL_SECONDS
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    while any(map(runs, left)) and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)


def end_all_in(folder: Path, known: Family) -> None:
    """Kill every process that works in ``folder`` or was ``known`` to, and remove the folder."""
    end({*known.members(), *Family.working_in(folder).members()})
    shutil.rmtree(folder, ignore_errors=True)


def sweep_orphans() -> None:
    """End what hosts that were killed have left: a hung Chromium, which notices nothing, and temporary folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        if _is_ours(folder) and not _host_lives(folder):
            left = Family.working_in(folder)
            if left.roots:
                _log.warning("A browser host was killed and left a Chromium in %s: it ends now.", folder)
            end_all_in(folder, left)


def _is_ours(folder: Path) -> bool:
    """Say whether we made the folder: then no other user can have put a process of theirs into it."""
    try:
        return folder.lstat().st_uid == os.geteuid() and folder.is_dir() and not folder.is_symlink()
    except FileNotFoundError:
        return False


def _host_lives(folder: Path) -> bool:
    pid, _, rest = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")
    identity, _, unique = rest.partition("-")
    if not (pid.isdecimal() and identity and unique):
        return True  # not a name of ours: leave it
    return still_runs(int(pid), identity)
