"""A short simulated week around a change of clocks; ``benchmarks/week.py`` runs the long one."""

from datetime import timedelta

import pytest

from xbot_assets.testing.weeks.calendar import CHANGES, Trouble, calendar
from xbot_assets.testing.weeks.week import week

DAYS, SEED = 2, 7


def overlap(one: Trouble, other: Trouble) -> bool:
    """Say whether both are there at once."""
    return one.begins < other.ends and other.begins < one.ends


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("days", [2, 3, 7])
def test_every_calendar_holds_the_change_and_each_trouble_once(change: str, days: int) -> None:
    """Twelve hours without service, three limits that X sets, and an hour more or less on the clock."""
    plan = calendar(days, CHANGES[change], SEED)
    assert (plan.ends - plan.begins) - timedelta(days=days) == timedelta(hours=1 if change == "autumn" else -1)
    assert sorted(trouble.name for trouble in plan.troubles) == ["226", "344", "429", "power cut", "site down"]
    outage = [trouble for trouble in plan.troubles if trouble.name in {"power cut", "site down"}]
    assert sum((trouble.ends - trouble.begins for trouble in outage), timedelta()) == timedelta(hours=12)
    assert not any(overlap(one, other) for one in plan.troubles for other in plan.troubles if one is not other)
    assert all(plan.begins <= event.at <= plan.ends for event in plan.events)


@pytest.mark.soak
@pytest.mark.parametrize("change", CHANGES)
def test_every_post_ends_published_refused_with_a_reason_or_with_a_person(change: str) -> None:
    """Two days of it with all the troubles, through real Chromium."""
    document = week(calendar(DAYS, CHANGES[change], SEED), SEED)
    broken = [words for words, kept in document["promises"].items() if not kept]
    assert not broken, document
