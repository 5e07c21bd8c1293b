"""What the account's own timeline shows of the last days becomes known history, on the sandbox."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
from pydantic import SecretStr
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.settings import Settings
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.metrics.own_history import import_timeline
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.content.gates import judged_against
from xbot_assets.store.metrics.history import imported_x_ids
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site


def test_the_own_posts_of_the_last_days_become_known_once(product: Product, site: Site) -> None:
    """What the product published itself is no history; what the owner wrote is not written again; twice is once."""
    site.begin_anew()
    by_hand = site.plant(site.handle, "Peas want cool feet and warm heads.")
    later(product)
    post = plan_posts(product, np.random.default_rng(7)).posts[0]
    later(product, post.scheduled_at - product.clock.now())
    assert publish_next(product).post_id == post.id
    first, again = import_timeline(product, 90), import_timeline(product, 90)
    assert (first.added, first.known, first.unread) == (1, 0, 0)
    assert (again.added, again.known) == (0, 1)
    assert first.reaches is not None
    assert imported_x_ids(product.database, [by_hand]) == {by_hand}
    since = product.clock.now() - timedelta(days=1)
    assert "Peas want cool feet and warm heads." in judged_against(product.database, since, with_pool=False)


def test_what_is_older_than_asked_for_stays_unknown(product: Product, site: Site) -> None:
    """A day back is a day back."""
    site.begin_anew()
    old = site.plant(site.handle, "Beans climb what they touch.", age_seconds=3 * 86_400)
    young = site.plant(site.handle, "Leeks like to be left alone.")
    later(product)
    assert import_timeline(product, 1).added == 1
    assert imported_x_ids(product.database, [old, young]) == {young}


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what a shell would have to say for these parts."""
    named = (
        "handle",
        "home",
        "database_url",
        "target_url",
        "sandbox_token",
        "openai_base_url",
        "browser_url",
        "browser_token",
    )
    values = {name: getattr(settings, name) for name in named}
    told = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in values.items()
    }
    return {f"XBOT_{name.upper()}": value for name, value in told.items()}


def test_the_command_tells_what_is_new_how_far_it_reaches_and_that_twice_is_once(
    product: Product, loop_settings: Callable[..., Settings], site: Site
) -> None:
    """Typed as a person does; an archive and a timeline at once, or neither, are no question."""
    site.begin_anew()
    site.plant(site.handle, "Peas want cool feet and warm heads.")
    site.plant(site.handle, "Beans climb what they touch.", age_seconds=3 * 86_400)
    later(product)
    environment = environment_of(loop_settings())
    one_day = ["import", "--timeline", "--days", "1"]
    results = [CliRunner().invoke(app, words, env=environment) for words in (one_day, ["import", "--timeline"])]
    results.append(CliRunner().invoke(app, ["import", "--timeline"], env=environment))
    assert [result.exit_code for result in results] == [0, 0, 0], results[0].exception
    told = [result.stdout.splitlines() for result in results]
    assert [lines[0] for lines in told] == [
        "1 posts are new, 0 were known.",
        "1 posts are new, 1 were known.",
        "0 posts are new, 2 were known.",
    ]
    assert all(lines[1].startswith("The timeline showed everything since ") for lines in told)
    for words in (["import"], ["import", "tweets.js", "--timeline"], ["import", "--timeline", "--days", "0"]):
        assert CliRunner().invoke(app, words, env=environment).exit_code == 2
