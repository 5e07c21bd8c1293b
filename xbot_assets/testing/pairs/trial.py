"""One pair of faults under load, and what became of what was promised."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import psycopg

from xbot_assets.domain.failures import ProductError
from xbot_assets.testing.load.stack import LoadStack
from xbot_assets.testing.load.work import Launcher
from xbot_assets.testing.pairs.faults import NEEDED, fault
from xbot_assets.testing.pairs.stage import Stage
from xbot_assets.testing.patience import PATIENCE, until

WRITE_SECONDS = 4.0
"""Between two posts that are put into the queue, more than a run takes for one."""
TRIES = 4
"""A lasting fault lasts so many tries to write; a hung database lets the first of them wait."""
LAST_ALERT = "select coalesce(max(id), 0) as last from alerts"
RAISED = """
select key, count(*)::int as times, bool_and(resolved_at is not null) as over
from alerts where id > %(last)s group by key order by key
"""
OUT = "select count(*)::int as posts from posts where status = 'published'"
STATES = "select text, status from posts where text = any(%(texts)s)"
LOAD_POST = "Load post "
MODEL = " model"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one pair.

    Attributes:
        names: the faults.
        posts: how many posts the product took while it went on.
        refused: how many it refused.
        ready_seconds: from the end of the faults until the stack said that it is ready.
        post_seconds: from there until the next post was out.
        lost: posts that were taken and are not out.
        doubled: posts that are on X more than once.
        again: alerts that were raised more than once.
        alerts: all that were raised; each is over.
    """

    names: tuple[str, ...]
    posts: int
    refused: int
    ready_seconds: float
    post_seconds: float
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    again: tuple[str, ...]
    alerts: tuple[str, ...]


class Writer:
    """Queues posts for as long as it is told to, and counts."""

    def __init__(self, stack: LoadStack) -> None:
        self._launcher = Launcher(stack)
        self._stop = threading.Event()
        self.tries = 0
        self.refused = 0

    @property
    def taken(self) -> list[str]:
        """The posts that the product said it took."""
        return list(self._launcher.texts)

    def plan(self) -> None:
        """Have the language model asked, as it is when posts are planned."""
        self._launcher.launch("plan", "ui")

    def write(self) -> None:
        """Queue one after the other until told to stop."""
        while not self._stop.wait(WRITE_SECONDS):
            try:
                self._launcher.queue_post()
            except ProductError:
                self.refused += 1
            self.tries += 1

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write in a thread until the block ends."""
        thread = threading.Thread(target=self.write, name="writer", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(PATIENCE)


def is_ready(stack: LoadStack) -> bool:
    """Say whether the service answers that everything needed is there."""
    try:
        answer = httpx.get(f"{stack.settings().service_url}/health/ready", timeout=PATIENCE, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == HTTPStatus.OK


def trial(stage: Stage, names: tuple[str, ...]) -> Trial:
    """Let the faults happen at once while posts are written; return what came of it when all is well again.

    Raises:
        AssertionError: something that was waited for did not come.
    """
    stack, faults = stage.stack, [fault(stage, name) for name in names]
    until(lambda: is_ready(stack), "the stack is ready")
    last = stack.ask_database(LAST_ALERT)[0]["last"]
    writer = Writer(stack)
    with writer.writing():
        until(lambda: writer.tries > 0, "posts are written")
        pids = {name: stage.pid_of(name.split()[1]) for name in names}
        if any(name.endswith(MODEL) for name in names):
            writer.plan()
        for one in faults:
            one.begin()
        if NEEDED & set(names):
            until(lambda: not is_ready(stack), "the stack says that it is not ready")
        if any(one.lasts for one in faults):
            wanted = writer.tries + TRIES
            until(lambda: writer.tries >= wanted or _holds(names), "posts were tried to be written meanwhile")
        for one in faults:
            one.end()
        ended = time.monotonic()
        until(lambda: _replaced(stage, pids), "what was killed or stopped has another process")
        until(lambda: is_ready(stack), "the stack is ready again")
        ready = time.monotonic()
        before = until(lambda: _published(stack), "the database answers")
        until(lambda: _published(stack) > before, "a post is out")
        posted = time.monotonic()
    return _judged(stack, writer, names, last, (ready - ended, posted - ready))


def _holds(names: tuple[str, ...]) -> bool:
    """Whether a write waits for as long as the fault lasts, so that no try ends before it."""
    return "hung database" in names


def _replaced(stage: Stage, pids: dict[str, int]) -> bool:
    ours = {name: pid for name, pid in pids.items() if pid}
    return all(stage.pid_of(name.split()[1]) not in {0, pid} for name, pid in ours.items())


def _published(stack: LoadStack) -> int:
    """Return how many posts are out, 0 while the database does not say."""
    try:
        return int(stack.ask_database(OUT)[0]["posts"])
    except psycopg.Error:
        return 0


def _judged(stack: LoadStack, writer: Writer, names: tuple[str, ...], last: int, seconds: tuple[float, float]) -> Trial:
    taken = writer.taken

    def states() -> dict[str, str]:
        return {row["text"]: row["status"] for row in stack.ask_database(STATES, texts=taken)}

    until(lambda: set(states().values()) <= {"published", "failed", "held"}, "every post is out")
    until(lambda: all(row["over"] for row in stack.ask_database(RAISED, last=last)), "every alert is over")
    raised = stack.ask_database(RAISED, last=last)
    on_x = Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])
    known = states()
    return Trial(
        names=names,
        posts=len(taken),
        refused=writer.refused,
        ready_seconds=seconds[0],
        post_seconds=seconds[1],
        lost=tuple(text for text in taken if known.get(text) != "published" or on_x[text] == 0),
        doubled=tuple(text for text, times in on_x.items() if text.startswith(LOAD_POST) and times > 1),
        again=tuple(row["key"] for row in raised if row["times"] > 1),
        alerts=tuple(row["key"] for row in raised),
    )
