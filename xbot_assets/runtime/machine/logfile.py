"""One program's log file, turned over by size."""

import threading
from pathlib import Path

LOG_BYTES_MAX = 10 * 1024 * 1024
"""A log is turned over at this size; with one kept copy a program uses at most twice as much disk."""
TAIL_BYTES = 4096
"""How far back the last line is looked for."""


class LogFile:
    """Appends bytes to ``path``, moving it to ``path.1`` when it grows past ``bytes_max``."""

    def __init__(self, path: Path, *, bytes_max: int = LOG_BYTES_MAX) -> None:
        self.path = path
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, data: bytes) -> None:
        """Append ``data``. A full disk loses the lines, never the program that wrote them."""
        with self._lock:
            try:
                self._turn_over()
                with self.path.open("ab") as stream:
                    stream.write(data)
            except OSError:
                return

    def last_line(self) -> str:
        """Return the last line that is not empty, or an empty string."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(max(0, self.path.stat().st_size - TAIL_BYTES))
                lines = stream.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _turn_over(self) -> None:
        if self.path.is_file() and self.path.stat().st_size > self._bytes_max:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
