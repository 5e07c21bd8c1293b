"""A challenger is better, worse, or cannot be told from the champion; each with numbers and sentences."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from xbot_assets.domain.learning.comparison import (
    Comparison,
    NextStep,
    Verdict,
    compare,
    explain,
    next_step,
    provable_effects,
)
from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.domain.learning.sequences import least_provable_effect

RULES = SequenceRules(alpha=0.05, first_look=40, narrowest_at=150)


@pytest.mark.parametrize(
    ("gain", "verdict"), [(0.1, Verdict.BETTER), (-0.1, Verdict.WORSE), (0.005, Verdict.CANNOT_TELL)]
)
def test_a_verdict_follows_the_interval(gain: float, verdict: Verdict) -> None:
    """Above nought, below it, or around it."""
    compared = compare(np.random.default_rng(1).normal(gain, 0.2, 150), RULES, 5)
    assert compared.verdict is verdict
    assert (compared.low or 0) < (compared.gain or 0) < (compared.high or 0)


def test_what_cannot_be_told_says_what_would_be_needed() -> None:
    """How many more posts, and the least gain that 30 and 90 days can prove."""
    compared = compare(np.random.default_rng(1).normal(0.005, 0.2, 150), RULES, 5)
    assert (compared.posts_needed or 0) > 150
    assert [(one.days, one.posts) for one in compared.provable] == [(30, 150), (90, 450)]
    words = explain(compared, RULES)
    assert words.startswith("Cannot tell yet.")
    for part in ("more posts", "in 30 days", "in 90 days"):
        assert part in words


@pytest.mark.parametrize("gains", [np.array([]), np.full(39, 0.5), np.zeros(100)])
def test_too_few_posts_or_equal_ones_tell_nothing(gains: np.ndarray) -> None:
    """And no number is made up."""
    compared = compare(gains, RULES, 5)
    assert (compared.verdict, compared.gain, compared.low) == (Verdict.CANNOT_TELL, None, None)
    assert "nothing is said before 40" in explain(compared, RULES)


def test_a_slow_account_is_told_that_it_can_prove_nothing() -> None:
    """Half a post a day: 15 posts in a month are below the first look."""
    month, quarter = provable_effects(0.5, 0.2, RULES)
    assert month.effect is None
    assert quarter.effect is not None


def test_without_a_share_nothing_is_promoted_and_what_is_worse_is_dropped() -> None:
    """Few posts of great weight seem to prove anything."""
    rest = {"posts_max": 400, "since_flip": None, "least": timedelta(days=7), "lived": False}
    better, worse = (Comparison(one, 50, 0.1, 0.0, 0.2, 0.1, None, ()) for one in (Verdict.BETTER, Verdict.WORSE))
    assert next_step(better, **rest) is NextStep.GO_ON  # type: ignore[arg-type]
    assert next_step(worse, **rest) is NextStep.DROP  # type: ignore[arg-type]


def test_a_test_that_ends_proves_no_more_however_long_one_waits() -> None:
    """What 90 days of a quick account can prove is what the test's last post can; and its end is named."""
    short = replace(RULES, posts_max=200)
    month, quarter = provable_effects(20, 0.2, short)
    assert month.effect == quarter.effect == least_provable_effect(200, 0.2, RULES)
    compared = compare(np.random.default_rng(1).normal(0.005, 0.2, 150), short, 5)
    assert compared.posts_needed is None
    assert "the 200 posts of a test are too few to show it" in explain(compared, short)


@pytest.mark.parametrize(
    ("verdict", "posts", "since_flip", "step"),
    [
        (Verdict.BETTER, 50, None, NextStep.FLIP),
        (Verdict.BETTER, 50, timedelta(days=7), NextStep.FLIP),
        (Verdict.BETTER, 500, timedelta(days=6), NextStep.WAIT),
        (Verdict.CANNOT_TELL, 50, None, NextStep.GO_ON),
        (Verdict.CANNOT_TELL, 400, None, NextStep.BEGIN_ANEW),
        (Verdict.WORSE, 399, timedelta(days=6), NextStep.DROP),
        (Verdict.WORSE, 400, None, NextStep.BEGIN_ANEW),
    ],
)
def test_a_proof_changes_the_champion_unless_the_last_change_is_too_recent(
    verdict: Verdict, posts: int, since_flip: timedelta | None, step: NextStep
) -> None:
    """What is shown worse is dropped, and a test that has shown nothing for long ends."""
    compared = Comparison(verdict, posts, 0.1, 0.0, 0.2, 0.1, None, ())
    assert next_step(compared, posts_max=400, since_flip=since_flip, least=timedelta(days=7)) is step
