"""The predictor is judged on posts it did not see."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from xbot_assets.domain.learning import predictor
from xbot_assets.domain.learning.features import post_features, with_hour
from xbot_assets.domain.learning.predictor import Example, Predictor, fit

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


def examples(count: int, seed: int = 0) -> list[Example]:
    """Make posts whose reward depends on topic and length, with noise."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        topic, words = str(rng.choice(["a", "b"])), int(rng.integers(3, 40))
        earned = 0.2 + 0.3 * (topic == "a") + 0.008 * words + rng.normal(0, 0.03)
        made.append(
            Example(with_hour(post_features("word " * words), AT, ZoneInfo("UTC")), topic, "list", float(earned))
        )
    return made


def test_the_left_out_error_is_what_refitting_without_each_post_gives() -> None:
    """The closed form must equal the long way."""
    rows = examples(12)
    _, evaluation = fit(rows, ridge=1.0)
    errors = []
    for index, row in enumerate(rows):
        model, _ = fit(rows[:index] + rows[index + 1 :], ridge=1.0)
        raw = model.base + sum(
            model.weights.get(n, 0) * v
            for n, v in {**row.features, f"topic={row.topic}": 1.0, "format=list": 1.0}.items()
        )
        errors.append(abs(row.reward - raw))
    assert evaluation.error == pytest.approx(float(np.mean(errors)), rel=0.15)


def test_it_beats_predicting_the_mean_when_there_is_something_to_learn() -> None:
    """Otherwise it would not be promoted."""
    _, evaluation = fit(examples(60), ridge=1.0)
    assert evaluation.error is not None
    assert evaluation.error_of_mean is not None
    assert evaluation.error < 0.6 * evaluation.error_of_mean


def test_a_prediction_is_a_possible_reward_even_for_words_it_never_saw() -> None:
    """Extrapolation is bounded."""
    model, _ = fit(examples(30), ridge=0.001)
    assert 0 <= model.predict({"length": 1e6, "new": 3.0}, "unknown", "other") <= 1


def test_one_post_gives_a_model_and_no_error() -> None:
    """One measured post is a start, and no evidence."""
    model, evaluation = fit(examples(1), ridge=1.0)
    assert evaluation.error is None
    assert Predictor.model_validate_json(model.model_dump_json()) == model


def test_no_post_is_refused() -> None:
    """A model of nothing is an error, not a constant."""
    with pytest.raises(ValueError, match="at least one"):
        fit([], ridge=1.0)


def test_rows_made_in_chunks_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """And both give what the regression's equations say of the whole table."""
    rows = examples(50)
    whole, judged = fit(rows, ridge=2)
    monkeypatch.setattr(predictor, "CHUNK", 7)
    pieces, of_pieces = fit(rows, ridge=2)
    assert pieces.weights == pytest.approx(whole.weights, rel=1e-9, abs=1e-12)
    assert (of_pieces.error, of_pieces.error_of_mean) == pytest.approx((judged.error, judged.error_of_mean))
    names = sorted(whole.weights)
    columns = [{**one.features, f"topic={one.topic}": 1.0, f"format={one.format}": 1.0} for one in rows]
    table = np.array([[one.get(name, 0.0) for name in names] for one in columns])
    rewards, centred = np.array([one.reward for one in rows]), table - table.mean(axis=0)
    weights = np.linalg.solve(centred.T @ centred + 2 * np.eye(len(names)), centred.T @ (rewards - rewards.mean()))
    assert [whole.weights[name] for name in names] == pytest.approx(weights.tolist(), rel=1e-8, abs=1e-10)
