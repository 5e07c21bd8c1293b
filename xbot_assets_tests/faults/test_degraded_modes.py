"""Each part of a real stack is killed, and stopped by a signal: what was promised happens, and all is well again.

docs/degraded.md says what is promised. The model API, the disk and X itself have tests of their own.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus

import httpx
import psycopg
import pytest

from xbot_assets.domain.failures import ProductError
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.load.stack import LoadStack, load_stack
from xbot_assets.testing.load.work import Launcher
from xbot_assets.testing.patience import PATIENCE, until

pytestmark = pytest.mark.soak  # a whole stack of its own
PARTS = ("postgres", "valkey", "sandbox", "browser", "service", "code", "web", "daemon")
SEEN_BY_READY = {"sandbox", "browser", "web"}
"""Those whose silence is seen at once; the others are done without, or are noticed by what they no longer do.
PostgreSQL opens no connection while its first process stands still, but those that are open go on."""
SILENCE_SECONDS = "6"
STATUS = "select status from posts where text = %(text)s"
RAISED = "select count(*)::int as times from alerts where key = %(key)s"


@pytest.fixture(scope="module")
def stack() -> Iterator[LoadStack]:
    """One stack for all of it, in which a minute is a second."""
    with load_stack({"silence_max_seconds": SILENCE_SECONDS}) as load:
        yield load


@pytest.fixture(scope="module")
def launcher(stack: LoadStack) -> Launcher:
    """What queues the posts."""
    return Launcher(stack)


def pid_of(stack: LoadStack, part: str) -> int:
    """Return the number of a part's process, 0 while there is none."""
    return next((entry.pid for entry in read_record(stack.home) if entry.name == part), 0)


def is_ready(stack: LoadStack) -> bool:
    """Say whether the service answers that everything needed is there."""
    try:
        answer = httpx.get(f"{stack.settings().service_url}/health/ready", timeout=PATIENCE, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == HTTPStatus.OK


def is_out(stack: LoadStack, *texts: str) -> bool:
    """Say whether the product knows that these posts are on X."""
    try:
        return all(stack.ask_database(STATUS, text=text) == [{"status": "published"}] for text in texts)
    except psycopg.Error:
        return False


def queued(launcher: Launcher) -> str:
    """Queue a post as soon as the database takes it."""
    texts: list[str] = []

    def is_taken() -> bool:
        try:
            texts.append(launcher.queue_post())
        except ProductError:
            return False
        return True

    until(is_taken, "the database takes a post")
    return texts[0]


def all_is_well_again(stack: LoadStack, launcher: Launcher, part: str, before: int, text: str) -> None:
    """The part has another process, the stack is ready, and both posts are out, each once."""
    until(lambda: pid_of(stack, part) not in {0, before}, f"{part} was started again")
    until(lambda: is_ready(stack), "the stack is ready")
    later = queued(launcher)
    until(lambda: is_out(stack, text, later), "both posts are out")
    on_x = Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])
    assert (on_x[text], on_x[later]) == (1, 1)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_comes_back_and_no_post_is_lost_or_doubled(
    stack: LoadStack, launcher: Launcher, part: str
) -> None:
    """With one post on its way, and one after it."""
    text, before = queued(launcher), pid_of(stack, part)
    os.kill(before, signal.SIGKILL)
    all_is_well_again(stack, launcher, part, before, text)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_stands_still_is_seen_replaced_and_told_once(
    stack: LoadStack, launcher: Launcher, part: str
) -> None:
    """Ready is false meanwhile where the part is needed; one alert tells of it."""
    text, before = queued(launcher), pid_of(stack, part)
    os.kill(before, signal.SIGSTOP)
    if part in SEEN_BY_READY:
        until(lambda: not is_ready(stack), "the stack is not ready")
    all_is_well_again(stack, launcher, part, before, text)
    until(lambda: stack.ask_database(RAISED, key=f"process_frozen:{part}") == [{"times": 1}], "one alert tells of it")
