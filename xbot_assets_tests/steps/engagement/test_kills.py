"""Workers that plan and publish replies are killed at random: no post is answered twice, none is lost in silence."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable

import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.checking import tell_answered_twice, unwanted_replies
from xbot_assets.steps.engagement.inbound import harvest_inbound
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import take_from_dead_worker
from xbot_assets.store.publishing.posts import queue_counts
from xbot_assets.testing.reply_kills import turn, work
from xbot_assets.x.operations import Publish
from xbot_assets_tests.steps.site import Site

KILLS, ASKERS = 100, 40
FIRST_SECONDS, LAST_SECONDS = 0.05, 2.5
"""A worker is killed at some moment between these after its start: before, during and after a click."""
TURNS_MAX = 400
OPEN = {"queued", "claimed", "armed", "unconfirmed"}


@pytest.mark.soak
def test_random_kills_never_make_two_replies(
    product: Product, loop_settings: Callable[..., Settings], site: Site
) -> None:
    """A hundred kills over forty questions; at the end the site's own ledger and the queue are asked."""
    site.begin_anew()
    own = product.x.run(Publish(text="A word to begin with."), lane=Lane.CRITICAL, deadline_seconds=60).post_id
    for number in range(ASKERS):
        text = f"Question {number}: how do you keep soil number {number} from drying out?"
        site.plant(f"asker_{number}", text, in_reply_to=own)
    many = {"replies_per_thread_max": 50, "replies_per_plan": 5, "replies_waiting_max": 20, "reply_plan_minutes": 1}
    pace = {"replies_per_hour_max": 60, "replies_per_day_max": 500, "inbound_answer_hours": 168}
    settings = loop_settings(**many, **pace)
    harvest_inbound(product)
    rng, ended = random.Random(11), set[str]()  # noqa: S311 - when to kill
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["xbot_assets.testing.reply_kills"])
    for number in range(KILLS):
        name = f"killed-{number}"
        process = context.Process(target=work, args=(settings, name))
        process.start()
        process.join(rng.uniform(FIRST_SECONDS, LAST_SECONDS))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        ended.add(name)
        take_from_dead_worker(product, ended.__contains__)
    with open_product(settings, worker="the last") as survivor:
        for _ in range(TURNS_MAX):
            turn(survivor)
            if OPEN.isdisjoint(queue_counts(survivor.database)):
                break
        answered = Counter(post["in_reply_to"] for post in site.ledger() if post["in_reply_to"])
        assert max(answered.values(), default=0) == 1
        assert (tell_answered_twice(survivor), unwanted_replies(survivor)) == (0, 0)
        assert len(answered) == queue_counts(survivor.database).get("published", 0)
