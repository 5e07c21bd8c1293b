"""Python's fork server, forked from a process that has imported everything, instead of started from nothing.

Both then share the memory of what was imported, and it is imported once. Forking is safe for as long as the process has
one thread; a fork server that is started later, because the first one died, is started in Python's own way.
"""

import os
import threading
from collections.abc import Sequence
from multiprocessing import forkserver, util

_FIRST_DESCRIPTOR = 3
"""After standard input, output and error."""
_DESCRIPTORS_MAX = 1 << 20


def ensure_running() -> None:
    """Have a fork server run, forked from this process where that is safe."""
    start = util.spawnv_passfds

    def fork_or_start(path: bytes, arguments: Sequence[str], descriptors: Sequence[int]) -> int:
        if "multiprocessing.forkserver" not in arguments[-1] or threading.active_count() > 1:
            return start(path, arguments, descriptors)
        return _fork(descriptors)

    setattr(util, "spawnv_passfds", fork_or_start)  # noqa: B010 - a module
    try:
        forkserver.ensure_running()
    finally:
        setattr(util, "spawnv_passfds", start)  # noqa: B010 - a module


def _fork(descriptors: Sequence[int]) -> int:
    """Fork; the child serves at the listener until the last writer of the second descriptor, a pipe, is gone."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        _close_all_but(descriptors)  # or it would be that last writer itself
        listener, alive = descriptors
        forkserver.main(listener, alive, [])
    except SystemExit:
        code = 0
    finally:
        os._exit(code)


def _close_all_but(descriptors: Sequence[int]) -> None:
    low = _FIRST_DESCRIPTOR
    for kept in sorted(descriptors):
        os.closerange(low, kept)
        low = kept + 1
    os.closerange(low, _DESCRIPTORS_MAX)
