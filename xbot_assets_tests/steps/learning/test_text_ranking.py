"""Candidate texts are ranked while this account's later posts say that it pays, and no longer."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from xbot_assets.domain.learning.later_posts import LaterPosts
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.steps.content.planning import write_plan
from xbot_assets.steps.learning.promotion import promote_newest
from xbot_assets.steps.learning.text_ranking import lived, text_ranking
from xbot_assets.steps.product import Product
from xbot_assets.store.learning import comparisons, models
from xbot_assets.store.learning.comparisons import TextChoice
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.unheard import writing_product

LIKES_LENGTH = Predictor(base=0.3, weights={"length": 0.1})
SHOWN = LaterPosts(
    later_posts=300,
    rank_correlation=0.4,
    rank_correlation_of_arms=0.3,
    calibration_slope=0.9,
    later_error=0.1,
    later_error_of_arms=0.11,
    text_correlation=0.3,
    text_low=0.2,
    text_gain=0.03,
)


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product that writes, with money for its high tier."""
    with writing_product(settings_for, tmp_path, daily_budget_usd=50, plan_queue_max=99) as (opened, _):
        yield opened


def trained(product: Product, **told: float) -> None:
    """Store a predictor of which later posts told this, and let champions be decided."""
    judged = SHOWN.model_copy(update=told).model_dump()
    parameters, now = LIKES_LENGTH.model_dump(), product.clock.now()
    models.insert_model_version(product.database, "predictor", parameters, judged, 400, now)
    promote_newest(product)


def choices(product: Product) -> list[tuple[int, float]]:
    """Return of how many texts each post's was taken, and with what chance, newest first."""
    return [(one.candidates, one.chance) for one in comparisons.text_choices(product.database, 10)]


def test_a_predictor_that_can_ranks_and_the_choice_of_each_text_is_kept(product: Product) -> None:
    """Of three texts of each slot one goes out; arms keep the chances that they were drawn with."""
    trained(product)
    plan = write_plan(product, np.random.default_rng(3))
    assert "Texts are ranked. On 300 later posts" in plan.reason
    assert [post.propensity for post in plan.posts] == [pytest.approx(1 / 30, abs=0.03)] * len(plan.posts)
    noted = choices(product)
    assert len(noted) == len(plan.posts) == 2
    assert {candidates for candidates, _ in noted} == {3}
    assert {round(chance, 3) for _, chance in noted} <= {0.867, 0.067}


def test_a_later_training_that_shows_nothing_ends_the_ranking_whoever_is_champion(product: Product) -> None:
    """It says so, one text is asked for each post, and no choice is noted."""
    trained(product)
    trained(product, text_correlation=0.05, text_low=-0.05)
    plan = write_plan(product, np.random.default_rng(3))
    assert "Texts are not ranked: it is not shown that ranking pays." in plan.reason
    assert len(plan.posts) == 2
    assert choices(product) == []


def test_a_text_that_the_owner_wrote_anew_was_taken_from_none(product: Product) -> None:
    """What it earns says nothing of the predictor."""
    trained(product)
    first, second = write_plan(product, np.random.default_rng(3)).posts
    anna = Decider("anna", product.clock.now())
    text = "Herbs want less water."
    approvals.edit_post(product.database, first.id, text, anna, check=lambda _, __: None, queued=True)
    assert [one.post_id for one in comparisons.text_choices(product.database, 10)] == [second.id]


def test_before_there_are_enough_outcomes_it_says_how_many_are_needed(product: Product) -> None:
    """And the owner may have none of it."""
    assert "needs 100 outcomes" in text_ranking(product).reason
    models.insert_model_version(
        product.database, "predictor", LIKES_LENGTH.model_dump(), {"error": 0.1}, 20, product.clock.now()
    )
    assert not text_ranking(product).allowed


def test_what_taken_texts_earned_is_told_beside_the_others() -> None:
    """By hand: means 0.6 and 0.5, variances of 0.012 over six posts and of 0 over five; too few say nothing."""
    taken = [TextChoice(n, 3, 0.8 + 0.2 / 3, reward) for n, reward in enumerate([0.5, 0.7] * 3)]
    others = [TextChoice(10 + n, 3, 0.2 / 3, 0.5) for n in range(5)]
    waiting = TextChoice(20, 3, 0.2 / 3, None)
    assert "+0.100 of reward (+0.012 to +0.188) more than others: 6 and 5 posts" in lived([*taken, *others, waiting])
    assert not lived([*taken, *others[:4]])
