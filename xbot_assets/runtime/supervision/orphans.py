"""The record of started processes, and the sweep that ends those a killed supervisor left behind."""

import contextlib
import json
import signal
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.process_identity import identity_of, still_runs
from xbot_assets.regular_files import read_json
from xbot_assets.runtime.machine.files import private_directory, removed, write_private
from xbot_assets.runtime.machine.processes import Tree, end_tree, kill_marked, mark_of

RUN_DIRECTORY = "run"
RECORD_FILE = "processes.json"
FIRST_PID, LAST_PID = 2, 2**22
"""What a program of ours can have for a number; Linux gives none above (``PID_MAX_LIMIT``)."""


@dataclass(frozen=True, slots=True)
class Started:
    """One started process, with what tells it from a later one of the same number."""

    name: str
    pid: int
    identity: str
    stop_signal: int
    whole_group: bool


class ProcessRecord:
    """The processes that run now, in the order they were started, kept in ``home/run/processes.json``."""

    def __init__(self, home: Path) -> None:
        self._file = record_file(home)
        self._lock = threading.Lock()
        self._entries: dict[str, Started] = {}
        private_directory(self._file.parent)

    def add(self, name: str, pid: int, *, stop_signal: signal.Signals, whole_group: bool) -> None:
        """Note a process that was just started."""
        entry = Started(name, pid, identity_of(pid) or "", int(stop_signal), whole_group)
        with self._lock:
            self._entries[name] = entry
            self._write()

    def remove(self, name: str) -> None:
        """Note that a process is gone with all below it."""
        with self._lock:
            if self._entries.pop(name, None) is not None:
                self._write()

    def close(self) -> None:
        """Remove the record: nothing runs any more."""
        self._file.unlink(missing_ok=True)

    def _write(self) -> None:
        entries = [asdict(entry) for entry in self._entries.values()]
        # A full disk costs the record, never the stop: the sweep ends nothing that is not still what was noted.
        with contextlib.suppress(PermanentFailure):
            write_private(self._file, json.dumps(entries))


def sweep(home: Path, stop_seconds: float) -> list[str]:
    """End what an earlier supervisor left running, last started first.

    Returns:
        The names of the programs that were ended.

    Raises:
        PermanentFailure: as :func:`removed`.
    """
    ended = [entry.name for entry in reversed(read_record(home)) if _end(entry, home, stop_seconds)]
    removed(record_file(home))
    return ended


def read_record(home: Path) -> list[Started]:
    """Return what the record says; nothing when absent or damaged."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return [_entry(**entry) for entry in read_json(record_file(home))]
    return []


def _entry(*, name: object, pid: object, identity: object, stop_signal: object, whole_group: object) -> Started:
    """Return one line of the record. Raises ``ValueError`` for what no supervisor wrote.

    A number below 2 is refused above all: to signal it is to signal every process, one's own group, or init.
    """
    plain = isinstance(name, str) and isinstance(identity, str) and isinstance(whole_group, bool)
    if not plain or type(pid) is not int or type(stop_signal) is not int or not FIRST_PID <= pid <= LAST_PID:
        msg = "This is no process that was started."
        raise ValueError(msg)
    return Started(str(name), pid, str(identity), int(signal.Signals(stop_signal)), bool(whole_group))


def record_file(home: Path) -> Path:
    """Return where the record is kept."""
    return home / RUN_DIRECTORY / RECORD_FILE


def _end(entry: Started, home: Path, stop_seconds: float) -> bool:
    mark = mark_of(home, entry.name)
    if not still_runs(entry.pid, entry.identity):
        return kill_marked(mark) > 0
    end_tree(Tree(entry.pid, mark), signal.Signals(entry.stop_signal), stop_seconds, whole_group=entry.whole_group)
    return True
