"""One look of the publishing sensor, and its run in a process of its own, forked from a warm one.

The run does what the asset does, step retries included; only Dagster is left out: its own process, its queue and its
records, which add 1 to 6 s to each post (``critical_wait.py`` measures them).
"""

import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from xbot_assets.defs.failures import PUBLISH_WAITS
from xbot_assets.domain.admission.refusal import Refusal
from xbot_assets.domain.failures import ProductError, worth_an_immediate_retry
from xbot_assets.settings import load_settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait, take_from_dead_worker

Answer = dict[str, Any]
POLL_SECONDS = 0.005
CATCH_SECONDS = 60.0
"""A cycle has its post in hand within this."""
DIED = "killed"


def run(own: Mapping[str, str], name: str, told: Connection) -> None:
    """Publish as the asset does; tell the failure's code, if any. The body of the forked process."""
    with open_product(load_settings(own), worker=name) as product:
        told.send(_published(product))


def _published(product: Product) -> Answer:
    """Try, and try again where the step would be retried."""
    for attempt in itertools.count():
        try:
            again = partial(worth_an_immediate_retry, attempt=attempt, waits=PUBLISH_WAITS)
            report = publish_next(product, retried_at_once=again)
        except ProductError as failure:
            if not worth_an_immediate_retry(failure, attempt, PUBLISH_WAITS):
                return {"failure": failure.code}
            time.sleep(max(PUBLISH_WAITS[attempt], failure.retry_after_seconds or 0.0))
        else:
            return {"published": report.x_post_id, "confirmed": len(report.confirmed)}
    raise AssertionError


@dataclass(slots=True)
class Sensor:
    """Looks, starts runs one at a time, and knows which of them have ended."""

    product: Product
    own: Mapping[str, str]
    runs: list[Answer] = field(default_factory=list)
    _ended: set[str] = field(default_factory=set)
    _context: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    def __post_init__(self) -> None:
        self._context.set_forkserver_preload(["xbot_assets.testing.weeks.run", "xbot_assets.testing.weeks.baseline"])

    def look(self) -> Refusal | None:
        """Say why there is nothing to publish, or ``None``."""
        take_from_dead_worker(self.product, self._ended.__contains__)
        return publish_wait(self.product)

    def cycle(self, meanwhile: Callable[[str, int], None] = lambda _name, _pid: None) -> Answer:
        """Run once, and return what came of it."""
        name = f"run-{len(self.runs)}"
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=run, args=(dict(self.own), name, theirs))
        process.start()
        theirs.close()
        try:
            meanwhile(name, process.pid)
            answer: Answer = ours.recv()
        except EOFError:
            answer = {"failure": DIED}
        finally:
            process.join()
            ours.close()
        self._ended.add(name)
        self.runs.append(answer)
        return answer

    def kill_with_post_in_hand(self, name: str, pid: int) -> None:
        """Wait until the run has armed its post, and kill it."""
        deadline = time.monotonic() + CATCH_SECONDS
        while time.monotonic() < deadline:
            row = self.product.database.fetch_one("post_holder")
            if row is not None and row["claimed_by"] == name:
                break
            time.sleep(POLL_SECONDS)
        os.kill(pid, signal.SIGKILL)
