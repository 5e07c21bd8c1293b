"""What of the followers' change goes with posts, against courses whose truth is known."""

import numpy as np
import pytest

from xbot_assets.domain.learning.attribution import SECONDS_PER_HOUR, Attribution, Course, attribute

HOURS = 14 * 24


def course(rng: np.random.Generator, per_view: float, an_hour: float) -> tuple[Course, dict[int, Course], float]:
    """Return two weeks of hourly followers, three posts a day whose views come fast and then slowly, and the truth."""
    times = np.arange(HOURS + 1) * SECONDS_PER_HOUR
    posts: dict[int, Course] = {}
    views = np.zeros(HOURS + 1)
    for number, start in enumerate(range(4, HOURS, 8)):
        total = rng.lognormal(6, 1)
        ages = np.arange(0, HOURS + 1 - start)
        grown = total * (1 - np.exp(-ages / 6))
        posts[number] = Course((times[start:]).tolist(), grown.tolist())
        views += np.concatenate([np.zeros(start), grown])
    gained = np.diff(views)
    change = rng.poisson(per_view * gained + an_hour)
    followers = 1000 + np.concatenate([[0], np.cumsum(change)])
    return Course(times.tolist(), followers.tolist()), posts, float(per_view * gained.sum())


def attributed(seed: int, per_view: float, an_hour: float = 0.5) -> tuple[Attribution, float]:
    """Attribute one drawn course; return what was told and the truth."""
    rng = np.random.default_rng(seed)
    followers, posts, truth = course(rng, per_view, an_hour)
    told = attribute(followers, posts, rng)
    assert told is not None
    return told, truth


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of a hundred courses; a bootstrap of fourteen days is a little short of its 95 %."""
    held = 0
    for seed in range(100):
        told, truth = attributed(seed, 0.004)
        held += told.explained.low <= truth <= told.explained.high
    assert held >= 85


def test_where_posts_bring_nobody_the_interval_reaches_nought() -> None:
    """What an account gains anyway is not given to its posts."""
    at_nought = sum(attributed(seed, 0.0, 2.0)[0].explained.low == 0 for seed in range(40))
    assert at_nought >= 36


def test_the_parts_of_the_posts_are_the_whole_and_the_share_is_of_the_change() -> None:
    """A post with more views has more of it."""
    told, _ = attributed(1, 0.004)
    assert sum(part.value for part in told.posts.values()) == pytest.approx(told.explained.value)
    assert told.share is not None
    assert told.share.value == pytest.approx(told.explained.value / told.change)
    assert told.share.low <= told.share.value <= told.share.high


def test_too_little_says_nothing_and_a_loss_has_no_share() -> None:
    """Less than two days of readings, no views, or followers who leave."""
    rng = np.random.default_rng(3)
    times = [n * SECONDS_PER_HOUR for n in range(60)]
    views = {1: Course(times, [float(10 * n) for n in range(60)])}
    assert attribute(Course(times[:48], [5.0] * 48), views, rng) is None
    assert attribute(Course(times, [5.0] * 60), {}, rng) is None
    left = attribute(
        Course(times, [100.0 - n for n in range(60)]), {1: Course(times, [n * n / 9 for n in range(60)])}, rng
    )
    assert left is not None
    assert left.share is None
    assert left.explained.value == 0
