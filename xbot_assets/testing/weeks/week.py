"""One simulated week: the parts are opened, the calendar is run, and what came of it is told."""

import time
from collections import Counter
from typing import Any

from xbot_assets.domain.pace.hours import HOURS_A_DAY
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.steps.product import Product, open_product
from xbot_assets.testing.crash.stack import CrashStack, Parts, crash_stack
from xbot_assets.testing.weeks.baseline import plain_day
from xbot_assets.testing.weeks.calendar import PEAK_HOURS, ZONE, Calendar
from xbot_assets.testing.weeks.cycle import Sensor
from xbot_assets.testing.weeks.judging import (
    against_ledger,
    end_states,
    episodes,
    in_trouble,
    promises,
    punctuality,
    read,
    wall_clock,
)
from xbot_assets.testing.weeks.people import People
from xbot_assets.testing.weeks.run import Week
from xbot_assets.testing.weeks.time import LOOK_EVERY, WeekClock

PROFILE = {
    "timezone": ZONE,
    "quiet_hours": "23:00-07:00",
    "approval": "replies",
    # As shipped it probes once a minute: 360 page loads while the site is down for six hours.
    "breaker_reset_seconds": "1800",
    # As shipped it looks for an unconfirmed post every five minutes, down site or not.
    "recovery_minutes": "15",
    "redis_url": "off",
}
"""The owner's choices, and what is changed for speed; everything else is as shipped."""
NOT_IN_IT = "the start of a Dagster run's process, 1 to 6 s (benchmarks/critical_wait.py measures it)"
SEED = 20261101


def week(plan: Calendar, seed: int) -> dict[str, Any]:
    """Run one calendar, and the plain poster after it on the same parts."""
    parts = Parts(PROFILE, "xbot_assets.sandbox", "xbot_assets.browser.host.server", plan.begins)
    with crash_stack(parts) as stack, open_product(stack.settings, worker="week") as product:
        began = time.monotonic()
        run = _opened(stack, product, plan, seed)
        run.work()
        document = _told(run)
        document["seconds"] = round(time.monotonic() - began)
        document["plain"] = plain_day(stack, product, run.clock)
    return document


def _opened(stack: CrashStack, product: Product, plan: Calendar, seed: int) -> Week:
    url = stack.settings.database_url.get_secret_value() if stack.settings.database_url else ""
    _learned_hours(product)
    phase = plan.begins + LOOK_EVERY * ((seed % 1000) / 1000)
    clock = WeekClock(product, url, phase)
    return Week(stack, product, plan, People(product, seed), clock, Sensor(product, stack.own))


def _learned_hours(product: Product) -> None:
    """Give the hours the weights that an account learns whose readers are there by day."""
    settings = product.settings
    weights = [
        settings.hour_weight_max if hour in PEAK_HOURS else settings.hour_weight_min for hour in range(HOURS_A_DAY)
    ]
    product.database.execute("store_hour_weights", kind=PaceKind.POST, weights=weights)


def _told(run: Week) -> dict[str, Any]:
    rows, settings = read(run.clock.url), run.product.settings
    waited = dict.fromkeys(run.people.waited, "approved after its slot")
    held_back = {**in_trouble(run.slots, run.plan.troubles), **run.held_back, **waited}
    document: dict[str, Any] = {
        "end": end_states(rows, settings),
        "refused_before_the_queue": dict(run.people.refused),
        "refused_by_gate": {row["gate"]: row["times"] for row in rows["gates"]},
        "decisions": dict(run.people.decisions),
        "resumed": [at.isoformat() for at in run.people.resumed],
        "alerts": _plain(rows["alerts"]),
        "rates": _plain(rows["rates"]),
        "episodes": episodes(rows, run.plan.troubles),
        "clocks": wall_clock(rows, run.plan, settings),
        "ledger": against_ledger(run.stack, rows, run.plan.begins),
        "punctuality": punctuality(rows, run.slots, held_back),
        "runs": dict(Counter(answer.get("failure", "ok") for answer in run.sensor.runs)),
        "looks": run.looks,
        "runs_in_vain": run.vain,
        "not_in_the_delays": NOT_IN_IT,
    }
    return {"promises": promises(document, settings), **document}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with their times in words."""
    return [{name: str(value) if name.endswith("_at") else value for name, value in row.items()} for row in rows]
