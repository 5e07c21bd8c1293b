"""Finding the processes of one stack to kill, and only that stack's: below its supervisor, or with its mark."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.runtime.machine.processes import MARK, mark_of
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.load.stack import LoadStack

FIND_SECONDS = 90.0
"""Under load a publishing worker holds its slot within this."""
LOOK_SECONDS = 0.02
CHROMIUM = "chromium"
HOLDERS = """
select s.run_id, r.pipeline_name as job, substring(e.event from 'pid: (\\d+)')::int as pid
from concurrency_slots s join runs r on r.run_id = s.run_id
join event_logs e on e.run_id = s.run_id and e.dagster_event_type = 'ENGINE_EVENT' and e.event like '%%pid: %%'
where s.run_id is not null
"""


class NoVictimError(RuntimeError):
    """The process to kill did not appear in time."""


class Victims:
    """Kills one process at a time with SIGKILL."""

    def __init__(self, stack: LoadStack) -> None:
        self._stack = stack
        self.kinds: dict[str, Callable[[], int | None]] = {
            "publishing worker": lambda: self._worker(posts=True),
            "reading worker": lambda: self._worker(posts=False),
            "chromium": lambda: self._chromium(renderer=False),
            "renderer": lambda: self._chromium(renderer=True),
            "browser host": lambda: self._program("browser"),
            "code server": lambda: self._program("code"),
            "daemon": lambda: self._program("daemon"),
        }

    def kill(self, kind: str) -> int:
        """Kill one process of the kind as soon as there is one; return its number.

        Raises:
            NoVictimError: there was none for a long while.
        """
        deadline = time.monotonic() + FIND_SECONDS
        while time.monotonic() < deadline:
            pid = self.kinds[kind]()
            if pid is not None:
                with contextlib.suppress(psutil.Error):
                    psutil.Process(pid).send_signal(signal.SIGKILL)
                    return pid
            time.sleep(LOOK_SECONDS)
        raise NoVictimError(f"No {kind} was found in {FIND_SECONDS:g} s.")

    def slot_holders(self) -> dict[str, int]:
        """Return the runs that hold a slot of a pool, with their processes."""
        return {row["run_id"]: row["pid"] for row in self._stack.ask_database(HOLDERS) if row["pid"]}

    def chromium_orphans(self) -> list[int]:
        """Return running Chromium processes that carry the stack's mark but hang on no browser host of it."""
        below = {process.pid for process in self._below()}
        return [
            process.pid for process in self._marked("browser") if process.pid not in below and _is_chromium(process)
        ]

    def _worker(self, *, posts: bool) -> int | None:
        below = {process.pid for process in self._below()}
        rows = self._stack.ask_database(HOLDERS)
        return next((r["pid"] for r in rows if (r["job"] == "publish") is posts and r["pid"] in below), None)

    def _chromium(self, *, renderer: bool) -> int | None:
        wanted = [p for p in self._below() if _is_chromium(p) and _kind_of(p) == ("renderer" if renderer else "")]
        # The launcher is a shell script; what it starts is the browser.
        return wanted[-1].pid if wanted else None

    def _program(self, name: str) -> int | None:
        return next((entry.pid for entry in read_record(self._stack.home) if entry.name == name), None)

    def _below(self) -> list[psutil.Process]:
        processes: list[psutil.Process] = psutil.Process(self._stack.pid).children(recursive=True)
        return processes

    def _marked(self, name: str) -> Iterator[psutil.Process]:
        mark = mark_of(self._stack.home, name)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                    yield process


def runs(pid: int) -> bool:
    """Say whether a process still does anything."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _is_chromium(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.name().startswith(CHROMIUM) and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _kind_of(process: psutil.Process) -> str:
    """Return Chromium's own word for the process; the browser itself has none."""
    with contextlib.suppress(psutil.Error):
        return next((word.partition("=")[2] for word in process.cmdline() if word.startswith("--type=")), "")
    return ""
