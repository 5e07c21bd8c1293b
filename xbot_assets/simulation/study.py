"""Several policies on the same seeds, and what they are worth against each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from xbot_assets.simulation.measures import (
    WEEK,
    Means,
    Ratio,
    Recovery,
    Vector,
    between,
    by_day,
    means,
    ratio,
    recovery,
)
from xbot_assets.simulation.names import PolicyName
from xbot_assets.simulation.setup import BEGINS, Life, Setup, live

AGAINST = (PolicyName.RANDOM, PolicyName.BEST_FIXED, PolicyName.NO_LEARNING)
"""What ``ours`` is compared with, as far as it was played."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One policy on one seed: its last week, its followers at the end, and what changed champions."""

    seed: int
    policy: PolicyName
    last_week: Means
    all_days: Means
    followers: int
    fixed_arm: str | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uplift:
    """Ours over another policy in the last week, a post: engagement without luck, that per view, and as it came."""

    against: PolicyName
    expected: Ratio
    expected_rate: Ratio
    engagement: Ratio


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that was played. ``daily`` is each policy's expected engagement per view by day, mean over seeds."""

    audience: str
    days: int
    posts_a_day: float
    rule: str
    level: str
    turn_day: int | None
    results: tuple[SeedResult, ...]
    uplifts: tuple[Uplift, ...]
    recovery: Recovery | None
    daily: dict[str, list[float | None]]


def study(
    setup: Setup,
    policies: Sequence[PolicyName],
    seeds: Sequence[int],
    told: Callable[[SeedResult], None] = lambda _: None,
) -> Study:
    """Play every policy on every seed and compare ours with the others; ``told`` hears of each run."""
    results, rates = list[SeedResult](), dict[PolicyName, list[Vector]]()
    for seed in seeds:
        for name in policies:
            life = live(setup, name, seed)
            results.append(_result(setup, name, seed, life))
            rates.setdefault(name, []).append(by_day(life.posts, BEGINS, setup.days))
            told(results[-1])
    return Study(
        audience=setup.audience,
        days=setup.days,
        posts_a_day=round(timedelta(days=1) / setup.pace.spacing, 2),
        rule=setup.rule,
        level=setup.pace.level,
        turn_day=setup.turn_day,
        results=tuple(results),
        uplifts=_uplifts(results),
        recovery=_recovery(setup, rates),
        daily={str(name): _plain(np.nanmean(np.stack(days), axis=0)) for name, days in rates.items()},
    )


def _result(setup: Setup, name: PolicyName, seed: int, life: Life) -> SeedResult:
    week = between(life.posts, BEGINS, max(0, setup.days - WEEK), setup.days)
    arm = f"{life.fixed_arm.topic} / {life.fixed_arm.format}" if life.fixed_arm else None
    return SeedResult(seed, name, means(week), means(life.posts), life.followers, arm, life.changes)


def _uplifts(results: Sequence[SeedResult]) -> tuple[Uplift, ...]:
    weeks: dict[PolicyName, list[Means]] = {}
    for result in results:
        weeks.setdefault(result.policy, []).append(result.last_week)
    if PolicyName.OURS not in weeks:
        return ()
    return tuple(_uplift(weeks[PolicyName.OURS], weeks[other], other) for other in AGAINST if other in weeks)


def _uplift(ours: Sequence[Means], others: Sequence[Means], against: PolicyName) -> Uplift:
    def of(name: str) -> Ratio:
        # A week without any reaction would have no logarithm; half a reaction is the least that is told apart.
        values = [[max(float(getattr(one, name)), 1e-6) for one in side] for side in (ours, others)]
        return ratio(*values)

    return Uplift(against, of("expected"), of("expected_rate"), of("engagement"))


def _recovery(setup: Setup, rates: dict[PolicyName, list[Vector]]) -> Recovery | None:
    if setup.turn_day is None or not {PolicyName.OURS, PolicyName.RANDOM} <= rates.keys():
        return None
    gains = np.log(np.stack(rates[PolicyName.OURS])) - np.log(np.stack(rates[PolicyName.RANDOM]))
    return recovery(gains, setup.turn_day)


def _plain(values: Vector) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 6) for value in values]
