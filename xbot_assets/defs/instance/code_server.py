"""Dagster's code server with run workers forked from a process that has everything imported already.

Dagster starts each run as a fresh interpreter, which imports Dagster and this package before it does anything: three to
five seconds of a core for a step that takes one. This process imports them once, forks a fork server, and that forks
each worker; it opens no connection and starts no thread, which is what makes forking safe. ``python -m
xbot_assets.defs.instance.code_server`` takes the arguments of ``dagster api grpc``.
"""

import contextlib
import gc
import multiprocessing
import sys
from importlib import import_module
from multiprocessing.context import BaseContext
from types import SimpleNamespace

from xbot_assets.defs.instance import forked_server
from xbot_assets.defs.instance.dagster_internals import RUN_WORKER_MODULES, cli, grpc_server

FROZEN = "xbot_assets.defs.instance.frozen_imports"
PRELOADED = ["xbot_assets.definitions", *RUN_WORKER_MODULES, "dagster_postgres", FROZEN]
"""What every run worker needs, and mostly this process too. The last one freezes what the others brought."""


def warm_context() -> BaseContext:
    """Return the context that run workers are started with, its fork server running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    gc.disable()  # nothing that is imported is garbage: to look for some is a sixth of the time of the imports
    with contextlib.suppress(Exception):  # the server imports its definitions again, and says what is wrong with them
        for module in PRELOADED:
            import_module(module)
    gc.enable()
    forked_server.ensure_running()
    return context


def fork_run_workers() -> None:
    """Let Dagster's server start its workers from the warm context instead of from nothing."""
    context = warm_context()
    setattr(grpc_server, "multiprocessing", SimpleNamespace(get_context=lambda _method: context))  # noqa: B010 - a module


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    fork_run_workers()
    cli(["api", "grpc", *arguments], prog_name="dagster", standalone_mode=True)


if __name__ == "__main__":
    main(sys.argv[1:])
