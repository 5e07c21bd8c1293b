"""A small process that outlives the supervisor for a moment: when the supervisor is killed, it ends the rest.

It waits for the end of a pipe whose other end only the supervisor holds. The kernel closes that end however the
supervisor dies, on every system, and whole process trees are ended in order (``PR_SET_PDEATHSIG`` reaches direct
children only, and only on Linux).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.endpoints import PARTS_FILE
from xbot_assets.runtime.machine.lock import CLEANER, StackLock
from xbot_assets.runtime.supervision.orphans import sweep

ALL_WELL = b"."
"""Written by a supervisor that has stopped everything itself."""


class Guardian:
    """The supervisor's hold on its guardian process."""

    def __init__(self, home: Path, stop_seconds: float, environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "xbot_assets.runtime.supervision.guardian", str(home), str(stop_seconds)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Tell the guardian that nothing is left to do, and wait until it is gone."""
        self._process.communicate(ALL_WELL)


def main(home: Path, stop_seconds: float) -> None:
    """Wait until the supervisor is done or dead; in the second case end what it left.

    A new stack that started in the meantime holds the lock, and has swept by itself.
    """
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    if os.read(sys.stdin.fileno(), len(ALL_WELL)) == ALL_WELL:
        return
    try:
        with StackLock(home, CLEANER):
            sweep(home, stop_seconds)
            (home / PARTS_FILE).unlink(missing_ok=True)
    except PermanentFailure:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
