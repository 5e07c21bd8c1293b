"""Reading files that somebody else may have put where we look: only regular ones, and never without an end.

Opening a named pipe waits for a writer, and a device may give bytes for ever; both are refused without waiting.
"""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO, cast

FILE_BYTES_MAX = 64 * 1024 * 1024
"""Far above any settings, persona, session or list of jobs; a larger file is not what it was named for."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; the caller closes it.

    Raises:
        OSError: it cannot be opened, or is none.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError as error:  # a NUL, or half of a surrogate pair
        raise OSError(errno.EINVAL, "the name is none that a file can have", repr(str(path))) from error
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is a pipe or a device, not a regular file", str(path))


def read_regular(path: Path, bytes_max: int = FILE_BYTES_MAX) -> bytes:
    """Return what a regular file holds.

    Raises:
        OSError: it cannot be read, is none, or holds more than ``bytes_max``.
    """
    with open_regular(path) as stream:
        content = cast("bytes | None", stream.read(bytes_max + 1))
    if content is None:  # a kernel's log calls itself a regular file, and has nothing to say just now
        raise OSError(errno.EAGAIN, "it has nothing to read now", str(path))
    if len(content) > bytes_max:
        raise OSError(errno.EFBIG, f"it holds more than {bytes_max:,} bytes", str(path))
    return content


def read_regular_text(path: Path) -> str:
    """Return the UTF-8 text of a regular file, with line ends as they are read from any text file.

    Raises:
        OSError: as :func:`read_regular`.
        UnicodeDecodeError: it is not UTF-8.
    """
    return read_regular(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path) -> Any:  # noqa: ANN401 - a document of any shape
    """Return the JSON document of a regular file.

    Raises:
        OSError: as :func:`read_regular`.
        ValueError: it holds none, or one nested so deeply that nobody wrote it on purpose.
    """
    try:
        return json.loads(read_regular(path))
    except RecursionError as error:
        msg = "It is nested too deeply."
        raise ValueError(msg) from error
