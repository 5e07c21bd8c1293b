"""Workers that plan and publish replies until they are killed: each a process of its own, forked from a warm one."""

import multiprocessing
import os
import random
import signal
from datetime import timedelta

from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.replies import plan_replies
from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, take_from_dead_worker
from xbot_assets.store.publishing.posts import queue_counts
from xbot_assets.store.publishing.queue import post_holder

LATER = timedelta(minutes=6)
"""How far the clocks move after each turn: more than the spacing of two posts."""
FIRST_SECONDS, LAST_SECONDS = 0.05, 2.5
"""A worker is killed at some moment between these after its start: before, during and after a click."""
TURNS_MAX = 400
OPEN = frozenset({"queued", "claimed", "armed", "unconfirmed"})
MANY_REPLIES = {
    "replies_per_thread_max": 50,
    "replies_per_plan": 5,
    "replies_waiting_max": 20,
    "reply_plan_minutes": 1,
    "replies_per_hour_max": 60,
    "replies_per_day_max": 500,
    "inbound_answer_hours": 168,
    "inbound_posts_max": 200,
}
"""Settings that let replies follow one another."""
ASKERS = 40


def question(number: int) -> str:
    """Return what an asker writes: each something else."""
    return f"Question {number}: how do you keep soil number {number} from drying out?"


def work(settings: Settings, name: str) -> None:
    """Plan and publish for ever. The body of the forked process."""
    with open_product(settings, worker=name) as product:
        while True:
            turn(product)


def turn(product: Product) -> None:
    """Do what the schedules would do, one after another; what fails is tried again by the next turn."""
    for step in (plan_replies, publish_next):
        try:
            step(product)
        except ProductError:
            continue
    advance(product.settings, product.database, LATER)
    product.clock.refresh()


def kill_workers(settings: Settings, product: Product, kills: int, seed: int) -> int:
    """Start workers one after another and kill each at a random moment; return how many had a reply in hand then.

    Each has ended when the next one starts, so what it held is taken from it at once, as the sensor does.
    """
    rng, ended, in_hand = random.Random(seed), set[str](), 0  # noqa: S311 - when to kill
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for number in range(kills):
        name = f"killed-{number}"
        process = context.Process(target=work, args=(settings, name))
        process.start()
        process.join(rng.uniform(FIRST_SECONDS, LAST_SECONDS))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        ended.add(name)
        in_hand += post_holder(product.database) == name
        take_from_dead_worker(product, ended.__contains__)
    return in_hand


def finish(product: Product) -> bool:
    """Plan and publish until no post is under way; return whether that was reached."""
    for _ in range(TURNS_MAX):
        turn(product)
        if OPEN.isdisjoint(queue_counts(product.database)):
            return True
    return False
