"""A restored backup over the real host and sandbox: what went out after it was made does not go out again."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.steps.account.session_checks import check_session
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.steps.publishing.reconciliation import compare_timeline, comparison_wait
from xbot_assets.steps.restored_backup import restore_database
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.backup.dumping import dump_to
from xbot_assets.store.backup.restoring import open_backup
from xbot_assets.store.metrics.history import imported_x_ids
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing.pace import pace_facts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import Publish
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

HALF_AN_HOUR = timedelta(minutes=31)
BEFORE, AFTER, WAITS = "Toast the rice before the broth.", "Rest the dough in the cold.", "Salt the plum, not the pan."
CLAIMED, LATER = "Peel the ginger with a spoon.", "Freeze the stock in small cups."


@pytest.fixture
def product(product: Product, site: Site) -> Product:
    """A product whose site has no post of ours."""
    site.begin_anew()
    return product


def queue(product: Product, text: str) -> int:
    """Queue a post that is due now."""
    now = product.clock.now()
    post = NewPost(text=text, topic="cooking", format="tip", scheduled_at=now)
    return post_store.enqueue_posts(product.database, [post], now)[0]


def publish(product: Product, text: str) -> None:
    """Queue a post and publish what is due."""
    queue(product, text)
    later(product)
    publish_next(product)


def status_of(product: Product, text: str) -> str:
    """Return the state of the post with a text."""
    return next(str(row.status) for row in post_store.recent_posts(product.database, 50) if row.text == text)


def is_held(product: Product) -> bool:
    """Say whether publishing is on hold."""
    return product.account.hold_reason is not None


@pytest.fixture
def restored(
    product: Product, loop_settings: Callable[..., Settings], empty_database_url: str, tmp_path: Path
) -> Iterator[Product]:
    """A second product that goes on from a backup, while the first went on for a while after it was made."""
    publish(product, BEFORE)
    claimed = queue(product, CLAIMED)
    assert take_post(product.database, open_limits(), product.clock.now(), worker="old") is not None
    for text in (AFTER, WAITS):
        queue(product, text)
    dump_to(product.settings, tmp_path / "a.backup")
    for text in (CLAIMED, AFTER, LATER):
        product.x.run(Publish(text=text), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    settings = loop_settings(database_url=SecretStr(empty_database_url))
    with open_backup(tmp_path / "a.backup", tmp_path) as backup:
        restore_database(settings, backup, force=False)
    with open_product(settings, worker="second") as second:
        assert claimed
        yield second


def test_a_restored_stack_goes_on_and_posts_nothing_twice(restored: Product, site: Site) -> None:
    """Held until two looks surely showed everything; what X shows is confirmed, what it does not goes out once."""
    wait = publish_wait(restored)
    assert wait is not None
    assert wait.rule is RuleName.PUBLISHING_HOLD
    assert [alert.key for alert in open_alerts(restored.database)] == ["account:restored"]
    assert comparison_wait(restored) is None
    compare_timeline(restored)
    assert {text: status_of(restored, text) for text in (CLAIMED, AFTER, WAITS)} == {
        CLAIMED: "published",
        AFTER: "published",
        WAITS: "queued",
    }
    assert is_held(restored)
    check_session(restored)  # a session that is well says nothing about what was published
    later(restored, HALF_AN_HOUR)
    assert comparison_wait(restored) is None
    compare_timeline(restored)
    assert not is_held(restored)
    assert not open_alerts(restored.database)
    publish_next(restored)
    assert {text: site.posted(text) for text in (BEFORE, CLAIMED, AFTER, LATER, WAITS)} == dict.fromkeys(
        (BEFORE, CLAIMED, AFTER, LATER, WAITS), 1
    )


def test_what_no_row_knows_is_kept_as_history_and_counts_towards_the_limits(restored: Product, site: Site) -> None:
    """It is written and posted after the backup: the gates compare with it, and the day is that much fuller."""
    before = len(pace_facts(restored.database, PaceKind.POST, restored.clock.now(), restored.account.pace).recent)
    compare_timeline(restored)
    unknown = [post["id"] for post in site.ledger() if post["text"] == LATER]
    assert imported_x_ids(restored.database, map(str, unknown)) == set(map(str, unknown))
    seen = pace_facts(restored.database, PaceKind.POST, restored.clock.now(), restored.account.pace)
    assert len(seen.recent) == before + 3
    compare_timeline(restored)  # a second look counts nothing again
    again = pace_facts(restored.database, PaceKind.POST, restored.clock.now(), restored.account.pace)
    assert len(again.recent) == before + 3
