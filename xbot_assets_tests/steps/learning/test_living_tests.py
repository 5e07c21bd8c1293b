"""A way of learning in test has its share in what is posted: it is promoted, dropped or taken back by its own posts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest

from xbot_assets.domain.alerts.learning import MODEL_ROLLED_BACK
from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.learning.bandit import Arm, Observed, Posterior, learn, prior, version_chances
from xbot_assets.steps.content.planning import write_plan
from xbot_assets.steps.learning.choosers import choosers
from xbot_assets.steps.learning.promotion import Promotion, promote_newest, rule_of
from xbot_assets.steps.learning.report import learning_report
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.clock import set_line
from xbot_assets.store.learning import comparisons, models
from xbot_assets.store.learning.models import ModelVersion
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.learning.tested_posts import ToPublish, publish_tested
from xbot_assets_tests.steps.unheard import writing_product

START = datetime(2026, 7, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = {
    "compare_posts_min": 20,
    "compare_posts_best": 30,
    "compare_rules_posts_max": 100,
    "flip_days_min": 7,
    "bandit_rule": "steady",
}
LIKED, DISLIKED = 0.7, 0.3
POSTS = 80


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product whose tests may speak after twenty posts."""
    with writing_product(settings_for, tmp_path, daily_budget_usd=50, plan_queue_max=99, **RULES) as (opened, _):
        at(opened, START)
        yield opened


def at(product: Product, when: datetime) -> None:
    """Set the product's clock."""
    set_line(product.database, ClockLine(system_now(), when))
    product.clock.refresh()


def topics(product: Product) -> tuple[str, str]:
    """Return what the steady bandit of these tests loves, and what the restarting one does."""
    first, second, *_ = product.account.persona.topic_names
    return first, second


def begin(product: Product) -> tuple[ModelVersion, ModelVersion]:
    """Store a steady and a restarting bandit that love different topics, and begin to test the second."""
    persona = product.account.persona
    blank = prior(persona.topic_names, persona.format_names, strength=2)
    stored = []
    for topic, rule in zip(topics(product), ("steady", "restarting"), strict=True):
        loved = learn(blank, [Observed(Arm(topic, form), 0.9) for form in persona.format_names] * 3)
        parameters = loved.model_copy(update={"rule": rule}).model_dump()
        now = product.clock.now()
        stored.append(models.insert_model_version(product.database, "bandit", parameters, {}, 0, now))
    assert decided(product).verdict == "first"
    return stored[0], stored[1]


def decided(product: Product) -> Promotion:
    """Decide now, and return what was decided about the bandit."""
    (one,) = [promotion for promotion in promote_newest(product) if promotion.kind == "bandit"]
    return one


def post(product: Product, first: datetime, loved: str, count: int = POSTS) -> None:
    """Choose as plans do, publish, and let readers like one topic; then go to the day on which all is known."""
    rng, chosen = np.random.default_rng(5), choosers(product)
    drawn = [chosen.draw(1, rng).chosen[0] for _ in range(count)]
    earned = [float(rng.normal(LIKED if one.arm.topic == loved else DISLIKED, 0.05)) for one in drawn]
    version = chosen.version.id if chosen.version else None
    tested = chosen.tested.version.id if chosen.tested else None
    posts = [ToPublish(choice, reward, version, tested_id=tested) for choice, reward in zip(drawn, earned, strict=True)]
    publish_tested(product, posts, first)
    at(product, first + 4 * DAY)


def test_what_a_test_can_prove_is_said_before_it_starts(product: Product) -> None:
    """With the pace and the luck that it is reckoned from; the report says it, too."""
    begin(product)
    begun = decided(product)
    assert begun.verdict == "stays"
    assert "least gain that can be proven (80 % of the time) is" in begun.reason
    assert "too few posts have an outcome yet" in begun.reason
    foreseen = begun.evidence["foreseen"]
    assert [one["days"] for one in foreseen["provable"]] == [30, 90]
    assert foreseen["deviation"] > 0
    (test,) = [one for one in learning_report(product.account).tests if one.kind == "bandit"]
    assert test.share == 0.5


def test_a_plan_in_a_test_records_the_chances_of_both_sides(product: Product, database_url: str) -> None:
    """Half of each; and which version had a share."""
    steady, restarting = begin(product)
    alone = write_plan(product, np.random.default_rng(1))
    decided(product)
    mixed = write_plan(product, np.random.default_rng(1))
    sides = [version_chances(Posterior.model_validate(one.parameters), one.id) for one in (steady, restarting)]
    arms = Posterior.model_validate(steady.parameters).arms
    for plan, chances in ((alone, sides[0]), (mixed, (sides[0] + sides[1]) / 2)):
        assert dict(plan.chances) == pytest.approx(dict(zip(arms, chances.tolist(), strict=True)), rel=1e-12)
    assert "in test, has 50% of the chances" in mixed.reason
    with psycopg.connect(database_url, options="-c search_path=xbot") as beside:
        rows = beside.execute("select id, bandit_version_id, tested_version_id from posts").fetchall()
    by_id = {row[0]: row[1:] for row in rows}
    assert {by_id[one.id] for one in alone.posts} == {(steady.id, None)}
    assert {by_id[one.id] for one in mixed.posts} == {(steady.id, restarting.id)}


def test_the_report_tells_how_each_way_of_learning_did_week_by_week(product: Product) -> None:
    """What it chose alone, and what both sides of a test chose, with intervals."""
    begin(product)
    post(product, START + DAY, topics(product)[0], count=10)
    decided(product)
    at(product, START + 8 * DAY)
    post(product, START + 8 * DAY, topics(product)[0], count=1)
    newest, oldest = learning_report(product.account).weeks
    assert (newest.rule, newest.in_test, newest.posts, newest.low) == ("steady", True, 1, None)
    assert (oldest.rule, oldest.in_test, oldest.posts) == ("steady", False, 10)
    assert oldest.low is not None
    assert oldest.high is not None
    assert oldest.low < oldest.rate < oldest.high


def test_a_better_challenger_is_promoted_by_posts_of_its_own_choice(product: Product) -> None:
    """And taken back, with an alert, when readers change their mind."""
    steady, restarting = begin(product)
    decided(product)
    post(product, START + DAY, topics(product)[1])
    promoted = decided(product)
    assert (promoted.verdict, promoted.champion) == ("promoted", restarting)
    assert "tested against its predecessor from now on" in promoted.reason
    assert promoted.evidence["foreseen"]["posts_seen"] == POSTS
    assert not open_alerts(product.database)
    post(product, START + 10 * DAY, topics(product)[0])
    back = decided(product)
    assert (back.verdict, back.champion) == ("rolled_back", steady)
    (alert,) = open_alerts(product.database)
    assert alert.key == MODEL_ROLLED_BACK.key_of(kind="bandit")
    assert back.reason in alert.reason


def test_a_worse_challenger_loses_its_share_and_is_watched_on(product: Product) -> None:
    """Its posts have shown enough."""
    steady, _ = begin(product)
    decided(product)
    post(product, START + DAY, topics(product)[0])
    dropped = decided(product)
    assert (dropped.verdict, dropped.champion) == ("dropped", steady)
    assert "no share in what is posted" in dropped.reason
    assert dropped.evidence["share"] == 0.5
    tested = comparisons.challenger(product.database, "bandit")
    assert tested is not None
    assert (tested.share, rule_of(tested.model)) == (0, "restarting")
    assert choosers(product).tested is None


def test_what_the_champion_chose_alone_proves_nothing(product: Product) -> None:
    """In a test it is left out, for what is said of the other may rest on a post of any weight; and counted."""
    begin(product)
    post(product, START + DAY / 2, topics(product)[1], count=3)
    decided(product)
    held = replace(product, settings=product.settings.model_copy(update={"models_held": True}))
    post(held, START + 5 * DAY, topics(product)[1], count=3)
    post(product, START + 10 * DAY, topics(product)[1], count=5)
    unsure = decided(product)
    assert unsure.verdict == "cannot_tell"
    assert unsure.evidence["left_out"] == {"chosen by the champion alone": 3}
    assert unsure.evidence["comparison"]["posts"] == 5


def test_a_challenger_without_a_share_is_never_promoted(product: Product) -> None:
    """What the champion's posts say of it is told."""
    steady, _ = begin(product)
    alone = replace(product, settings=product.settings.model_copy(update={"compare_share": 0.0}))
    decided(alone)
    post(alone, START + DAY, topics(product)[1])
    told = decided(alone)
    assert (told.verdict, told.champion) == ("cannot_tell", steady)
    assert told.evidence["comparison"]["posts"] == POSTS
    assert "champion" in told.evidence["estimates"]
    assert "proves nothing" in told.reason


def test_held_models_choose_alone(product: Product) -> None:
    """The test goes on when the hold ends."""
    begin(product)
    decided(product)
    held = replace(product, settings=product.settings.model_copy(update={"models_held": True}))
    assert choosers(held).tested is None
    assert choosers(product).tested is not None


def test_without_a_share_the_champion_chooses_alone(product: Product) -> None:
    """The test is one of what the champion's posts say."""
    begin(product)
    alone = replace(product, settings=product.settings.model_copy(update={"compare_share": 0.0}))
    decided(alone)
    assert choosers(alone).tested is None
    assert comparisons.challenger(product.database, "bandit") is not None
