"""The tier is a pure function of what is left: exact at every threshold, and never undefined."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.budget.shares import budget_terms
from xbot_assets.domain.budget.tiers import TierName, budget_tier
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.settings import Settings, SettingsError, load_settings

RULES = Settings().tier_rules
DOLLAR = 1_000_000
ORDER = list(TierName)
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("remaining", "tier", "model", "posts", "hours"),
    [
        (DOLLAR, "high", "gpt-4o", 2, 2),
        (800_001, "high", "gpt-4o", 2, 2),
        (800_000, "medium", "gpt-4o", 1, 2),
        (799_999, "medium", "gpt-4o", 1, 2),
        (500_001, "medium", "gpt-4o", 1, 2),
        (500_000, "medium", "gpt-4o", 1, 2),
        (499_999, "low", "gpt-4o-mini", 1, 4),
        (200_001, "low", "gpt-4o-mini", 1, 4),
        (200_000, "low", "gpt-4o-mini", 1, 4),
        (199_999, "critical", "gpt-4o-mini", 1, 6),
        (0, "critical", "gpt-4o-mini", 1, 6),
        (-5, "critical", "gpt-4o-mini", 1, 6),
    ],
)
def test_every_threshold_is_exact_to_the_micro_dollar(
    remaining: int, tier: str, model: str, posts: int, hours: int
) -> None:
    """The tiers: above 80 %, 50 to 80, 20 to 50, below 20; every 2, 2, 4 and 6 hours."""
    at_the_edge = budget_tier(remaining, DOLLAR, RULES)
    assert (at_the_edge.name, at_the_edge.model, at_the_edge.posts, at_the_edge.interval) == (
        tier,
        model,
        posts,
        timedelta(hours=hours),
    )
    assert tier in at_the_edge.why


def test_a_budget_of_nothing_still_has_a_tier() -> None:
    """And says that nothing is paid for."""
    tier = budget_tier(0, 0, RULES)
    assert tier.name is TierName.CRITICAL
    assert "no paid call" in tier.why


@given(st.integers(1, 10**10), st.integers(0, 10**10), st.integers(0, 10**10))
def test_less_money_never_means_a_better_tier(budget: int, one: int, other: int) -> None:
    """Nor more posts, nor more often."""
    rich, poor = (budget_tier(min(x, budget), budget, RULES) for x in (max(one, other), min(one, other)))
    assert ORDER.index(rich.name) <= ORDER.index(poor.name)
    assert rich.posts >= poor.posts
    assert rich.interval <= poor.interval


@given(st.integers(1, 10**10), st.data())
def test_the_tier_follows_the_exact_share(budget: int, data: st.DataObject) -> None:
    """Compared with whole numbers here too, the other way round."""
    remaining = data.draw(st.integers(0, budget))
    percent_times_budget = 100 * remaining
    expected = next(
        name
        for name, holds in (
            ("high", percent_times_budget > 80 * budget),
            ("medium", percent_times_budget >= 50 * budget),
            ("low", percent_times_budget >= 20 * budget),
            ("critical", True),
        )
        if holds
    )
    assert budget_tier(remaining, budget, RULES).name == expected


@pytest.mark.parametrize(("minutes", "posts"), [(90, 2), (91, 1)])
def test_plans_that_follow_each_other_closely_write_a_batch_at_any_tier(minutes: int, posts: int) -> None:
    """Two posts a plan when plans are at most 90 minutes apart."""
    rules = Settings(
        plan_interval_minutes=minutes, plan_interval_low_minutes=5, plan_interval_critical_minutes=5
    ).tier_rules
    for remaining in (700_000, 300_000, 100_000):
        tier = budget_tier(remaining, DOLLAR, rules)
        assert (tier.posts, tier.interval) == (posts, timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"XBOT_TIER_HIGH_PERCENT": "40"},
        {"XBOT_TIER_LOW_PERCENT": "50"},
        {"XBOT_TIER_MEDIUM_PERCENT": "80"},
        {"XBOT_PLAN_SHARE_PERCENT": "91"},
        {"XBOT_REPLY_SHARE_PERCENT": "31"},
        {"XBOT_TIMEZONE": "Mars/Olympus"},
        {"XBOT_TIMEZONE": "../../etc/passwd"},
    ],
    ids=str,
)
def test_overlapping_thresholds_shares_and_unknown_zones_are_refused_at_load(wrong: dict[str, str]) -> None:
    """With the name of the setting."""
    with pytest.raises(SettingsError) as caught:
        load_settings({**wrong, "XBOT_HOME": "/nonexistent"}, use_parts=False)
    assert "XBOT_" in caught.value.reason


def test_the_day_ends_where_the_owner_lives() -> None:
    """In UTC+13 the day is a day ahead; when clocks change it lasts 23 or 25 hours."""
    day = budget_day(datetime(2026, 1, 5, 12, tzinfo=UTC), ZoneInfo("Pacific/Auckland"))
    assert (str(day.date), day.starts) == ("2026-01-06", datetime(2026, 1, 5, 11, tzinfo=UTC))
    berlin = ZoneInfo("Europe/Berlin")
    lengths = [budget_day(datetime(2026, m, d, 12, tzinfo=UTC), berlin) for m, d in ((3, 29), (10, 25), (6, 1))]
    assert [(day.ends - day.starts) / timedelta(hours=1) for day in lengths] == [23, 25, 24]


@given(st.integers(0, 20 * 365 * 24 * 60), st.sampled_from(["UTC", "Africa/Cairo", "Asia/Beirut"]))
def test_every_moment_is_in_exactly_one_day(minutes: int, zone: str) -> None:
    """Also where midnight itself is skipped."""
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = budget_day(now, ZoneInfo(zone))
    assert day.starts <= now < day.ends
    assert budget_day(day.ends, ZoneInfo(zone)).starts == day.ends
    assert 0 <= day.share_ahead(DOLLAR, now) <= DOLLAR


def test_what_is_kept_for_a_purpose_shrinks_with_the_day_and_with_its_use() -> None:
    """At noon half of a share is kept; a purpose that used more than that half keeps only the rest."""
    day = budget_day(datetime(2026, 1, 5, 12, tzinfo=UTC), UTC_ZONE)
    (plan,) = budget_terms(day, DOLLAR, {"plan": 60, "reply": 0}, day.starts + timedelta(hours=12)).guarantees
    assert (plan.purpose, plan.total, plan.ahead) == ("plan", 600_000, 300_000)
    assert [plan.remaining(used) for used in (0, 300_000, 400_000, 700_000)] == [300_000, 300_000, 200_000, 0]
    (morning,) = budget_terms(day, DOLLAR, {"plan": 60}, day.starts).guarantees
    (night,) = budget_terms(day, DOLLAR, {"plan": 60}, day.ends).guarantees
    assert (morning.ahead, night.ahead) == (600_000, 0)
