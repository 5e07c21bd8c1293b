"""One program's log file, turned over by size."""

import os
import re
import threading
from pathlib import Path

from xbot_assets.runtime.machine.files import open_private, private_directory

LOG_BYTES_MAX = 10 * 1024 * 1024
"""A log is turned over at this size; with one kept copy a program uses at most twice as much disk."""
TAIL_BYTES = 4096
"""How far back the last words are looked for."""
_ORDERS = re.compile(
    rb"\x1b(?!\[[0-9;]{0,16}m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\r(?!\n)|\xc2[\x80-\x9f]"
    rb"|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c"
)
"""What steers the terminal that a log is read on: control characters but tab, line end and what sets a colour, which
Dagster's own lines have, and marks of direction, in UTF-8."""
_IN_THEIR_PLACE = "\N{REPLACEMENT CHARACTER}".encode()
_FATAL = re.compile(r"\b(?:FATAL|PANIC): ")
"""PostgreSQL's lines that say why it ends; more lines follow them."""


class LogFile:
    """Appends bytes to ``path``, moving it to ``path.1`` when it grows past ``bytes_max``."""

    def __init__(self, path: Path, *, bytes_max: int = LOG_BYTES_MAX) -> None:
        self.path = path
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._tail = b""
        private_directory(path.parent)

    def write(self, data: bytes) -> None:
        """Append ``data``, which may hold what strangers wrote, so that it steers no terminal.

        A full disk loses the lines, never the program that wrote them.
        """
        harmless = _ORDERS.sub(_IN_THEIR_PLACE, data)
        with self._lock:
            self._tail = (self._tail + harmless)[-TAIL_BYTES:]
            try:
                self._turn_over()
                with open_private(self.path, os.O_WRONLY | os.O_APPEND) as stream:
                    stream.write(harmless)
            except OSError:
                return

    def last_words(self) -> str:
        """Return why the program ended, as far as it said so: its last fatal line, else its last one, else nothing.

        Only what was written through this object counts: the file begins with earlier starts, and a full disk keeps
        nothing of it.
        """
        with self._lock:
            lines = [line.strip() for line in self._tail.decode(errors="replace").splitlines() if line.strip()]
        return next((line for line in reversed(lines) if _FATAL.search(line)), lines[-1] if lines else "")

    def _turn_over(self) -> None:
        if self.path.is_file() and self.path.stat().st_size > self._bytes_max:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
