"""Every part of a running stack is frozen: that is noticed, told, and mended."""

import os
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
import pytest

from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.patience import until
from xbot_assets_tests.security.shared_stack import SharedStack

pytestmark = pytest.mark.soak  # needs a whole stack

PARTS = {"postgres", "valkey", "sandbox", "browser", "service", "code", "web", "daemon"}


def test_every_frozen_part_is_ended_started_again_and_told(breaks_stack: SharedStack) -> None:
    """All of them at once: the database that keeps the alerts is among them."""
    stack = breaks_stack
    before = {entry.name: entry.pid for entry in read_record(stack.home) if entry.name in PARTS}
    assert set(before) == PARTS
    for pid in before.values():
        os.kill(pid, signal.SIGSTOP)
    until(lambda: _all_new(stack.home, before), "every part has been started again")
    told = "select key from alerts where key like 'process_frozen:%%'"
    wanted = {f"process_frozen:{name}" for name in PARTS}
    until(lambda: _keys(stack, told) == wanted, "each is told by an alert")


def _all_new(home: Path, before: dict[str, int]) -> bool:
    now = {entry.name: entry.pid for entry in read_record(home)}
    return all(now.get(name, pid) != pid and psutil.pid_exists(now[name]) for name, pid in before.items())


def _keys(stack: SharedStack, query: str) -> set[str]:
    try:
        return {str(row["key"]) for row in stack.ask_database(query)}
    except psycopg.Error:
        return set()
