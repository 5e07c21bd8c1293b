"""Which model writes how many posts how often, as one pure function of what is left of the day's budget.

The tiers, models, counts and intervals are the owner's own choices (``settings/content.py``).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MICROUSD_PER_USD = 1_000_000
_PERCENT = 100


class TierName(StrEnum):
    """How much is left, in a word."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class TierRules:
    """What the settings say about tiers.

    Attributes:
        high_above: the high tier holds while more than this percentage is left.
        medium_from: the medium tier begins here, and the better model ends below it.
        low_from: the low tier begins here; below it is the critical one.
        model: writes in the high and medium tiers.
        saving_model: writes in the low and critical tiers.
        effort: how hard ``model`` may think; ``None`` is the least that it knows.
        saving_effort: the same of ``saving_model``.
        posts: a plan's posts in the high tier, and at any tier whose interval is short.
        reduced_posts: a plan's posts in the other tiers.
        short_interval: plans that follow each other within this write ``posts`` at any tier.
        interval: between plans in the high and medium tiers.
        low_interval: between plans in the low tier; never shorter than ``interval``.
        critical_interval: between plans in the critical tier; never shorter than ``low_interval``.
    """

    high_above: int
    medium_from: int
    low_from: int
    model: str
    saving_model: str
    posts: int
    reduced_posts: int
    short_interval: timedelta
    interval: timedelta
    low_interval: timedelta
    critical_interval: timedelta
    effort: str | None = None
    saving_effort: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetTier:
    """What planning may do now, and why in a sentence for the owner."""

    name: TierName
    model: str
    posts: int
    interval: timedelta
    why: str
    effort: str | None = None


def budget_tier(remaining_microusd: int, budget_microusd: int, rules: TierRules) -> BudgetTier:
    """Return the tier for what is left of a day's budget, in millionths of a US dollar.

    A budget of 0, or one that was lowered below what is spent already, is in the critical tier.
    """
    name = _name(remaining_microusd, budget_microusd, rules)
    interval = _interval(name, rules)
    reduced = rules.posts if name is TierName.HIGH else rules.reduced_posts
    better = name in {TierName.HIGH, TierName.MEDIUM}
    return BudgetTier(
        name=name,
        model=rules.model if better else rules.saving_model,
        posts=max(reduced, rules.posts) if interval <= rules.short_interval else reduced,
        interval=interval,
        why=_why(name, remaining_microusd, budget_microusd, rules),
        effort=rules.effort if better else rules.saving_effort,
    )


def _name(remaining: int, budget: int, rules: TierRules) -> TierName:
    """Compare in whole numbers: a share that is rounded could fall on the wrong side of a threshold."""
    if budget <= 0 or remaining * _PERCENT < budget * rules.low_from:
        return TierName.CRITICAL
    if remaining * _PERCENT < budget * rules.medium_from:
        return TierName.LOW
    if remaining * _PERCENT <= budget * rules.high_above:
        return TierName.MEDIUM
    return TierName.HIGH


def _interval(name: TierName, rules: TierRules) -> timedelta:
    if name in {TierName.HIGH, TierName.MEDIUM}:
        return rules.interval
    low = max(rules.interval, rules.low_interval)
    return low if name is TierName.LOW else max(low, rules.critical_interval)


def _why(name: TierName, remaining: int, budget: int, rules: TierRules) -> str:
    if budget <= 0:
        return "The daily budget is $0.00, so no paid call is made."
    bounds = {
        TierName.HIGH: f"more than {rules.high_above} %",
        TierName.MEDIUM: f"{rules.medium_from} to {rules.high_above} %",
        TierName.LOW: f"{rules.low_from} % to less than {rules.medium_from} %",
        TierName.CRITICAL: f"less than {rules.low_from} %",
    }
    left = max(0, remaining)
    return (
        f"${left / MICROUSD_PER_USD:.4f} of the day's ${budget / MICROUSD_PER_USD:.2f} is left "
        f"({left * _PERCENT / budget:.1f} %); {name} means {bounds[name]}."
    )
