"""Estimates of what another policy would have earned, against values by hand, the truth and a slow way."""

from collections.abc import Callable

import numpy as np
import pytest

from xbot_assets.domain.learning.off_policy import (
    ChoiceLog,
    Estimate,
    Vector,
    doubly_robust,
    doubly_robust_scores,
    gain_deviation,
    ips,
    snips,
    weights,
)

LOG = ChoiceLog(np.array([0, 1, 0]), np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.25, 0.5]))
TARGET = np.array([[0.25, 0.75], [0.25, 0.75], [0.5, 0.5]])
EXPECTED = np.array([[0.6, 0.4]] * 3)
MEANS = np.array([0.2, 0.5, 0.35, 0.6])
CHOSEN = np.array([0.4, 0.1, 0.2, 0.3])
OTHER = np.array([0.1, 0.4, 0.1, 0.4])
TRUTH = float(OTHER @ MEANS)


def drawn(seed: int, posts: int = 400) -> tuple[ChoiceLog, Vector, Vector]:
    """Draw a log, the other policy's chances and a poor model of the rewards."""
    rng = np.random.default_rng(seed)
    arms = rng.choice(len(MEANS), size=posts, p=CHOSEN)
    rewards = MEANS[arms] + rng.normal(0, 0.2, posts)
    return ChoiceLog(arms, rewards, CHOSEN[arms]), np.tile(OTHER, (posts, 1)), np.tile(MEANS * 0.7, (posts, 1))


def test_the_estimates_are_those_that_come_out_by_hand() -> None:
    """Weights 1/2, 3 and 1; the parts of IPS 1/2, 3/2 and 0; those of DR .45+.2, .45+.3 and .5-.6."""
    assert weights(LOG, TARGET).tolist() == [0.5, 3.0, 1.0]
    assert ips(LOG, TARGET).value == pytest.approx(2 / 3, abs=1e-12)
    assert snips(LOG, TARGET).value == pytest.approx(2 / 4.5, abs=1e-12)
    assert doubly_robust_scores(LOG, TARGET, EXPECTED) == pytest.approx([0.65, 0.75, -0.1], abs=1e-12)
    assert doubly_robust(LOG, TARGET, EXPECTED).value == pytest.approx(1.3 / 3, abs=1e-12)
    assert ips(LOG, TARGET).effective_posts == pytest.approx(4.5**2 / 10.25, abs=1e-12)


def test_the_intervals_are_those_that_come_out_by_hand() -> None:
    """1.959964 standard errors; the one of SNIPS from the squares of weight times distance."""
    one = ips(LOG, TARGET)
    error = np.sqrt(((0.5 - 2 / 3) ** 2 + (1.5 - 2 / 3) ** 2 + (2 / 3) ** 2) / 2 / 3)
    assert (one.high - one.value) / error == pytest.approx(1.959964, abs=1e-6)
    normalised = snips(LOG, TARGET)
    value = 4 / 9
    error = np.sqrt((0.5 * (1 - value)) ** 2 + (3 * (0.5 - value)) ** 2 + value**2) / 4.5
    assert (normalised.value - normalised.low) / error == pytest.approx(1.959964, abs=1e-6)


def test_how_far_a_gain_spreads_is_known_before_any_post() -> None:
    """As it then spreads in a log of a quarter of a million posts, with what is expected of each arm known."""
    rng, mixed = np.random.default_rng(1), (CHOSEN + OTHER) / 2
    arms = rng.choice(len(MEANS), size=250_000, p=mixed)
    log = ChoiceLog(arms, MEANS[arms] + rng.normal(0, 0.2, len(arms)), mixed[arms])
    rows = len(arms), 1
    old, new = (doubly_robust_scores(log, np.tile(one, rows), np.tile(MEANS, rows)) for one in (CHOSEN, OTHER))
    assert gain_deviation(CHOSEN, OTHER, mixed, 0.2) == pytest.approx(float(np.std(new - old)), rel=0.01)
    assert gain_deviation(CHOSEN, CHOSEN, CHOSEN, 0.2) == 0


def test_the_estimates_are_those_of_a_loop_over_posts() -> None:
    """One post at a time, as the papers write them."""
    log, target, expected = drawn(3, 57)
    plain, robust, total = [], [], 0.0
    for post, (arm, reward, chance) in enumerate(zip(log.arms, log.rewards, log.propensities, strict=True)):
        by = target[post, arm] / chance
        total += by
        plain.append(by * reward)
        robust.append(
            sum(target[post, other] * expected[post, other] for other in range(len(MEANS)))
            + by * (reward - expected[post, arm])
        )
    assert ips(log, target).value == pytest.approx(sum(plain) / len(log), rel=1e-12)
    assert snips(log, target).value == pytest.approx(sum(plain) / total, rel=1e-12)
    assert doubly_robust(log, target, expected).value == pytest.approx(sum(robust) / len(log), rel=1e-12)


@pytest.mark.parametrize(
    "estimate",
    [
        lambda log, target, _: ips(log, target),
        lambda log, target, _: snips(log, target),
        doubly_robust,
    ],
    ids=["ips", "snips", "dr"],
)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    estimate: Callable[[ChoiceLog, Vector, Vector], Estimate],
) -> None:
    """On 500 logs of 400 posts: 95 %, give or take two."""
    held = 0
    for seed in range(500):
        result = estimate(*drawn(seed))
        held += result.low <= TRUTH <= result.high
    assert 0.93 <= held / 500 <= 0.97


def test_judging_the_policy_that_chose_gives_the_mean_of_the_log() -> None:
    """All weights are one then."""
    log, _, _ = drawn(1)
    same = np.tile(CHOSEN, (len(log), 1))
    for result in (ips(log, same), snips(log, same)):
        assert result.value == pytest.approx(log.rewards.mean())
        assert result.effective_posts == pytest.approx(len(log))


@pytest.mark.parametrize(
    ("arms", "rewards", "propensities"),
    [([0], [1.0], [0.0]), ([0], [1.0], [1.5]), ([0, 1], [1.0], [0.5]), ([0], [np.nan], [0.5]), ([-1], [1.0], [0.5])],
)
def test_a_log_that_makes_no_sense_is_refused(arms: list[int], rewards: list[float], propensities: list[float]) -> None:
    """Whole, with a sentence."""
    with pytest.raises(ValueError, match=r"\.$"):
        ChoiceLog(np.array(arms), np.array(rewards), np.array(propensities))


@pytest.mark.parametrize("target", [TARGET[:2], TARGET * 0.9, TARGET[:, :1] * 0 + 1, TARGET - 0.3])
def test_chances_that_are_none_are_refused(target: Vector) -> None:
    """Rows missing, not adding up, without a logged arm, or below nought."""
    with pytest.raises(ValueError, match=r"\.$"):
        ips(LOG, target)


def test_nothing_is_estimated_from_nothing() -> None:
    """One post has no spread, and a policy that would have chosen none of the posts nothing to normalise by."""
    one = ChoiceLog(np.array([0]), np.array([1.0]), np.array([0.5]))
    with pytest.raises(ValueError, match="two posts"):
        ips(one, TARGET[:1])
    with pytest.raises(ValueError, match="none of the posts"):
        snips(one, np.array([[0.0, 1.0]]))
