"""Who launches what: the four ways to start critical work, and the feeder that keeps high and low saturated."""

import itertools
import json
import math
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from xbot_assets.domain.posts.post import NewPost
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.testing.load.stack import LoadStack

WAY_TAG = "load/way"
"""Tagged on each run that the benchmark launches itself."""
NUMBER_TAG = "load/number"
"""Different on each, so that runs which wait for the same work are not collapsed into one."""
MIXED_LOAD = "mixed_load"
WAYS = ("sensor", "ui", "cli", "mixed")
SELECTOR = {"repositoryLocationName": "xbot_assets", "repositoryName": "__repository__"}
ASSET_JOB = "__ASSET_JOB"
BETWEEN_POSTS_SECONDS = 30.0
"""Posts go out one at a time, and the product keeps them minutes apart."""
QUEUED_RUNS = 3
"""Runs of high and of low that the feeder keeps in the queue, one more than is asked for."""
FEED_SECONDS = 1.0
MIXED_LOAD_EVERY_SECONDS = 40.0
LAUNCH = """
mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
BACKFILL = """
mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }
"""
QUEUED = """
select (select count(*) from runs where status = 'QUEUED' and pipeline_name = 'load_high_job') as high,
       (select count(*) from runs where status = 'QUEUED' and pipeline_name = 'load_low_job') as low
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One piece of critical work: when (seconds from the start), in which way, and whether it is a real post."""

    at: float
    way: str
    posts: bool


def arrivals(count: int, seconds: float, seed: int) -> list[Arrival]:
    """Draw the times evenly at random. An arrival is a post when the last one is long enough ago, else a check.

    The ways come in turn. Checks know no sensor: the product's own sensor starts posts only.
    """
    drawn = random.Random(seed)  # noqa: S311 - a benchmark's tape must be the same each time
    times = sorted(drawn.uniform(0.0, seconds) for _ in range(count))
    ways = {True: itertools.cycle(WAYS), False: itertools.cycle(WAYS[1:])}
    tape, last_post = list[Arrival](), -math.inf
    for at in times:
        posts = at - last_post >= BETWEEN_POSTS_SECONDS
        last_post = at if posts else last_post
        tape.append(Arrival(at, next(ways[posts]), posts))
    return tape


class Launcher:
    """Launches work as people and programs do."""

    def __init__(self, stack: LoadStack) -> None:
        self._stack = stack
        self._numbers = itertools.count()
        self._name = uuid.uuid4().hex[:6]
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="launch")
        self._under_way: list[Future[None]] = []
        self.texts: list[str] = []

    def start(self, arrival: Arrival) -> None:
        """Launch one arrival without waiting for it."""
        ways: dict[str, Callable[[Arrival], None]] = {"ui": self._by_ui, "cli": self._by_cli, "mixed": self._mixed}
        how = ways.get(arrival.way, self._by_sensor)
        self._under_way.append(self._pool.submit(how, arrival))

    def finish(self) -> list[str]:
        """Wait for every launch; return what went wrong."""
        self._pool.shutdown(wait=True)
        return [str(error) for future in self._under_way if (error := future.exception())]

    def queue_post(self) -> str:
        """Put a post that is due now into the product's queue, and return its text."""
        text = f"Load post {self._name}-{next(self._numbers)}: nothing here waits for anything else."
        with open_database(self._stack.settings()) as database:
            now = DatabaseClock(database).now()
            post = NewPost(text=text, topic="load", format="statement", source="manual", scheduled_at=now)
            enqueue_posts(database, [post], now)
        self.texts.append(text)
        return text

    def launch(self, job: str, way: str, assets: Sequence[str] = ()) -> None:
        """Launch a run as the UI does."""
        chosen = {"assetSelection": [{"path": [name]} for name in assets]} if assets else {}
        params = {
            "selector": {**SELECTOR, "jobName": job, **chosen},
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in self._tags(way).items()]},
        }
        _check(self._stack.ask_dagster(LAUNCH, params=params)["launchRun"], "LaunchRunSuccess")

    def _tags(self, way: str) -> dict[str, str]:
        return {WAY_TAG: way, NUMBER_TAG: f"{self._name}-{next(self._numbers)}"}

    def _by_sensor(self, _arrival: Arrival) -> None:
        self.queue_post()

    def _by_ui(self, arrival: Arrival) -> None:
        self.launch("publish" if arrival.posts else "load_critical_job", "ui")
        self._post_if(arrival)

    def _by_cli(self, arrival: Arrival) -> None:
        job = "publish" if arrival.posts else "load_critical_job"
        where = ["--workspace", str(self._stack.workspace), "--location", "xbot_assets"]
        self._stack.dagster("job", "launch", *where, "--job", job, "--tags", json.dumps(self._tags("cli")))
        self._post_if(arrival)

    def _mixed(self, arrival: Arrival) -> None:
        """A post in the UI's "materialize all" of three lanes; or a backfill of two lanes."""
        if arrival.posts:
            self.launch(ASSET_JOB, "mixed", ["published_posts", "load_high", "load_low"])
            self._post_if(arrival)
            return
        params = {
            "partitionNames": [f"p{next(self._numbers)}"],
            "assetSelection": [{"path": ["load_critical_part"]}, {"path": ["load_low_part"]}],
            "tags": [{"key": WAY_TAG, "value": "mixed"}],
        }
        _check(self._stack.ask_dagster(BACKFILL, params=params)["launchPartitionBackfill"], "LaunchBackfillSuccess")

    def _post_if(self, arrival: Arrival) -> None:
        """Queue the post only now: had it come first, the sensor might have published it."""
        if arrival.posts:
            self.queue_post()


def _check(answer: Mapping[str, Any], wanted: str) -> None:
    if answer["__typename"] != wanted:
        raise RuntimeError(f"Dagster refused: {answer}")


class Feeder:
    """Keeps runs of high and of low waiting, and launches some that mix both; samples how many wait."""

    def __init__(self, stack: LoadStack, launcher: Launcher) -> None:
        self._stack = stack
        self._launcher = launcher
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)
        self.samples: list[tuple[float, int, int]] = []
        """When (monotonic seconds), and how many runs of high and of low waited then."""
        self.loads: list[float] = []
        """The machine's load average: whatever else runs here delays every start of a process."""
        self.troubles: list[str] = []

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Launch nothing more."""
        self._stop.set()
        self._thread.join()

    def _feed(self) -> None:
        mixed_at = time.monotonic() + MIXED_LOAD_EVERY_SECONDS
        while not self._stop.wait(FEED_SECONDS):
            try:
                self._top_up()
                if time.monotonic() > mixed_at:
                    mixed_at += MIXED_LOAD_EVERY_SECONDS
                    self._launcher.launch("load_mixed_job", MIXED_LOAD)
            except Exception as error:  # noqa: BLE001 - parts of the stack are killed on purpose meanwhile
                self.troubles.append(f"{type(error).__name__}: {error}"[:200])

    def _top_up(self) -> None:
        waiting = self._stack.ask_database(QUEUED)[0]
        self.loads.append(os.getloadavg()[0])
        self.samples.append((time.monotonic(), waiting["high"], waiting["low"]))
        for lane in ("high", "low"):
            for _ in range(QUEUED_RUNS - waiting[lane]):
                self._launcher.launch(f"load_{lane}_job", "load")
