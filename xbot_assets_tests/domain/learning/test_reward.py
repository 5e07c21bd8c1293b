"""Rewards come from rates, stay within bounds and never from a guess."""

from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.learning.reward import EngagementCounts, engagement_rate, engagement_score

counts = st.integers(0, 10**7)


def test_a_reading_without_views_earns_nothing_rather_than_a_guess() -> None:
    """X hides views on some posts."""
    assert engagement_score(EngagementCounts(1, 1, 1, 1, None)) is None
    assert engagement_score(EngagementCounts(0, 0, 0, 0, 0)) is None


def test_replies_weigh_more_than_reposts_and_those_more_than_likes() -> None:
    """What costs the reader more counts more."""
    rates = [engagement_rate(EngagementCounts(*counts, 100)) for counts in [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)]]
    assert rates == [0.03, 0.02, 0.01]


@given(counts, counts, counts, counts, st.integers(1, 10**8))
def test_a_reward_is_between_zero_and_one(r: int, p: int, k: int, b: int, views: int) -> None:
    """Whatever X shows."""
    value = engagement_score(EngagementCounts(r, p, k, b, views))
    assert value is not None
    assert 0 <= value <= 1


@given(counts, st.integers(1, 10**8))
def test_more_likes_never_earn_less(likes: int, views: int) -> None:
    """The reward is monotonic."""
    fewer, more = (engagement_score(EngagementCounts(0, 0, one, 0, views)) for one in (likes, likes + 1))
    assert fewer is not None
    assert more is not None
    assert more >= fewer
