"""The hours that earn more: what few data may say, and the two days a year on which the clock changes."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.pace.hours import EarnedReward, HourWeights, WeightBounds, hour_weights, local_hour

BOUNDS = WeightBounds(0.5, 2.0)
NEW_YORK = ZoneInfo("America/New_York")
earned_rewards = st.lists(st.builds(EarnedReward, st.integers(0, 23), st.floats(0, 1)), max_size=80)


def month(best: int, *, posts_an_hour: int = 30, lift: float = 0.3, seed: int = 1) -> list[EarnedReward]:
    """Return rewards of a month in which one hour earns more."""
    draw = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    return [
        EarnedReward(hour, min(1.0, max(0.0, draw.gauss(0.3 + lift * (hour == best), 0.1))))
        for hour in range(24)
        for _ in range(posts_an_hour)
    ]


@given(earned_rewards)
def test_weights_are_bounded_and_do_not_depend_on_the_order(earned: list[EarnedReward]) -> None:
    """Twenty-four numbers, whatever is handed in."""
    weights = hour_weights(earned, BOUNDS)
    assert len(weights) == 24
    assert all(BOUNDS.least <= weight <= BOUNDS.most for weight in weights)
    assert hour_weights(reversed(earned), BOUNDS) == pytest.approx(weights)


@given(st.integers(0, 23), st.floats(0, 1), st.integers(1, 50))
def test_one_hour_alone_or_no_data_weigh_nothing(hour: int, reward: float, posts: int) -> None:
    """There is nothing to compare it with."""
    assert hour_weights([], BOUNDS) == (1.0,) * 24
    assert hour_weights([EarnedReward(hour, reward)] * posts, BOUNDS) == pytest.approx((1.0,) * 24)


def test_a_lucky_first_post_moves_its_hour_only_a_little() -> None:
    """Three posts that are alike by chance are not certainty."""
    weights = hour_weights([EarnedReward(9, 0.5), EarnedReward(9, 0.5), EarnedReward(18, 0.9)], BOUNDS)
    assert weights[18] < 1.15
    assert weights[3] == pytest.approx(1.0)


def test_a_month_of_data_finds_the_hour_that_earns_more() -> None:
    """Close to what was put in, and the ordinary hours stay ordinary."""
    weights = hour_weights(month(best=19), BOUNDS)
    assert weights[19] == pytest.approx(0.6 / (0.3 + 0.3 / 24), rel=0.1)
    assert all(0.8 < weight < 1.2 for hour, weight in enumerate(weights) if hour != 19)


def test_pure_chance_is_shrunk_to_almost_nothing() -> None:
    """Without a difference between hours the weights are nearer to 1 than the means are."""
    weights = hour_weights(month(best=0, lift=0.0), BOUNDS)
    assert max(abs(weight - 1) for weight in weights) < 0.06


@pytest.mark.parametrize(
    ("utc", "hour"),
    [
        (datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), 3),  # 02:00 to 03:00 does not exist
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 1),  # the first 01:30
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), 1),  # the second 01:30
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), 2),
    ],
)
def test_the_skipped_and_the_repeated_hour_have_the_hour_that_the_owner_sees(utc: datetime, hour: int) -> None:
    """In spring the clock jumps over an hour, in autumn it shows one twice."""
    assert local_hour(utc, NEW_YORK) == hour


@pytest.mark.parametrize(("day", "missing", "twice"), [((3, 8), 2, None), ((11, 1), None, 1), ((6, 1), None, None)])
def test_every_hour_of_a_day_is_weighed_on_days_of_23_24_and_25_hours(
    day: tuple[int, int], missing: int | None, twice: int | None
) -> None:
    """Walk through the owner's day in UTC, an hour at a time."""
    start = datetime(2026, *day, tzinfo=NEW_YORK).astimezone(UTC)
    end = datetime(2026, day[0], day[1] + 1, tzinfo=NEW_YORK).astimezone(UTC)
    hours = HourWeights(NEW_YORK, tuple(1 + hour / 100 for hour in range(24)))
    length = round((end - start) / timedelta(hours=1))
    shown = [round((hours.at(start + timedelta(hours=n)) - 1) * 100) for n in range(length)]
    assert shown == sorted([hour for hour in range(24) if hour != missing] + ([] if twice is None else [twice]))


def test_an_hour_of_a_time_without_a_zone_is_refused() -> None:
    """It would be read as the machine's own time."""
    with pytest.raises(ValueError, match="aware"):
        local_hour(datetime(2026, 1, 1), NEW_YORK)  # noqa: DTZ001 - the mistake under test
