"""The parts of one simulated week are opened, the week is run, and what came of it is told."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.recorded_x import RecordedX, open_backend
from xbot_assets.testing.crash.stack import HANDLE, TOKEN, CrashStack, Parts, crash_stack
from xbot_assets.testing.reading_week.judging import judged
from xbot_assets.testing.reading_week.run import ReadingWeek
from xbot_assets.testing.reading_week.way import BrowserWay, GraphWay
from xbot_assets.testing.weeks.time import WeekClock

BEGINS = datetime.fromisoformat("2026-11-02T00:00:00+00:00")
PROFILE = {
    "redis_url": "off",
    "harvest": "all",
    # As on a real target: only who engaged is answered, and the account carries X's label.
    "replies_engaged_only": "true",
    "automated_label_required": "true",
}
"""What is not as shipped."""
SWITCHES = {"company": "crowded"}
HOST = "xbot_assets.browser.host.server"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which week: how a profile's posts are listed, how long it is, and whether a browser is used."""

    tabs: str
    length: timedelta
    browser: bool = False


@contextmanager
def opened(asked: Asked) -> Iterator[tuple[CrashStack, ReadingWeek]]:
    """Open the parts of a week that has not begun."""
    parts = Parts(PROFILE, "xbot_assets.sandbox", HOST, BEGINS, {**SWITCHES, "tabs": asked.tabs})
    with ExitStack() as running:
        stack = running.enter_context(crash_stack(parts))
        bare = running.enter_context(open_product(stack.settings, worker="week"))
        url = stack.settings.database_url.get_secret_value() if stack.settings.database_url else ""
        way = running.enter_context(closing(_way(stack, bare, asked)))
        connection = running.enter_context(psycopg.connect(url, autocommit=True, options="-c search_path=xbot"))
        product = replace(bare, x=RecordedX(way, bare.database, run_id="week"))
        begins = product.clock.now()
        clock = WeekClock(product, url, begins)
        yield stack, ReadingWeek(product, way, clock, connection, begins, begins + asked.length)


def _way(stack: CrashStack, product: Product, asked: Asked) -> GraphWay | BrowserWay:
    if asked.browser:
        return BrowserWay(open_backend(stack.settings), product.clock.now)
    return GraphWay.logged_in(str(stack.settings.target_url), TOKEN, HANDLE, asked.tabs, product.clock.now)


def reading_week(asked: Asked) -> tuple[dict[str, Any], ReadingWeek]:
    """Run one week; return what came of it, and the run for who draws it."""
    with opened(asked) as (stack, run):
        began = time.monotonic()
        run.work()
        document = judged(stack, run)
        document["seconds"] = round(time.monotonic() - began)
    return document, run
