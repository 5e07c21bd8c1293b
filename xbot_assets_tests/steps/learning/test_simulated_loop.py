"""What ``xbot simulate`` plays is what the loop does through a real browser: a short window, lived both ways."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pytest

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.learning.bandit import Arm, Observed, Posterior, prior
from xbot_assets.domain.learning.outcomes import level_of
from xbot_assets.domain.learning.reward import engagement_score
from xbot_assets.sandbox.people.audiences import NAMES, readers_of
from xbot_assets.sandbox.people.world import DEFAULT_SEED, session_account
from xbot_assets.simulation.champions import Champions, ChangeRules
from xbot_assets.simulation.world import Published, World
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.learning.promotion import rule_of
from xbot_assets.steps.learning.training import compute_outcomes, train_bandit
from xbot_assets.steps.metrics.readings import measure_posts
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.learning import models
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts as post_store
from xbot_assets_tests.steps.conftest import HANDLE, running_host, running_site
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

PLANS = 7
WORLD_SEED = 1
"""That ``Site.begin_anew`` makes the world from."""


class Readers(NamedTuple):
    """The name of an audience, and the site whose readers it is."""

    name: str
    site: Site


@pytest.fixture(scope="module", params=NAMES)
def readers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """A sandbox with one audience."""
    with running_site(tmp_path_factory.mktemp("sandbox"), "--audience", request.param) as site:
        yield Readers(request.param, site)


@pytest.fixture(scope="module")
def site(readers: Readers) -> Site:
    """The sandbox of these tests."""
    return readers.site


@pytest.fixture(scope="module")
def host_url(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A browser of its own."""
    with running_host(tmp_path_factory.mktemp("host"), site) as url:
        yield url


def lived(product: Product) -> None:
    """Plan, publish, measure and learn, some days long."""
    for number in range(PLANS):
        for post in plan_posts(product, np.random.default_rng(number)).posts:
            later(product, max(timedelta(minutes=6), post.scheduled_at - product.clock.now()))
            assert publish_next(product).post_id == post.id
        later(product, timedelta(hours=7))
        measure_posts(product)
        compute_outcomes(product)
        train_bandit(product)


def replayed(readers: Readers) -> tuple[World, dict[str, Published]]:
    """Let the simulated account publish what the ledger says, at those times; return its posts by id."""
    world = World(readers_of(readers.name, WORLD_SEED), 0)
    # The account was made when the host logged in, in the world before this one.
    world.first_followers = session_account(HANDLE, DEFAULT_SEED, system_now()).followers
    posts = {
        row["id"]: world.publish(row["id"], row["text"], datetime.fromisoformat(row["created_at"]))
        for row in readers.site.ledger()
    }
    return world, posts


@pytest.mark.soak
def test_a_simulated_window_gives_what_the_browser_path_gave(product: Product, readers: Readers) -> None:
    """The same counts at the time of each reading, the same outcomes, and the same posteriors."""
    readers.site.begin_anew()
    lived(product)
    world, played = replayed(readers)
    rows = {row.id: row for row in post_store.recent_posts(product.database, 2 * PLANS)}
    outcomes = readings.training_examples(product.database, 99)
    assert len(outcomes) >= PLANS
    scores = list[float]()
    for outcome in outcomes:
        post = played[str(rows[outcome.post_id].x_post_id)]
        stored = next(one for one in readings.readings_of(product.database, outcome.post_id) if one.views)
        shown = world.counts(post, stored.read_at)
        # What an account's followers were when it posted decides its views.
        assert stored.views == pytest.approx(shown.views, rel=0.01, abs=2)
        simulated = engagement_score(shown)
        assert simulated is not None
        scores.append(simulated)
        # Real time passes between the page's counts and the reading: at most a reaction or two.
        assert outcome.reward == pytest.approx(simulated, abs=0.03)
    assert level_of(scores) == pytest.approx(level_of([one.reward for one in outcomes]), abs=0.01)
    assert_same_posteriors(product, [Observed(Arm(one.topic, one.format), one.reward) for one in outcomes])


def assert_same_posteriors(product: Product, observed: list[Observed]) -> None:
    """The newest stored version of each way of learning is what the simulated champions know after these posts."""
    persona, settings = product.account.persona, product.settings
    start = prior(persona.topic_names, persona.format_names, strength=settings.bandit_prior_strength)
    rules = ChangeRules(settings.comparison_rules, 0.5, timedelta(days=7), settings.learn_posts_max)
    champions = Champions(start, "steady", rules)
    for one in observed:
        champions.train([one])
    stored = {rule_of(version): version for version in reversed(models.model_versions(product.database, "bandit", 2))}
    assert stored.keys() == champions.posteriors().keys()
    for rule, posterior in champions.posteriors().items():
        kept = Posterior.model_validate(stored[rule].parameters)
        np.testing.assert_allclose(kept.precision, posterior.precision, rtol=1e-9)
        np.testing.assert_allclose(kept.information_vector, posterior.information_vector, rtol=1e-9, atol=1e-9)
