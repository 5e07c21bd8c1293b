"""A month of the ledger as the owner looks at it: what the calls cost, which failed, when, and beside what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from xbot_assets.domain.budget.llm_failures import (
    CallGroup,
    Contrast,
    Tally,
    beside_jobs,
    contrasts,
    occasions,
    tallies,
    tally,
)
from xbot_assets.steps.product import Product
from xbot_assets.store.content import ledger as ledger_store
from xbot_assets.store.content.ledger import FailureCodeCount

REPORT_WINDOW = timedelta(days=30)
HOURS = range(24)


@dataclass(frozen=True, slots=True)
class FailureReport:
    """A month of calls.

    Attributes:
        total: all of them.
        by_purpose: what they were for.
        by_model: who was asked.
        by_hour: the hour of the owner's day, all 24.
        cost_by_day: purpose -> what each of ``days`` cost, in millionths of a US dollar.
        days: the owner's days of the window, oldest first.
        hours: each hour of the day, as two digits, against the others.
        jobs: occasions beside a job against those without it.
        codes: failed calls by code, most frequent first.
    """

    total: Tally
    by_purpose: dict[str, Tally]
    by_model: dict[str, Tally]
    by_hour: dict[int, Tally]
    cost_by_day: dict[str, list[int]]
    days: list[date]
    hours: tuple[Contrast, ...]
    jobs: tuple[Contrast, ...]
    codes: tuple[FailureCodeCount, ...]


def failure_report(product: Product) -> FailureReport:
    """Count the calls of the last month, in the owner's time zone."""
    now, zone = product.clock.now(), product.settings.zone
    since = now - REPORT_WINDOW
    groups = ledger_store.call_groups(product.database, since)
    first = since.astimezone(zone).date()
    days = [first + timedelta(days=day) for day in range((now.astimezone(zone).date() - first).days + 1)]
    seen = occasions(groups)
    return FailureReport(
        total=tally(groups),
        by_purpose=tallies(groups, lambda group: group.purpose),
        by_model=tallies(groups, lambda group: group.model),
        by_hour=_by_hour(groups, zone),
        cost_by_day=_cost_by_day(groups, days, zone),
        days=days,
        hours=contrasts(
            seen, [f"{hour:02}" for hour in HOURS], lambda one, hour: one.at.astimezone(zone).hour == int(hour)
        ),
        jobs=beside_jobs(seen),
        codes=tuple(ledger_store.failures_by_code(product.database, since)),
    )


def _by_hour(groups: Sequence[CallGroup], zone: ZoneInfo) -> dict[int, Tally]:
    by_hour = tallies(groups, lambda group: group.quarter.astimezone(zone).hour)
    return {hour: by_hour.get(hour, tally(())) for hour in HOURS}


def _cost_by_day(groups: Sequence[CallGroup], days: Sequence[date], zone: ZoneInfo) -> dict[str, list[int]]:
    by_day = tallies(groups, lambda group: (group.quarter.astimezone(zone).date(), group.purpose))
    purposes = sorted({purpose for _, purpose in by_day})
    return {
        purpose: [one.cost_microusd if (one := by_day.get((day, purpose))) else 0 for day in days]
        for purpose in purposes
    }
