"""Who is champion, and why: nothing is promoted or taken back without a proof, and every decision keeps its numbers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.learning.bandit import (
    Arm,
    Choice,
    Observed,
    Posterior,
    choose,
    draw_arms,
    in_test,
    learn,
    prior,
    version_chances,
)
from xbot_assets.domain.learning.changes import learn_restarting
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.steps.learning import promotion
from xbot_assets.steps.learning.promotion import Promotion, promote_newest
from xbot_assets.steps.learning.training import train_bandit
from xbot_assets.steps.product import Product
from xbot_assets.store.clock import set_line
from xbot_assets.store.learning import comparisons, models
from xbot_assets.store.learning.models import ModelKind, ModelVersion
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.learning.tested_posts import ToPublish, publish_tested
from xbot_assets_tests.steps.unheard import writing_product

START = datetime(2026, 7, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
CHOICE = Choice(Arm("sea", "fact"), 0.5, {"sea": {"fact": 0.5, "list": 0.5}})
RULES = {
    "compare_posts_min": 20,
    "compare_posts_best": 30,
    "compare_posts_max": 60,
    "compare_rules_posts_max": 60,
    "bandit_rule": "steady",
    "flip_days_min": 7,
}


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product whose comparisons may speak after twenty posts."""
    with writing_product(settings_for, tmp_path, **RULES) as (opened, _):
        at(opened, START)
        yield opened


def at(product: Product, when: datetime) -> None:
    """Set the product's clock."""
    set_line(product.database, ClockLine(system_now(), when))
    product.clock.refresh()


def predictor_version(product: Product, base: float, outcomes: int) -> ModelVersion:
    """Store a predictor that always says the same."""
    parameters = Predictor(base=base, weights={}).model_dump()
    return models.insert_model_version(product.database, "predictor", parameters, {}, outcomes, product.clock.now())


def decided(product: Product, kind: ModelKind = "predictor") -> Promotion:
    """Decide now, and return what was decided about one kind."""
    (one,) = [promotion for promotion in promote_newest(product) if promotion.kind == kind]
    return one


def earn(product: Product, level: float, first: datetime, count: int = 30, seed: int = 0) -> None:
    """Publish posts that earn about ``level``, and go to the day on which all is known."""
    rewards = np.random.default_rng(seed).normal(level, 0.05, count)
    publish_tested(product, [ToPublish(CHOICE, float(reward)) for reward in rewards], first)
    at(product, first + 3 * DAY)


def test_the_first_version_is_champion_and_a_young_one_makes_room(product: Product) -> None:
    """With too few outcomes for any test, the one that learned from more is taken, and it says so."""
    first, second = predictor_version(product, 0.2, 1), predictor_version(product, 0.3, 1)
    assert (decided(product).verdict, decided(product).champion) == ("first", second)
    more = predictor_version(product, 0.3, 5)
    refreshed = decided(product)
    assert (refreshed.verdict, refreshed.champion) == ("refreshed", more)
    assert "nothing can be tested before 20" in refreshed.reason
    assert first.id != second.id


def test_a_challenger_is_promoted_when_it_is_shown_better_and_taken_back_when_it_is_shown_worse(
    product: Product,
) -> None:
    """Each with the numbers; between them, it cannot be told."""
    old = predictor_version(product, 0.2, 50)
    assert decided(product).champion == old
    new = predictor_version(product, 0.5, 100)
    assert decided(product).verdict == "stays"
    assert decided(product).verdict == "cannot_tell"
    earn(product, 0.5, START + DAY)
    promoted = decided(product)
    assert (promoted.verdict, promoted.champion) == ("promoted", new)
    earn(product, 0.2, START + 5 * DAY)
    too_soon = decided(product)
    assert (too_soon.verdict, too_soon.champion) == ("stays", new)
    assert "at most every 7 days" in too_soon.reason
    at(product, START + 12 * DAY)
    back = decided(product)
    assert (back.verdict, back.champion) == ("rolled_back", old)
    events = models.champion_events(product.database, 10)
    assert [event.verdict for event in events] == [
        "rolled_back", "stays", "promoted", "cannot_tell", "stays", "first",
    ]  # fmt: skip
    for event in (events[0], events[2]):
        seen = event.evidence["comparison"]
        assert seen["posts"] == 30
        assert 0 < seen["low"] < seen["gain"] < seen["high"]


def test_what_cannot_be_told_names_what_would_be_needed(product: Product) -> None:
    """Equally wrong on either side: the champion stays, and so do the numbers."""
    old = predictor_version(product, 0.4, 50)
    decided(product)
    predictor_version(product, 0.6, 100)
    decided(product)
    earn(product, 0.5, START + DAY)
    unsure = decided(product)
    assert (unsure.verdict, unsure.champion) == ("cannot_tell", old)
    assert "more posts would show it" in unsure.reason or "of a test are too few" in unsure.reason
    assert [one["days"] for one in unsure.evidence["comparison"]["provable"]] == [30, 90]


def test_a_test_that_shows_nothing_ends_and_the_next_begins(product: Product) -> None:
    """After so many posts; so does one whose challenger is shown worse."""
    predictor_version(product, 0.5, 50)
    decided(product)
    predictor_version(product, 0.2, 100)
    decided(product)
    earn(product, 0.5, START + DAY)
    later = predictor_version(product, 0.55, 200)
    assert decided(product).verdict == "dropped"
    tested = comparisons.challenger(product.database, "predictor")
    assert tested is not None
    assert tested.model == later


def test_nothing_moves_while_models_are_held(settings_for: SettingsFor, tmp_path: Path) -> None:
    """The proof is there, and the switch is on."""
    with writing_product(settings_for, tmp_path, **RULES) as (product, _):
        at(product, START)
        old = predictor_version(product, 0.2, 50)
        decided(product)
        predictor_version(product, 0.5, 100)
        decided(product)
        earn(product, 0.5, START + DAY)
    with writing_product(settings_for, tmp_path, models_held=True, **RULES) as (product, _):
        held = decided(product)
        assert (held.verdict, held.champion) == ("held", old)
        assert models.champion(product.database, "predictor") == old


def test_posts_that_nobody_chose_are_left_out_and_counted(product: Product) -> None:
    """Of the pool, of templates, of the owner."""
    predictor_version(product, 0.2, 50)
    decided(product)
    predictor_version(product, 0.5, 100)
    decided(product)
    rest = [ToPublish(CHOICE, 0.5, source=source) for source in ("pool", "template", "manual")]
    publish_tested(product, rest, START + DAY)
    earn(product, 0.5, START + 2 * DAY, count=19)
    unsure = decided(product)
    assert unsure.evidence["left_out"] == {"from the pool or a template": 2, "written by the owner": 1}
    assert unsure.evidence["comparison"]["posts"] == 19


def bandit_versions(product: Product) -> tuple[Posterior, ModelVersion, Posterior, ModelVersion]:
    """Store a steady bandit that knows nothing, and a restarting one that loves the right topic."""
    persona = product.account.persona
    blank = prior(persona.topic_names, persona.format_names, strength=2)
    loved = [Observed(Arm(persona.topic_names[0], form), 1.0) for form in persona.format_names] * 20
    fond = learn_restarting(blank, loved)
    stored = [
        models.insert_model_version(product.database, "bandit", one.model_dump(), {}, 0, product.clock.now())
        for one in (blank, fond)
    ]
    return blank, stored[0], fond, stored[1]


def test_a_bandit_that_learns_in_another_way_is_promoted_when_the_log_shows_it_better(product: Product) -> None:
    """From the recorded chances alone; the way that is champion then takes new outcomes in at once."""
    blank, steady, fond, restarting = bandit_versions(product)
    assert decided(product, "bandit").champion == steady
    assert decided(product, "bandit").verdict == "stays"
    rng = np.random.default_rng(3)
    chances = in_test(version_chances(blank, steady.id), version_chances(fond, restarting.id), 0.5)
    choices = [draw_arms(blank.arms, chances, 1, rng).chosen[0] for _ in range(55)]
    best = restarting.evaluation.get("topic", product.account.persona.topic_names[0])
    earned = [float(rng.normal(0.7 if choice.arm.topic == best else 0.3, 0.05)) for choice in choices]
    tested = [ToPublish(c, r, steady.id, tested_id=restarting.id) for c, r in zip(choices, earned, strict=True)]
    publish_tested(product, tested, START + DAY)
    at(product, START + 4 * DAY)
    promoted = decided(product, "bandit")
    assert (promoted.verdict, promoted.champion) == ("promoted", restarting)
    for side in ("champion", "challenger"):
        assert set(promoted.evidence["estimates"][side]) == {"ips", "snips", "doubly_robust"}
    train_bandit(product)
    refreshed = decided(product, "bandit")
    assert refreshed.verdict == "refreshed"
    assert promotion.rule_of(refreshed.champion) == "restarting"


def test_posts_without_the_chances_of_their_choice_say_nothing_of_bandits(product: Product) -> None:
    """Nor do those of another persona."""
    blank, steady, _, other = bandit_versions(product)
    decided(product, "bandit")
    decided(product, "bandit")
    chosen = choose(blank, 1, np.random.default_rng(1)).chosen[0]
    rest = [ToPublish(one, 0.5, steady.id, tested_id=other.id) for one in (CHOICE, chosen)]
    publish_tested(product, rest, START + DAY)
    at(product, START + 3 * DAY)
    stays = decided(product, "bandit")
    assert stays.evidence["left_out"] == {"arms of another persona": 1}
    assert stays.evidence["comparison"]["posts"] == 1


def test_a_decision_that_breaks_off_has_decided_nothing(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test in progress and the champion are as before."""
    old = predictor_version(product, 0.2, 50)
    decided(product)
    new = predictor_version(product, 0.5, 100)
    decided(product)
    earn(product, 0.5, START + DAY)

    def broken(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(models, "promote", broken)
    with pytest.raises(ConnectionError):
        promote_newest(product)
    monkeypatch.undo()
    tested = comparisons.challenger(product.database, "predictor")
    assert tested is not None
    assert (tested.model, models.champion(product.database, "predictor")) == (new, old)
    assert decided(product).verdict == "promoted"


def test_the_steady_way_learns_as_before(product: Product) -> None:
    """Every outcome at once, as the sum of what the posts tell."""
    blank, *_ = bandit_versions(product)
    seen = [Observed(blank.arms[0], 0.9), Observed(blank.arms[5], 0.1)]
    publish_tested(product, [ToPublish(Choice(o.arm, 1.0, {}), o.reward) for o in seen], START)
    at(product, START + 2 * DAY)
    stored = Posterior.model_validate(train_bandit(product).parameters)
    assert np.allclose(stored.information_vector, learn(blank, seen).information_vector)
