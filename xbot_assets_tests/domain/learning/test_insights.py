"""What is said of a kind of post rests on enough posts, is not another factor's doing, and holds for all groups."""

import numpy as np
import pytest

from xbot_assets.domain.learning.insights import GROUP_MIN, Finding, as_ratio, effects
from xbot_assets.domain.learning.students import quantile

TOPICS, FORMATS = ("sea", "sky", "soil"), ("list", "story")


def posts(count: int, seed: int, **gains: float) -> tuple[list[dict[str, str]], list[float]]:
    """Return posts of random topics and formats, and rewards with what each level adds."""
    rng = np.random.default_rng(seed)
    levels = [{"topic": str(rng.choice(TOPICS)), "format": str(rng.choice(FORMATS))} for _ in range(count)]
    return levels, [0.5 + sum(gains.get(one, 0.0) for one in of.values()) + rng.normal(0, 0.1) for of in levels]


def test_a_group_below_five_posts_is_not_spoken_of() -> None:
    """Nor one that leaves fewer than five others."""
    levels = [{"topic": "sea"}] * (GROUP_MIN - 1) + [{"topic": "sky"}] * 20
    assert effects(levels, [0.9] * (GROUP_MIN - 1) + [0.1] * 20) == []
    assert effects([], []) == []
    assert effects([{"topic": "sea"}] * 30, [0.5] * 30) == []


def test_what_works_is_found_with_an_interval_that_holds_the_truth() -> None:
    """Against the other two topics, a topic that adds 0.2 gains 0.2."""
    levels, rewards = posts(150, 3, sea=0.2)
    best = effects(levels, rewards)[0]
    assert (best.factor, best.level, best.finding) == ("topic", "sea", Finding.BETTER)
    assert best.low < 0.2 < best.high
    assert best.posts == sum(of["topic"] == "sea" for of in levels)


def test_a_topic_does_not_shine_because_of_its_format() -> None:
    """Sea was mostly written as lists, which work."""
    rng = np.random.default_rng(2)
    levels = [
        {"topic": topic, "format": "list" if rng.random() < (0.85 if topic == "sea" else 0.15) else "story"}
        for topic in TOPICS * 60
    ]
    rewards = [0.5 + 0.2 * (of["format"] == "list") + float(rng.normal(0, 0.1)) for of in levels]
    said = {(one.factor, one.level): one.finding for one in effects(levels, rewards)}
    assert said["format", "list"] is Finding.BETTER
    assert said["topic", "sea"] is Finding.CANNOT_TELL


def test_what_another_factor_explains_wholly_is_not_spoken_of() -> None:
    """A format that one topic alone had cannot be told apart from it."""
    levels = [{"topic": "sea", "format": "list"}] * 20 + [{"topic": "sky", "format": "story"}] * 20
    assert effects(levels, [0.7] * 20 + [0.4] * 20) == []


def test_nothing_is_said_of_posts_that_differ_by_chance_alone() -> None:
    """In at least 95 of 100 accounts none of all groups is called better or worse."""
    wrong = sum(
        any(one.finding is not Finding.CANNOT_TELL for one in effects(*posts(60, seed))) for seed in range(1000, 1100)
    )
    assert wrong <= 9


def test_a_gain_is_told_as_engagement_per_view() -> None:
    """The scale spans a factor of 150."""
    assert as_ratio(1.0) == pytest.approx(150)
    assert as_ratio(0.0) == 1


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.7062), (2, 4.3027), (9, 2.2622), (19, 2.0930), (30, 2.0423)])
def test_student_s_quantiles_are_those_of_the_tables(freedom: int, expected: float) -> None:
    """The usual two-sided 95 %."""
    assert quantile(0.975, freedom) == pytest.approx(expected, abs=5e-5)
