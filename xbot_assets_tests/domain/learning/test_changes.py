"""The learner that restarts: the same as the steady one while nothing changes, and quicker when the leader drops."""

import numpy as np
import pytest

from xbot_assets.domain.learning.bandit import Arm, Observed, Posterior, estimates, learn, prior
from xbot_assets.domain.learning.changes import ChangeWatcher, LevelPosts, WatchRules, drop, learn_restarting

TOPICS = ("bread", "bikes", "moss")
FORMATS = ("question", "list")
START = prior(TOPICS, FORMATS, strength=2)


def posts(count: int, levels: tuple[float, float, float], seed: int) -> list[Observed]:
    """Make posts of all topics in turn that earn their topic's level, with noise."""
    rng = np.random.default_rng(seed)
    return [
        Observed(Arm(TOPICS[n % 3], FORMATS[int(rng.integers(2))]), float(levels[n % 3] + rng.normal(0, 0.15)))
        for n in range(count)
    ]


def best_topic(posterior: Posterior) -> str:
    """Return the topic that is expected to earn most."""
    return estimates(posterior)[0].arm.topic


def test_without_a_drop_it_learns_what_the_steady_one_learns() -> None:
    """The same sums, one post at a time."""
    seen = posts(60, (0.3, 0.4, 0.5), 1)
    steady, restarting = learn(START, seen), learn_restarting(START, seen)
    assert np.allclose(steady.precision, restarting.precision, rtol=1e-8)
    assert np.allclose(steady.information_vector, restarting.information_vector, rtol=1e-8)
    assert (restarting.rule, restarting.observations) == ("restarting", 60)


def test_a_leader_that_drops_is_left_sooner() -> None:
    """Moss was best by far and is worst now: a hundred posts later the steady learner still trusts it."""
    seen = posts(300, (0.3, 0.35, 0.7), 2) + posts(120, (0.3, 0.5, 0.2), 3)
    assert best_topic(learn(START, seen)) == "moss"
    assert best_topic(learn_restarting(START, seen)) == "bikes"


def test_only_the_factor_of_the_leader_restarts() -> None:
    """What is known of the formats, and the level of the account, stays."""
    watcher = ChangeWatcher(START)
    for one in posts(300, (0.3, 0.35, 0.7), 2):
        watcher.see(one.arm, one.reward)
    formats, base = slice(4, 6), watcher.mean[0]
    before = watcher.covariance[formats, formats].copy(), watcher.mean[formats].copy()
    rows = posts(600, (0.3, 0.35, 0.1), 3)
    while not watcher.restarts:
        one = rows.pop(0)
        watcher.see(one.arm, one.reward)
    assert (np.diag(watcher.covariance)[formats] <= np.diag(before[0])).all()
    assert watcher.mean[formats] == pytest.approx(before[1], abs=0.1)
    assert watcher.mean[0] == pytest.approx(base, abs=0.1)
    assert (np.linalg.eigvalsh(watcher.covariance) > 0).all()


def test_false_alarms_are_few() -> None:
    """In forty runs of 600 posts in which nothing changes."""
    alarms = 0
    for seed in range(40):
        watcher = ChangeWatcher(START)
        for one in posts(600, (0.3, 0.4, 0.5), seed):
            watcher.see(one.arm, one.reward)
        alarms += watcher.restarts > 0
    assert alarms / 40 <= 0.25


def test_the_ratio_of_a_drop_is_that_of_a_loop_over_splits() -> None:
    """Each split in turn, as the normal likelihood gives it."""
    values = np.concatenate([np.random.default_rng(1).normal(m, 0.2, 30) for m in (0.6, 0.4)])
    ratios = {
        split: 0.5 * (values[:split].mean() - values[split:].mean()) ** 2 * split * (60 - split) / 60 / values.var()
        for split in range(20, 41)
        if values[:split].mean() > values[split:].mean()
    }
    ratio, split = drop(values, 20)
    assert ratio == pytest.approx(max(ratios.values()), rel=1e-9)
    assert ratios[split] == max(ratios.values())
    assert drop(values[::-1], 20)[0] == 0.0
    assert drop(values[:39], 20) == (0.0, 0)
    assert drop(np.full(50, 0.5), 20)[0] == 0.0


def test_the_posts_of_a_level_are_kept_in_order_and_cut_at_the_start() -> None:
    """However many they become."""
    kept, effects = LevelPosts(), np.array([0.0, 0.5])
    for number in range(200):
        kept.add(float(number), number % 2)
    kept.keep_from(150)
    assert kept.residuals(effects).tolist() == [n - 0.5 * (n % 2) for n in range(150, 200)]


def test_an_unknown_topic_teaches_nothing_and_the_rules_are_kept_with_the_posterior() -> None:
    """An edited persona must not break training; a stored version draws as its rules say."""
    posterior = learn_restarting(START, [Observed(Arm("crypto", "list"), 1.0)], WatchRules(draw_variance=0.4))
    assert posterior.observations == 0
    assert Posterior.model_validate_json(posterior.model_dump_json()).draw_variance == 0.4


def test_a_drop_is_the_greatest_likelihood_ratio_of_all_splits() -> None:
    """As written out split by split; a rise is no drop, and too few values have none."""
    values = np.random.default_rng(6).normal([0.6] * 40 + [0.3] * 30, 0.15)
    ratios = [
        0.5 * max(values[:n].mean() - values[n:].mean(), 0) ** 2 * n * (70 - n) / 70 / values.var()
        for n in range(20, 51)
    ]
    ratio, split = drop(values, 20)
    assert ratio == pytest.approx(max(ratios), rel=1e-12)
    assert split == 20 + int(np.argmax(ratios))
    assert drop(values[::-1].copy(), 20)[0] == 0
    assert drop(values[:39], 20) == (0.0, 0)


def test_what_is_known_stays_symmetric_over_many_posts() -> None:
    """So that rounding does not add up: each update takes the same from both halves."""
    watcher = ChangeWatcher(START)
    for one in posts(3000, (0.3, 0.4, 0.5), 7):
        watcher.see(one.arm, one.reward)
    assert np.array_equal(watcher.covariance, watcher.covariance.T)
