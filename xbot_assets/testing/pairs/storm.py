"""Five hundred alerts while their channel is away, their sender is killed, and the database is away, too.

All of it through a whole stack: the alerts are stored as the product stores them, the sender is the status service, the
channel and the address of the dead-man ping are web servers on loopback.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.failures import ProductError
from xbot_assets.store.alerts import alert
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.testing.pairs.stage import Stage
from xbot_assets.testing.pairs.trial import Writer
from xbot_assets.testing.patience import until
from xbot_assets.testing.proxy import CLEAR, Way
from xbot_assets.testing.sink import Sink

PING = "/ping"
PING_SECONDS = 5.0
"""The period of the dead-man ping: the settings' least."""
RETRY_SECONDS = 30.0
"""A refused alert is tried again after this at the latest; the default is minutes."""
DOWN = 1_000_000_000
"""Requests that a sink refuses which is down."""
WAITING = "select count(*)::int as notices from alert_outbox where sent_at is null"
STATES = "select text, status from posts where text = any(%(texts)s)"
MARK = "Storm number "


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, and how long: the channel is away from ``channel[0]`` for ``channel[1]`` seconds, and so on."""

    alerts: int = 500
    seconds: float = 480.0
    channel: tuple[float, float] = (60.0, 300.0)
    database: tuple[float, float] = (180.0, 120.0)
    sender_killed_at: float = 120.0


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of it: alerts that did not come, and that came twice; posts likewise; and what the ping did.

    Attributes:
        raised: how many alerts were stored.
        told: how many of them the channel took.
        lost: those that it did not.
        twice: those that it took more than once.
        posts: posts that the product took meanwhile.
        posts_lost: those of them that are not out.
        posts_twice: posts that are on X twice.
        pings_without_sender: pings while the sender was dead, after one period.
        seconds: from the end of the plan until everything was told.
    """

    raised: int
    told: int
    lost: int
    twice: int
    posts: int
    posts_lost: int
    posts_twice: int
    pings_without_sender: int
    seconds: float


def settings_for(channel: Sink, watcher: Sink) -> Mapping[str, str]:
    """Return the settings of a stack whose alerts and pings go to these."""
    return {
        "alert_urls": channel.channel(),
        "deadman_url": f"http://127.0.0.1:{watcher.port}{PING}",
        "deadman_seconds": f"{PING_SECONDS:g}",
        "alert_retry_seconds_max": f"{RETRY_SECONDS:g}",
    }


def storm(stage: Stage, channel: Sink, watcher: Sink, plan: Plan) -> Storm:
    """Let it happen; return what came of it when nothing waits any more."""
    until(lambda: PING in watcher.asked, "it is said that all is well")
    pings = pings_of_the_dead(stage, watcher)
    writer = Writer(stage.stack)
    acts = [
        (plan.channel[0], lambda: setattr(channel, "refusals", DOWN)),
        (sum(plan.channel), lambda: setattr(channel, "refusals", 0)),
        (plan.database[0], lambda: stage.ways["database"].become(Way(cut=True))),
        (sum(plan.database), lambda: stage.ways["database"].become(CLEAR)),
        (plan.sender_killed_at, lambda: os.kill(stage.pid_of("service"), signal.SIGKILL)),
    ]
    with writer.writing():
        timers = [threading.Timer(at, act) for at, act in acts]
        for timer in timers:
            timer.start()
        raise_all(stage, plan)
        for timer in timers:
            timer.join()
    ended = time.monotonic()
    until(lambda: _waiting(stage) == 0, "nothing waits for the channel")
    seconds = time.monotonic() - ended
    until(lambda: set(_states(stage, writer.taken).values()) == {"published"}, "every post is out")
    told = Counter(line for message in channel.taken for line in _numbers(message["message"]))
    on_x = Counter(post["text"] for post in stage.stack.ask_sandbox("ledger")["posts"])
    return Storm(
        raised=plan.alerts,
        told=len(told),
        lost=plan.alerts - len(told),
        twice=sum(times > 1 for times in told.values()),
        posts=len(writer.taken),
        posts_lost=sum(on_x[text] == 0 for text in writer.taken),
        posts_twice=sum(times > 1 for text, times in on_x.items() if text in set(writer.taken)),
        pings_without_sender=pings,
        seconds=seconds,
    )


def raise_all(stage: Stage, plan: Plan) -> None:
    """Store the alerts, evenly over the plan; one that the database did not take is stored as soon as it does."""
    pause, started = threading.Event(), time.monotonic()
    for number in range(plan.alerts):
        pause.wait(max(0.0, started + plan.seconds * number / plan.alerts - time.monotonic()))
        until(lambda: _is_raised(stage, number), "the database takes an alert")  # noqa: B023 - called before the next


def _is_raised(stage: Stage, number: int) -> bool:
    try:
        with open_database(stage.stack.settings()) as database:
            now = DatabaseClock(database).now()
            alert(database, PUBLISHING_HOLD, now=now, code=f"storm_{number}", reason=f"{MARK}{number}.", remedy="None.")
    except ProductError:
        return False
    return True


def pings_of_the_dead(stage: Stage, watcher: Sink) -> int:
    """Kill the sender while nobody starts it again; return how many pings came after one period, in three more."""
    supervisor = stage.stack.pid
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(stage.pid_of("service"), signal.SIGKILL)
        quiet = threading.Event()
        quiet.wait(PING_SECONDS)
        before = len(watcher.asked)
        quiet.wait(3 * PING_SECONDS)
        came = len(watcher.asked) - before
    finally:
        os.kill(supervisor, signal.SIGCONT)
    after = len(watcher.asked)
    until(lambda: len(watcher.asked) > after, "it is said again that all is well")
    return came


def _numbers(text: str) -> set[str]:
    return {word.split(".")[0] for word in text.split(MARK)[1:]}


def _waiting(stage: Stage) -> int:
    try:
        return int(stage.stack.ask_database(WAITING)[0]["notices"])
    except psycopg.Error:
        return -1


def _states(stage: Stage, texts: list[str]) -> dict[str, str]:
    return {row["text"]: row["status"] for row in stage.stack.ask_database(STATES, texts=texts)}
