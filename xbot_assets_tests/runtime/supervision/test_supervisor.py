"""The supervisor with small real programs: order, restarts, stops, and what is left when it is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.process_identity import identity_of
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.processes import wait_until
from xbot_assets.runtime.supervision.child import READY_POLL_SECONDS, Limits
from xbot_assets.runtime.supervision.orphans import read_record, record_file
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.supervisor import Stopped, Supervisor
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.runtime.supervision.rig import LIMITS, environment, server

HALF_AN_HOUR = 1800.0
WRITE_AND_SLEEP = "pathlib.Path(sys.argv[1]).write_text('x')\nwhile True: time.sleep(1)\n"

LOST = [
    sys.executable,
    "-c",
    "import signal, time\nsignal.signal(15, signal.SIG_DFL)\nprint('up', flush=True)\ntime.sleep(600)",
]
"""A program that the signal ends, even where the tests were started with it ignored (in the background, say)."""


def eventually(done: Callable[[], bool]) -> bool:
    """Poll with a deadline."""
    return wait_until(done, PATIENCE)


@contextmanager
def rig(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the rig in its own process and wait until it is up."""
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "xbot_assets_tests.runtime.supervision.rig", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PACKAGE_ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield process
        finally:
            process.kill()


def processes_of(home: Path) -> list[int]:
    """Return the recorded programs and the workers they started."""
    return [entry.pid for entry in read_record(home)] + [int((home / n).read_text()) for n in ("first", "second")]


def alive(pids: list[int]) -> list[int]:
    """Return which of the processes still run."""
    return [pid for pid in pids if identity_of(pid) is not None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory on a path with spaces."""
    path = tmp_path / "a place with spaces"
    path.mkdir()
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_all_in_reverse_order(home: Path, number: signal.Signals) -> None:
    """The last started is stopped first, and nothing is left, not even a worker in another session."""
    with rig(home) as process:
        everyone = processes_of(home)
        assert len(alive(everyone)) == 4
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    assert (home / "order").read_text().split() == ["second", "first"]
    assert alive(everyone) == []
    assert not record_file(home).exists()


def test_a_killed_supervisor_leaves_no_process(home: Path) -> None:
    """The guardian notices the death and ends every tree, then forgets the record."""
    with rig(home) as process:
        everyone = processes_of(home)
        (home / "parts.json").write_text("{}")
        process.kill()
        process.wait(PATIENCE)
        assert eventually(lambda: not alive(everyone))
        assert eventually(lambda: not record_file(home).exists() and not (home / "parts.json").exists())


def test_a_start_ends_what_a_killed_supervisor_and_guardian_left(home: Path) -> None:
    """Even when the guardian died too, the next supervisor finds the processes by number and identity."""
    with subprocess.Popen(LOST, stdout=subprocess.PIPE, start_new_session=True) as lost:
        assert lost.stdout is not None
        assert lost.stdout.readline() == b"up\n"
        entry = {"name": "lost", "pid": lost.pid, "identity": identity_of(lost.pid), "stop_signal": 15}
        write_record(home, {**entry, "whole_group": False})
        told: list[str] = []
        with Supervisor(home, LIMITS, environment(home), told.append):
            assert lost.wait(PATIENCE) == -signal.SIGTERM
    assert told == ["Ended a lost that an earlier, killed stack had left running."]


def test_a_start_spares_a_stranger_with_a_recorded_number(home: Path) -> None:
    """A process number that was given to another program since is not touched."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True) as other:
        entry = {"name": "lost", "pid": other.pid, "identity": "another's", "stop_signal": 15}
        write_record(home, {**entry, "whole_group": False})
        with Supervisor(home, LIMITS, environment(home), print):
            assert other.poll() is None
        other.kill()


def write_record(home: Path, entry: dict[str, object]) -> None:
    """Write the record an earlier supervisor would have left."""
    with Supervisor(home, LIMITS, environment(home), print) as first:
        first.start(Program("short", [sys.executable, "-c", "import time; time.sleep(600)"], lambda: True))
        assert read_record(home)
    record_file(home).write_text(json.dumps([entry]))


def test_a_killed_child_is_restarted_with_a_growing_wait_while_the_rest_runs(home: Path) -> None:
    """Each restart waits twice as long, up to the cap; its worker goes with it, the other program stays."""
    told: list[str] = []
    deaths: list[tuple[str, int]] = []
    with Supervisor(home, LIMITS, environment(home), told.append) as supervisor:
        supervisor.deaths = lambda name, count: deaths.append((name, count))
        supervisor.start(server(home, "first"))
        supervisor.start(server(home, "second"))
        kept = pid_of(home, "first")
        worker = 0
        for _ in range(3):
            assert eventually(partial(has_another_worker, home, worker))
            killed, worker = pid_of(home, "second"), worker_of(home)
            os.kill(killed, signal.SIGKILL)
            assert eventually(partial(is_gone, worker))
            assert eventually(partial(has_another_pid, home, killed))
        assert pid_of(home, "first") == kept
    waits = [sentence.split(" again in ")[1] for sentence in told]
    assert waits == ["0.5 s.", "1 s.", "1 s."]
    assert told[0].startswith("The second stopped (signal 9)")
    assert deaths == [("second", 1), ("second", 2), ("second", 3)]


def is_gone(pid: int) -> bool:
    """Say whether the process has ended."""
    return identity_of(pid) is None


def worker_of(home: Path) -> int:
    """Return the process number of the second program's worker."""
    return int((home / "second").read_text())


def has_another_worker(home: Path, before: int) -> bool:
    """Say whether the second program, started again, has noted its worker."""
    return worker_of(home) != before


def has_another_pid(home: Path, before: int) -> bool:
    """Say whether the second program runs again."""
    return pid_of(home, "second") not in {0, before}


def pid_of(home: Path, name: str) -> int:
    """Return the recorded process number of a program, 0 when it has none."""
    return next((entry.pid for entry in read_record(home) if entry.name == name), 0)


def test_a_program_that_will_not_stop_is_ended_with_its_group(home: Path) -> None:
    """SIGTERM is ignored; SIGKILL follows after the limit."""
    stubborn = "import signal, time, pathlib, sys\nsignal.signal(15, signal.SIG_IGN)\n" + WRITE_AND_SLEEP
    limits = Limits(start_seconds=PATIENCE, stop_seconds=0.3, backoff_max_seconds=1)
    with Supervisor(home, limits, environment(home), print) as supervisor:
        supervisor.start(server(home, "stubborn", stubborn))
        pid = pid_of(home, "stubborn")
    assert alive([pid]) == []
    assert "stubborn did not stop in time and was ended" in (home / "logs" / "supervisor.log").read_text()


def test_a_second_stop_signal_waits_for_no_one(home: Path) -> None:
    """Pressing Ctrl-C twice ends a program that would have had half an hour."""
    stubborn = "import signal, time, pathlib, sys\nsignal.signal(15, signal.SIG_IGN)\n" + WRITE_AND_SLEEP
    limits = Limits(start_seconds=PATIENCE, stop_seconds=HALF_AN_HOUR, backoff_max_seconds=1)
    began = time.monotonic()
    with Supervisor(home, limits, environment(home), print) as supervisor:
        supervisor.start(server(home, "stubborn", stubborn))
        os.kill(os.getpid(), signal.SIGINT)
        assert eventually(lambda: supervisor.stopping)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        supervisor.wait()
    assert time.monotonic() - began < HALF_AN_HOUR


def test_a_program_that_ends_during_its_start_is_one_clear_failure(home: Path) -> None:
    """The sentence has the exit code, its last words and where its log is."""
    with (
        Supervisor(home, LIMITS, environment(home), print) as supervisor,
        pytest.raises(PermanentFailure) as caught,
    ):
        supervisor.start(server(home, "broken", "import sys; print('no such table'); sys.exit(3)"))
    assert caught.value.code == "start_failed"
    assert caught.value.reason == 'The broken stopped during its start (exit code 3). Its last words: "no such table".'
    assert str(home / "logs" / "broken.log") in caught.value.remedy


def test_programs_that_are_started_together_do_not_wait_for_each_other(home: Path) -> None:
    """The first is ready only when the second is; both are kept alive from then on."""
    second = server(home, "second")
    first = replace(server(home, "first"), ready=lambda: (home / "first").is_file() and second.ready())
    with Supervisor(home, LIMITS, environment(home), print) as supervisor:
        supervisor.start(first, second)
        killed = pid_of(home, "first")
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: pid_of(home, "first") not in {0, killed})


def test_where_one_of_two_fails_to_start_the_other_is_ended(home: Path) -> None:
    """The second was begun when the first failed; the start says which it was."""
    broken = server(home, "broken", "import sys; sys.exit(3)")
    with (
        pytest.raises(PermanentFailure, match="The broken stopped during its start"),
        Supervisor(home, LIMITS, environment(home), print) as supervisor,
    ):
        supervisor.start(broken, Program("other", [sys.executable, "-c", "import time; time.sleep(600)"], lambda: True))
    assert read_record(home) == []


def test_the_last_words_of_a_failed_start_are_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a process is often seen before its output has been read."""
    late, write = threading.Event(), LogFile.write
    monkeypatch.setattr(LogFile, "write", lambda log, data: (late.wait(PATIENCE), write(log, data)))
    threading.Timer(3 * READY_POLL_SECONDS, late.set).start()
    with (
        Supervisor(home, LIMITS, environment(home), print) as supervisor,
        pytest.raises(PermanentFailure, match="no such table"),
    ):
        supervisor.start(server(home, "broken", "import sys; print('no such table'); sys.exit(3)"))


def test_a_program_that_is_never_ready_fails_at_the_limit(home: Path) -> None:
    """Starting never waits for ever."""
    limits = Limits(start_seconds=0.3, stop_seconds=1, backoff_max_seconds=1)
    slow = Program("slow", [sys.executable, "-c", "import time; time.sleep(600)"], lambda: False)
    with Supervisor(home, limits, environment(home), print) as supervisor, pytest.raises(PermanentFailure) as caught:
        supervisor.start(slow)
    assert caught.value.reason.startswith("The slow was not ready after 0.3 s")


def test_a_program_that_does_not_exist_is_one_clear_failure(home: Path) -> None:
    """No traceback of the operating system's."""
    with (
        Supervisor(home, LIMITS, environment(home), print) as supervisor,
        pytest.raises(PermanentFailure) as caught,
    ):
        supervisor.start(Program("absent", [str(home / "nothing")], lambda: True))
    assert caught.value.reason == "The absent could not be started: No such file or directory."


def test_a_stop_during_the_start_ends_the_start(home: Path) -> None:
    """Ctrl-C is not kept waiting by a program that is not ready yet."""
    slow = Program("slow", [sys.executable, "-c", "import time; time.sleep(600)"], lambda: False)
    with Supervisor(home, LIMITS, environment(home), print) as supervisor:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(Stopped):
            supervisor.start(slow)


def test_output_goes_to_a_log_of_its_own_readable_by_the_owner_only(home: Path) -> None:
    """The directory is private, so every log in it is."""
    with Supervisor(home, LIMITS, environment(home), print) as supervisor:
        supervisor.start(server(home, "first"))
        assert eventually(lambda: (home / "logs" / "first.log").read_text() == "serving\n")
    assert (home / "logs").stat().st_mode & 0o077 == 0
