"""Processes that are asked about themselves, and may end meanwhile."""

import contextlib
from collections.abc import Callable, Iterable
from typing import TypeVar

import psutil  # type: ignore[import-untyped]  # ships no types

AnswerT = TypeVar("AnswerT")


def asked(
    processes: Iterable[psutil.Process], question: Callable[[psutil.Process], AnswerT]
) -> dict[psutil.Process, AnswerT]:
    """Return each process's answer; one that ends before it has answered is left out."""
    answers = {}
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            answers[process] = question(process)
    return answers


def is_alive(process: psutil.Process) -> bool:
    """Say whether it is there, not another of its number, and not a zombie. Raises ``psutil.NoSuchProcess``."""
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def living(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return those that live."""
    return [process for process, alive in asked(processes, is_alive).items() if alive]
