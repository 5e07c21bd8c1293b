"""Confidence sequences: their formula, how often they cry wolf, and what they can prove."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.domain.learning.sequences import (
    Vector,
    half_width,
    least_provable_effect,
    posts_needed,
    running_bounds,
)

RULES = SequenceRules(alpha=0.05, first_look=40, narrowest_at=150)
RUNS = 200
POSTS = 200
Draws = Callable[[np.random.Generator], Vector]


def proofs(draw: Draws, rules: SequenceRules = RULES) -> float:
    """Return the share of runs in which a look after some post says that the mean is not nought."""
    said = 0
    for seed in range(RUNS):
        low, high = running_bounds(draw(np.random.default_rng(seed)), rules)
        said += bool(((low > 0) | (high < 0)).any())
    return said / RUNS


def test_the_interval_is_the_paper_s_formula() -> None:
    """At every look after the first, from the values so far alone."""
    values = np.random.default_rng(5).normal(0.3, 0.2, 60)
    low, high = running_bounds(values, replace(RULES, caution=0))
    squared = RULES.rho_squared
    for count in range(RULES.first_look, len(values) + 1):
        seen = values[:count]
        inner = (count * squared + 1) / (count**2 * squared) * math.log((count * squared + 1) / 0.05**2)
        reach = seen.std(ddof=1) * math.sqrt(inner)
        assert low[count - 1] == pytest.approx(seen.mean() - reach, rel=1e-9)
        assert high[count - 1] == pytest.approx(seen.mean() + reach, rel=1e-9)
    assert np.isinf(low[: RULES.first_look - 1]).all()


def test_the_interval_is_narrowest_where_it_is_asked_to_be() -> None:
    """No other tuning is narrower there by more than a hundredth."""
    others = [SequenceRules(0.05, 40, at) for at in range(20, 1000, 10)]
    assert half_width(150, RULES) <= 1.01 * min(half_width(150, other) for other in others)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.normal(0, 0.2, POSTS),
        lambda rng: rng.uniform(-1, 1, POSTS),
        lambda rng: rng.exponential(1.0, POSTS) - 1.0,
        lambda rng: np.where(rng.random(POSTS) < 0.2, 4.0, -1.0),
        lambda rng: rng.normal(0, 0.2, POSTS) * rng.choice([0.2, 0.5, 1.0, 4.0], POSTS, p=[0.4, 0.3, 0.2, 0.1]),
        lambda rng: rng.normal(0, 1, POSTS) * rng.lognormal(0, 0.5, POSTS),
        lambda rng: rng.normal(0, 1, POSTS) * np.linspace(0.5, 2, POSTS),
    ],
    ids=["normal", "uniform", "exponential", "rare", "weighed", "heavy", "growing"],
)
def test_looking_after_every_post_seldom_cries_wolf(draw: Draws) -> None:
    """At most 5 % of 200 runs of 200 posts in which there is nothing to see."""
    assert proofs(draw) <= 0.05


def test_a_plain_interval_cries_wolf_when_one_peeks() -> None:
    """Why all this is needed: the same runs, the same looks, 1.96 standard errors."""
    said = 0
    for seed in range(RUNS):
        values = np.random.default_rng(seed).normal(0, 0.2, POSTS)
        counts = np.arange(1, POSTS + 1)
        means = np.cumsum(values) / counts
        errors = np.sqrt(np.maximum(np.cumsum(values**2) / counts - means**2, 0) / counts)
        said += bool((np.abs(means) > 1.96 * errors)[19:].any())
    assert said / RUNS > 0.2


@pytest.mark.parametrize("posts", [40, 150, 450])
def test_the_least_provable_effect_is_proven_four_times_in_five(posts: int) -> None:
    """Or a little oftener, as proofs before the last post count too."""
    effect = least_provable_effect(posts, 0.2, RULES)
    assert effect is not None
    assert 0.75 <= proofs(lambda rng: rng.normal(effect, 0.2, posts)) <= 0.92


def test_the_posts_needed_are_the_first_that_prove_the_effect() -> None:
    """One fewer does not."""
    needed = posts_needed(0.06, 0.2, RULES)
    assert needed is not None
    enough, few = (least_provable_effect(posts, 0.2, RULES) for posts in (needed, needed - 1))
    assert (enough or 1) <= 0.06 < (few or 0)
    assert posts_needed(-0.06, 0.2, RULES) == needed
    assert posts_needed(0.0, 0.2, RULES) is None
    assert posts_needed(5.0, 0.2, RULES) == RULES.first_look


def test_nothing_is_said_without_spread_or_before_the_first_look() -> None:
    """Equal values would make an interval of no width."""
    low, high = running_bounds(np.full(50, 0.3), RULES)
    assert np.isinf([low, high]).all()
    assert least_provable_effect(39, 0.2, RULES) is None
    assert [len(bound) for bound in running_bounds(np.array([]), RULES)] == [0, 0]


def test_a_large_common_level_does_not_eat_the_spread() -> None:
    """The interval moves with the values and keeps its width."""
    values = np.random.default_rng(2).normal(0, 1, 100)
    low, high = running_bounds(values, RULES)
    far_low, far_high = running_bounds(values + 1e9, RULES)
    assert (far_high - far_low)[40:] == pytest.approx((high - low)[40:], rel=1e-5)


@pytest.mark.parametrize(("alpha", "first_look", "narrowest"), [(0, 20, 9), (1, 20, 9), (0.05, 1, 9), (0.05, 20, 0)])
def test_rules_that_prove_nothing_are_refused(alpha: float, first_look: int, narrowest: int) -> None:
    """An alpha outside 0 to 1, or a look at one post."""
    with pytest.raises(ValueError, match="sequence needs"):
        SequenceRules(alpha, first_look, narrowest)
