"""Whether a number still means the same process: exact where it can be, with a stated margin where it cannot."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from xbot_assets.process_identity import (
    CLOCK_MARGIN_SECONDS,
    began_between,
    identity_of,
    own_identity,
    runs,
    still_runs,
)
from xbot_assets.testing.patience import until

HOUR = 3600.0


@contextmanager
def a_process() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that does nothing until its input ends."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def test_an_identity_stays_the_same_and_fits_into_a_file_name() -> None:
    """Asked for by itself or by another, now or later."""
    identity = identity_of(os.getpid())
    assert identity == own_identity()
    assert identity is not None
    assert identity.replace(".", "").isalnum()
    assert still_runs(os.getpid(), identity)


def test_the_same_number_with_the_identity_of_another_is_another_process() -> None:
    """Two processes that live at once never have the same identity and the same number."""
    with a_process() as other:
        theirs = identity_of(other.pid)
        assert theirs is not None
        assert still_runs(other.pid, theirs)
        assert not still_runs(os.getpid(), theirs)


def test_a_process_that_has_ended_has_no_identity_before_it_is_collected_and_after() -> None:
    """One that was killed but not waited for still has its number."""
    with a_process() as other:
        theirs = identity_of(other.pid) or ""
        other.kill()
        until(lambda: not still_runs(other.pid, theirs), "the process has ended")
        assert identity_of(other.pid) is None
        assert not began_between(other.pid, 0.0, time.time() + HOUR)
    assert identity_of(other.pid) is None


def test_the_handle_of_a_process_runs_until_it_has_ended_whether_or_not_it_was_collected() -> None:
    """Another process may have got its number meanwhile; the handle does not mean that one."""
    with a_process() as other:
        handle = psutil.Process(other.pid)
        assert runs(handle)
        other.kill()
        until(lambda: not runs(handle), "the process has ended")
        assert handle.status() == psutil.STATUS_ZOMBIE
    assert not runs(handle)


def test_a_clock_that_is_set_does_not_change_an_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is a time of day."""
    before = own_identity()
    monkeypatch.setattr(time, "time", lambda clock=time.time: clock() + HOUR)
    assert own_identity() == before


def test_a_time_of_day_is_compared_with_the_stated_margin() -> None:
    """A process that began before its number was noted may be the one; one that began long after is not."""
    before = time.time()
    with a_process() as process:
        after = time.time()
        assert began_between(process.pid, before, after)
        assert began_between(process.pid, 0.0, before)
        assert not began_between(process.pid, 0.0, before - CLOCK_MARGIN_SECONDS - HOUR)
        assert not began_between(process.pid, after + CLOCK_MARGIN_SECONDS + HOUR, after + 2 * HOUR)
