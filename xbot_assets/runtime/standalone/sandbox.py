"""The sandbox alone, for a command that needs its language model and nothing else."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from xbot_assets.runtime.environment import plain_environment
from xbot_assets.runtime.machine.files import private_directory
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.readiness import answers
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.runtime.supervision.programs import Program

LIMITS = Limits(start_seconds=60, stop_seconds=10, backoff_max_seconds=1)
TOKEN_BYTES = 24


@contextmanager
def lone_sandbox() -> Iterator[str]:
    """Run a sandbox that nobody else knows, with data of its own that go with it; give its address for a block.

    Raises:
        PermanentFailure: ``start_failed``.
    """
    with TemporaryDirectory(prefix="xbot-sandbox-") as directory:
        place = private_directory(Path(directory) / "home")
        port = PortBook(place).port_for("sandbox")
        command = [sys.executable, "-P", "-m", "xbot_assets.sandbox", "--data", str(place), "--port", str(port)]
        token = {"XBOT_SANDBOX_TOKEN": secrets.token_urlsafe(TOKEN_BYTES)}
        ready = answers(f"http://127.0.0.1:{port}/_sandbox/health")
        program = Program("sandbox", command, ready, environment=token, secrets=None)
        silent = Reports(tell=lambda _sentence: None, deaths=lambda _name, _times: None)
        record = ProcessRecord(place)
        child = Child(program, LogFile(place / "logs" / "sandbox.log"), record, LIMITS, silent)
        try:
            child.start(plain_environment(os.environ), lambda: False)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.stop(lambda: False)
            record.close()
