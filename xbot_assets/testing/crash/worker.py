"""Publishing in processes that may be killed: one cycle each, forked from a warm parent, failpoints at each statement.

``python -m xbot_assets.testing.crash.worker ours|plain``. The parent begins a cycle when the last one has ended:
whoever held a post before is then known to be dead.
"""

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

from xbot_assets.browser.client import BrowserClient
from xbot_assets.browser.wire import OperationAnswer, OperationCall
from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import load_settings
from xbot_assets.steps.product import open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait, take_from_dead_worker
from xbot_assets.store.engine.database import Database, Transaction
from xbot_assets.store.engine.statements import Statement
from xbot_assets.testing.crash.points import CYCLE, announce

PAUSE_SECONDS = 0.25
"""Between two cycles; a sensor ticks less often."""
_log = logging.getLogger("crash_worker")
_times: Counter[str] = Counter()


def _tell(moment: str, step: str) -> None:
    name = f"{moment} {step}"
    _times[name] += 1
    announce("worker", f"{name} #{_times[name]}")


def _wrap_statements(kind: type[Any], method: str) -> None:
    run = getattr(kind, method)

    @wraps(run)
    def stepped(self: object, statement: Statement, params: Mapping[str, Any], *rest: object) -> object:
        _tell("before", statement.name)
        answer = run(self, statement, params, *rest)
        _tell("after", statement.name)
        return answer

    setattr(kind, method, stepped)


def _wrap_commits() -> None:
    transaction = Database.transaction

    @contextmanager
    def stepped(self: Database) -> Iterator[Transaction]:
        with transaction(self) as under_way:
            yield under_way
            _tell("before", "commit")
        _tell("after", "commit")

    Database.transaction = stepped  # type: ignore[method-assign]


def _wrap_browser(*, each_anew: bool) -> None:
    """Wrap the call of the host; a worker that lives for many posts counts each post's steps anew."""
    call = BrowserClient.call

    def stepped(self: BrowserClient, asked: OperationCall) -> OperationAnswer:
        if each_anew:
            _times.clear()
        _tell("before", f"browser {asked.operation.kind}")
        answer = call(self, asked)
        _tell("after", f"browser {asked.operation.kind}")
        return answer

    BrowserClient.call = stepped  # type: ignore[assignment, method-assign]


def _cycle() -> int:
    """Do what the product's sensor and its run do: take from the dead, see whether there is something to do, do it."""
    name = f"worker-{os.getpid()}-{time.monotonic_ns()}"  # numbers of processes come again
    try:
        with open_product(load_settings(), worker=name) as product:
            take_from_dead_worker(product, lambda holder: holder != name)
            if publish_wait(product) is None:
                publish_next(product)
    except ProductError as failure:
        _log.warning("%s: %s", failure.code, failure.reason)
        return 1
    return 0


def _forked(cycle: Callable[[], int]) -> None:
    """Run one cycle in a process of its own, until it ends or is killed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = cycle()
        except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
            _log.exception("A cycle broke.")
        finally:
            os._exit(code)
    os.waitpid(pid, 0)


def _chosen(kind: str) -> Callable[[], int]:
    _wrap_browser(each_anew=kind == "plain")
    if kind == "plain":
        from xbot_assets.testing.crash.baseline import work  # noqa: PLC0415 - its package is installed for this run only

        return work
    _wrap_statements(Database, "_run_once")
    _wrap_statements(Transaction, "_run")
    _wrap_commits()
    return _cycle


def main() -> None:
    """Run cycles until stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(message)s")
    cycle = _chosen(sys.argv[1])
    while True:
        announce("worker", CYCLE)
        _forked(cycle)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
