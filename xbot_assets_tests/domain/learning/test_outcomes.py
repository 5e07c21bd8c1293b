"""A reward says how a post did among the account's own of that time."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.learning.outcomes import MIDDLE, level_of, relative_reward
from xbot_assets.domain.learning.reward import EngagementCounts, engagement_score

scores = st.floats(0, 1)


def test_an_account_without_posts_stands_at_the_middle_of_the_scale() -> None:
    """A score of a half is 2.4 % of the views, the middle between ignored and loved."""
    assert level_of([]) == MIDDLE
    assert engagement_score(EngagementCounts(0, 0, 245, 0, 10_000)) == pytest.approx(MIDDLE, abs=0.001)


def test_a_level_is_what_the_posts_before_scored_on_average() -> None:
    """With five posts at the middle added: 20 of 0.8 make (5 * 0.5 + 20 * 0.8) / 25."""
    assert level_of([0.8] * 20) == pytest.approx(0.74)


def test_a_livelier_time_is_not_mistaken_for_better_posts() -> None:
    """When all is liked twice as often for long, an ordinary post earns a half again."""
    twice = math.log(2) / math.log(150)
    before, after = [0.5] * 50, [0.5 + twice] * 50
    assert relative_reward(0.5, level_of(before)) == pytest.approx(0.5)
    assert relative_reward(0.5 + twice, level_of(after)) == pytest.approx(0.5, abs=0.02)


@given(scores, scores)
def test_a_reward_is_between_zero_and_one_and_grows_with_the_score(score: float, level: float) -> None:
    """Whatever the level."""
    earned = relative_reward(score, level)
    assert 0 <= earned <= 1
    assert relative_reward(min(1.0, score + 0.1), level) >= earned
