"""The parts of one simulated week are opened, the week is run, and what came of it is told."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from xbot_assets.steps.product import open_product
from xbot_assets.steps.recorded_x import RecordedX
from xbot_assets.testing.crash.stack import HANDLE, TOKEN, CrashStack, Parts, crash_stack
from xbot_assets.testing.reading_week.judging import judged
from xbot_assets.testing.reading_week.run import ReadingWeek
from xbot_assets.testing.reading_week.way import GraphWay
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
SECONDS_OF = "docs: replay/catalogue.toml"


@contextmanager
def opened(tabs: str, days: float) -> Iterator[tuple[CrashStack, ReadingWeek]]:
    """Open the parts of a week that has not begun."""
    parts = Parts(PROFILE, "xbot_assets.sandbox", "xbot_assets.browser.host.server", BEGINS, {**SWITCHES, "tabs": tabs})
    with crash_stack(parts) as stack, open_product(stack.settings, worker="week") as bare:
        url = stack.settings.database_url.get_secret_value() if stack.settings.database_url else ""
        way = GraphWay.logged_in(str(stack.settings.target_url), TOKEN, HANDLE, tabs, bare.clock.now)
        with closing(way), psycopg.connect(url, autocommit=True, options="-c search_path=xbot") as connection:
            product = replace(bare, x=RecordedX(way, bare.database, run_id="week"))
            begins = product.clock.now()
            clock = WeekClock(product, url, begins)
            yield stack, ReadingWeek(product, way, clock, connection, begins, begins + timedelta(days=days))


SWITCHES = {"company": "lively"}


def reading_week(tabs: str, days: float) -> tuple[dict[str, Any], ReadingWeek]:
    """Run one week; return what came of it, and the run for who draws it."""
    with opened(tabs, days) as (stack, run):
        began = time.monotonic()
        run.work()
        document = judged(stack, run)
        document["seconds"] = round(time.monotonic() - began)
    return document, run
