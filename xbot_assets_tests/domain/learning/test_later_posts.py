"""What later posts say of a predictor: nothing that is not there, and what is there when there are enough."""

import numpy as np
import pytest

from xbot_assets.domain.learning.later_posts import LATER_LEAST, LaterPosts, foretold, spearman
from xbot_assets.domain.learning.predictor import Example

NOISE = 0.18


def posts(count: int, worth: float, seed: int, *, of_arms: float = 0.02) -> list[Example]:
    """Make posts of thirty arms; ``worth`` is the reward of one standard deviation of a feature."""
    rng = np.random.default_rng(seed)
    return [one(rng, worth, of_arms) for _ in range(count)]


def one(rng: np.random.Generator, worth: float, of_arms: float) -> Example:
    """Make one post; three of its four features say nothing."""
    topic, form, values = int(rng.integers(6)), int(rng.integers(5)), rng.random(4)
    earned = 0.4 + of_arms * topic + worth * np.sqrt(12) * (values[0] - 0.5) + rng.normal(0, NOISE)
    features = dict(zip("abcd", values.tolist(), strict=True))
    return Example(features, f"t{topic}", f"f{form}", float(np.clip(earned, 0, 1)))


def told(examples: list[Example]) -> LaterPosts:
    """Return what is told of enough posts."""
    later = foretold(examples, ridge=20)
    assert later is not None
    return later


def test_texts_that_say_nothing_are_not_ranked() -> None:
    """In at most one of twenty such accounts, by chance; the rule promises one in forty."""
    assert sum(told(posts(300, 0, seed)).ranks_texts for seed in range(100)) <= 5


def test_texts_that_say_something_are_ranked_when_there_are_enough() -> None:
    """0.05 of reward for one standard deviation, beside a noise of 0.18, in 500 posts."""
    shown = [told(posts(500, 0.05, seed)) for seed in range(20)]
    assert sum(one.ranks_texts for one in shown) >= 16
    assert np.mean([one.text_gain for one in shown]) == pytest.approx(0.05, rel=0.2)
    assert np.mean([one.rank_correlation - one.rank_correlation_of_arms for one in shown]) > 0.05


def test_what_arms_differ_in_is_no_reason_to_rank_texts() -> None:
    """A feature that goes with the arm foretells posts, and says nothing of two texts of one arm."""
    arms = posts(400, 0, 1, of_arms=0.1)
    marked = [post._replace(features={"mark": float(post.topic[1:])}) for post in arms]
    later = told(marked)
    assert later.rank_correlation > 0.5
    assert abs(later.text_correlation) < 0.2
    assert not later.ranks_texts


def test_the_hour_is_no_reason_to_rank_texts() -> None:
    """All candidates of a slot go out at the same hour."""
    hours = [post._replace(features={"hour_sine": post.features["a"]}) for post in posts(500, 0.1, 2)]
    later = told(hours)
    assert later.rank_correlation > 0.3
    assert later.text_correlation == 0


def test_predictions_of_later_posts_are_calibrated() -> None:
    """One predicted unit is worth about one, where the penalty suits the columns; a greater one says too little."""
    shown = [posts(600, 0.08, seed) for seed in range(20)]
    slopes = [one.calibration_slope for examples in shown if (one := foretold(examples, ridge=1)) is not None]
    assert np.mean(slopes) == pytest.approx(1, abs=0.15)
    assert np.mean([told(examples).calibration_slope for examples in shown]) > 1.2


def test_nothing_is_said_of_few_posts_and_posts_alike_are_no_error() -> None:
    """The later half must be large enough; a side without differences has no correlation."""
    assert foretold(posts(2 * LATER_LEAST - 2, 0.1, 1), ridge=20) is None
    alike = told([Example({"a": 1.0}, "t", "f", 0.5)] * (2 * LATER_LEAST))
    assert (alike.rank_correlation, alike.text_correlation) == (0, 0)
    assert alike.later_error == pytest.approx(0)
    assert not alike.ranks_texts


def test_ranks_of_ties_are_their_mean() -> None:
    """By hand: ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4."""
    assert spearman(np.array([1.0, 2, 2, 9]), np.array([1.0, 2, 3, 4])) == pytest.approx(0.9486833)
