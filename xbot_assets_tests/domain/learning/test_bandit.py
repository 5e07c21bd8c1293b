"""The bandit finds what an audience likes, and says how likely each choice was."""

import numpy as np
import pytest

from xbot_assets.domain.learning.bandit import (
    Arm,
    Observed,
    Posterior,
    choice_probabilities,
    choose,
    draw_arms,
    estimates,
    in_test,
    learn,
    prior,
    version_chances,
)

TOPICS = ("bread", "bikes", "moss", "tax")
FORMATS = ("question", "list", "story")
BEST = Arm("moss", "story")


def taste(arm: Arm) -> float:
    """Return what this made-up audience pays for an arm."""
    return 0.2 + 0.3 * (arm.topic == BEST.topic) + 0.2 * (arm.format == BEST.format)


def simulate(rounds: int, seed: int) -> tuple[Posterior, list[float]]:
    """Let the bandit choose, be paid with noise, and learn."""
    rng = np.random.default_rng(seed)
    posterior = prior(TOPICS, FORMATS, strength=2)
    earned = []
    for _ in range(rounds):
        arm = choose(posterior, 1, rng).chosen[0].arm
        paid = float(np.clip(taste(arm) + rng.normal(0, 0.15), 0, 1))
        posterior = learn(posterior, [Observed(arm, paid)])
        earned.append(taste(arm))
    return posterior, earned


def test_it_finds_the_best_arm_and_beats_chance() -> None:
    """Sixty posts are enough for twelve arms, over ten audiences of luck."""
    later, chance = [], np.mean([taste(arm) for arm in prior(TOPICS, FORMATS, strength=2).arms])
    for seed in range(10):
        posterior, earned = simulate(60, seed)
        later += earned[30:]
        assert estimates(posterior)[0].arm.topic == BEST.topic
    assert np.mean(later) > 1.6 * chance


def test_choice_probabilities_sum_to_one_and_none_is_zero() -> None:
    """A zero propensity could never be weighed."""
    posterior, _ = simulate(40, 1)
    chances = choice_probabilities(posterior, np.random.default_rng(0))
    assert chances.sum() == pytest.approx(1)
    assert chances.min() > 0


def test_the_recorded_propensity_is_the_frequency_of_the_choice() -> None:
    """Judging another policy later rests on this."""
    posterior, _ = simulate(15, 3)
    rng = np.random.default_rng(4)
    chosen = [choose(posterior, 1, rng).chosen[0] for _ in range(400)]
    arm = estimates(posterior)[0].arm
    frequency = sum(c.arm == arm for c in chosen) / len(chosen)
    recorded = np.mean([c.propensity for c in chosen if c.arm == arm])
    assert frequency == pytest.approx(recorded, abs=0.08)


def test_a_draw_tells_the_very_probabilities_that_it_chose_by() -> None:
    """Drawn again they would differ a little, and no longer explain the choice."""
    posterior, _ = simulate(15, 3)
    drawn = choose(posterior, 2, np.random.default_rng(4))
    chances = dict(zip(posterior.arms, drawn.chances, strict=True))
    first, second = drawn.chosen
    assert first.propensity == pytest.approx(chances[first.arm], rel=1e-12)
    assert second.propensity == pytest.approx(chances[second.arm] / (1 - chances[first.arm]), rel=1e-12)


def test_one_plan_never_holds_the_same_arm_twice() -> None:
    """Two posts of one plan differ."""
    chosen = choose(prior(TOPICS, FORMATS, strength=2), 12, np.random.default_rng(0)).chosen
    assert len({c.arm for c in chosen}) == 12


def test_in_a_test_arms_come_with_the_mixed_chances() -> None:
    """So either side's own are at most twice as large with a half, and what is drawn has them as its frequency."""
    champion, challenger = (version_chances(simulate(40, seed)[0], seed) for seed in (1, 5))
    mixed = in_test(champion, challenger, 0.5)
    assert mixed.sum() == pytest.approx(1)
    for side in (champion, challenger):
        assert (side / mixed).max() <= 2
    arms, rng = prior(TOPICS, FORMATS, strength=2).arms, np.random.default_rng(2)
    chosen = [draw_arms(arms, mixed, 1, rng).chosen[0] for _ in range(2000)]
    for arm, chance in zip(arms, mixed.tolist(), strict=True):
        of = [one for one in chosen if one.arm == arm]
        assert len(of) / len(chosen) == pytest.approx(chance, abs=0.04)
        assert all(one.propensity == pytest.approx(chance, rel=1e-12) for one in of)


def test_what_a_version_would_do_is_the_same_each_time() -> None:
    """Asked again it says the same; another version draws other numbers."""
    posterior, _ = simulate(15, 3)
    assert (version_chances(posterior, 7) == version_chances(posterior, 7)).all()
    assert (version_chances(posterior, 7) != version_chances(posterior, 8)).any()


def test_learning_in_one_batch_or_one_by_one_is_the_same() -> None:
    """The posterior depends on what was seen, not on when training ran."""
    observed = [Observed(Arm("bread", "list"), 0.3), Observed(Arm("moss", "story"), 0.9)]
    start = prior(TOPICS, FORMATS, strength=2)
    together, apart = learn(start, observed), learn(learn(start, observed[:1]), observed[1:])
    assert np.allclose(together.precision, apart.precision)
    assert np.allclose(together.information_vector, apart.information_vector)


def test_a_posterior_survives_its_storage_to_the_last_bit() -> None:
    """A model that differs after loading cannot be compared with itself."""
    posterior, _ = simulate(20, 2)
    assert Posterior.model_validate_json(posterior.model_dump_json()) == posterior


def test_arms_that_left_the_persona_teach_nothing() -> None:
    """An edited persona must not break training."""
    start = prior(TOPICS, FORMATS, strength=2)
    assert learn(start, [Observed(Arm("crypto", "list"), 1.0)]) == start


def test_a_posterior_stored_under_its_old_field_name_is_still_read() -> None:
    """Versions of earlier releases call the information vector ``shift``."""
    posterior, _ = simulate(5, 2)
    stored = posterior.model_dump()
    stored["shift"] = stored.pop("information_vector")
    assert Posterior.model_validate(stored) == posterior
