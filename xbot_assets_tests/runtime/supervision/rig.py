"""A supervisor in a process of its own, with small real programs, for the supervisor's tests.

Run as ``python -m xbot_assets_tests.runtime.supervision.rig HOME``: starts two programs, prints ``up``, waits for a
stop signal.
"""

import contextlib
import os
import sys
from pathlib import Path

from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.runtime.machine.lock import StackLock
from xbot_assets.runtime.supervision.child import Limits
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.supervisor import Stopped, Supervisor
from xbot_assets.testing.patience import PATIENCE

SERVE = """
import pathlib, signal, subprocess, sys, time
mark, order = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
def stop(*_):
    with order.open("a") as stream:
        stream.write(mark.name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("serving", flush=True)
new = mark.with_suffix(".new")
new.write_text(str(worker.pid))
new.replace(mark)
while True:
    time.sleep(0.05)
"""
"""A server that starts a worker in another session (as Playwright starts Chromium) and notes when it is stopped."""

LIMITS = Limits(start_seconds=PATIENCE, stop_seconds=PATIENCE, backoff_max_seconds=1)


def server(home: Path, name: str, code: str = SERVE) -> Program:
    """Return a program that is ready when it has written its mark."""
    mark = home / name
    return Program(name, [sys.executable, "-c", code, str(mark), str(home / "order")], mark.is_file)


def environment(home: Path) -> dict[str, str]:
    """Return what the programs get."""
    return {**os.environ, "XBOT_HOME": str(home), "PYTHONPATH": str(PACKAGE_ROOT)}


def main(home: Path) -> None:
    """Run two programs until stopped."""
    with (
        StackLock(home, "up"),
        Supervisor(home, LIMITS, environment(home), print) as supervisor,
        contextlib.suppress(Stopped),
    ):
        for name in ("first", "second"):
            supervisor.start(server(home, name))
        print("up", flush=True)  # noqa: T201 - the test waits for it
        supervisor.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
