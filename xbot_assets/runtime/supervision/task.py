"""One program that runs to its end under the supervisor."""

import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xbot_assets.masking import mask_bytes
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.processes import MARK, Tree, end_tree
from xbot_assets.runtime.supervision.orphans import ProcessRecord

POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit code, standard output, last line of standard error, and log."""

    code: int
    output: str
    last_words: str
    log: Path


@dataclass(frozen=True, slots=True)
class Task:
    """A program to run once. ``on_line`` gets each line of its standard error."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: LogFile
    on_line: Callable[[str], None] | None = None

    def run(self, record: ProcessRecord, given_up: Callable[[], bool], stop_seconds: float) -> Finished:
        """Run it to its end, or end it when ``given_up`` says so."""
        with subprocess.Popen(  # noqa: S603 - the commands are ours
            list(self.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(self.environment),
            start_new_session=True,
        ) as process:
            record.add(self.name, process.pid, stop_signal=signal.SIGTERM, whole_group=True)
            output: list[bytes] = []
            readers = [
                threading.Thread(target=_gather, args=(process.stdout, output.append), daemon=True),
                threading.Thread(target=_gather, args=(process.stderr, self._take), daemon=True),
            ]
            for reader in readers:
                reader.start()
            self._wait(process, given_up, stop_seconds)
            for reader in readers:
                reader.join()
        record.remove(self.name)
        said = b"".join(output).decode(errors="replace")
        return Finished(process.returncode, said, self.log.last_words() or "it said nothing", self.log.path)

    def _wait(self, process: subprocess.Popen[bytes], given_up: Callable[[], bool], stop_seconds: float) -> None:
        while True:
            try:
                process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if given_up():
                    end_tree(
                        Tree(process.pid, self.environment.get(MARK)), signal.SIGTERM, stop_seconds, whole_group=True
                    )
            else:
                return

    def _take(self, line: bytes) -> None:
        line = mask_bytes(line)
        self.log.write(line)
        if self.on_line is not None:
            self.on_line(line.decode(errors="replace").rstrip("\n"))


def _gather(stream: IO[bytes] | None, take: Callable[[bytes], None]) -> None:
    for line in stream or ():
        take(line)
