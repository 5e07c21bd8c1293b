"""What an older system of this kind got wrong about publishing, as what is guaranteed now."""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.alerts.publishing import POSTS_WAITING
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.settings import CHECKOUT
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_wait
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import approvals, policy, posts
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.testing.admission import take_post, unhurried
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import SettingsFor

DAY = timedelta(days=1)
CAP = 3


@pytest.fixture
def product(settings_for: SettingsFor) -> Iterator[Product]:
    """A product whose browser and language model are addresses only: nothing here gets as far as asking them."""
    nowhere = {"browser_url": "http://127.0.0.1:9", "openai_base_url": "http://127.0.0.1:9/v1"}
    settings = settings_for(browser_token=SecretStr("t"), posts_per_day_max=CAP, **nowhere)
    with open_product(settings, worker="test") as opened:
        yield opened


def queue(product: Product, *texts: str, due: datetime) -> list[int]:
    """Queue posts that were written a while before they are due."""
    new = [NewPost(text=text, topic="cooking", format="tip", scheduled_at=due) for text in texts]
    return posts.enqueue_posts(product.database, new, due - DAY)


def claim(product: Product, now: datetime, worker: str = "w") -> ClaimedPost | None:
    """Claim as the publisher does."""
    return take_post(product.database, unhurried(product.settings), now, worker=worker, lease=product.settings.lease)


def publish(product: Product, now: datetime) -> int | None:
    """Publish one post; ``None`` when nothing may go."""
    held = claim(product, now)
    if held is None:
        return None
    assert posts.arm_post(product.database, held, now)
    posts.confirm_published(product.database, held, x_post_id=str(held.id), permalink=None, now=now)
    return held.id


def test_a_post_written_long_ago_is_not_taken_from_the_worker_that_has_just_claimed_it(product: Product) -> None:
    """Stuck is who holds a post for too long, not what was written long ago; every recovery leaves it alone."""
    now = product.clock.now()
    (post_id,) = queue(product, "Written last week, due a moment ago.", due=now - timedelta(minutes=1))
    held = claim(product, now)
    assert held is not None
    much_later = now + 7 * DAY
    assert posts.expire_leases(product.database, much_later) == []
    assert claim(product, much_later, worker="a second one") is None
    assert posts.arm_post(product.database, held, now)
    assert [event.to_status for event in posts.post_events(product.database, post_id)][-1] == "armed"


def test_posts_overdue_after_an_outage_go_to_a_person_with_one_alert_and_none_is_dropped(product: Product) -> None:
    """What is a little late is published; all the rest waits for a decision, however much it is."""
    now = product.clock.now()
    outage = timedelta(hours=product.settings.post_stale_hours + 1)
    late = queue(product, *(f"Planned for the outage, number {number}." for number in range(30)), due=now - outage)
    (recent,) = queue(product, "Due just before it ended.", due=now - timedelta(minutes=10))
    assert publish(product, now) == recent
    assert publish(product, now) is None
    assert posts.queue_counts(product.database) == {"held": len(late), "published": 1}
    (told,) = open_alerts(product.database)
    assert told.key == POSTS_WAITING.key_of()
    assert "30 post(s)" in told.reason


def test_approved_after_an_outage_posts_are_spread_and_not_sent_in_a_burst(product: Product) -> None:
    """Each is due from the decision on, and they go apart by the spacing, within the day's cap."""
    now = product.clock.now().replace(hour=1, minute=0)
    ids = queue(product, *(f"Approved at last, number {number}." for number in range(CAP + 2)), due=now - DAY)
    for post_id in ids:
        assert policy.hold_post(product.database, post_id, "late", now)
        approvals.approve_post(product.database, post_id, Decider("anna", now), check=lambda _, __: None)
    gone = [publish(product, now + minute * timedelta(minutes=1)) for minute in range(60)]
    at = [minute for minute, post_id in enumerate(gone) if post_id is not None]
    spacing = product.settings.post_spacing // timedelta(minutes=1)
    assert at == [number * spacing for number in range(CAP)]
    assert posts.queue_counts(product.database) == {"published": CAP, "queued": 2}


def test_a_post_that_has_to_wait_loses_neither_its_place_nor_a_try(product: Product) -> None:
    """A hundred cycles under a full cap change nothing about it but the time at which it was last refused."""
    now = product.clock.now().replace(hour=1, minute=0)
    queue(product, *(f"Within the cap, number {number}." for number in range(CAP)), due=now)
    for number in range(CAP):
        assert publish(product, now + number * product.settings.post_spacing) is not None
    due = now + timedelta(hours=1)
    (waiting,) = queue(product, "Over the cap.", due=due)
    assert [publish(product, due + timedelta(minutes=minute)) for minute in range(100)] == [None] * 100
    (row,) = [post for post in posts.recent_posts(product.database, 10) if post.id == waiting]
    assert (row.status, row.scheduled_at) == ("queued", due)
    assert publish(product, now + DAY) == waiting


def test_every_cycle_that_publishes_nothing_can_say_why(product: Product) -> None:
    """Nothing due, or the rule in words: the queue never stands still in silence."""
    refusal = publish_wait(product)
    assert refusal is not None
    assert (refusal.rule, refusal.sentence) == (RuleName.DUE, "No post is due.")
    queue(product, "Due now.", due=product.clock.now())
    assert publish_wait(product) is None


def test_only_an_id_of_x_makes_a_post_published(product: Product, database_url: str) -> None:
    """Neither without one nor with one made up from the time: the table itself refuses the first."""
    now = product.clock.now()
    (post_id,) = queue(product, "Seen, but without an id.", due=now)
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("update xbot.posts set status = 'published', published_at = now() where id = %s", (post_id,))
    assert publish(product, now) == post_id


PRIVATE = re.compile(
    r"(^|/)(\.env|\.xbot|Cookies|Local State|Login Data|Default|user[-_ ]?data|storage[-_]?state[^/]*\.json)(/|$)"
    r"|(^|/)session[^/]*\.(json|sealed|enc|bin)$|\.(key|pem|p12|sqlite|db|dump)$|(^|/)id_(rsa|ed25519)"
)
"""Browser profiles and their parts, sealed or open sessions, settings with values, keys, and databases."""


def test_no_browser_profile_session_settings_file_or_key_is_in_the_repository() -> None:
    """Whoever has the source has nothing of the owner's; and git refuses what a stack leaves behind."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a clone: there is no list of what is in the repository")
    assert [name for name in _git("ls-files").splitlines() if PRIVATE.search(name)] == []
    for left in (".env", ".xbot/session", ".xbot/chromium/Default/Cookies", "session.json"):
        assert _git("check-ignore", left).strip() == left


@pytest.mark.parametrize(
    "name",
    [".env", "profile/Default/Cookies", "a/.xbot/x", "session.json", "x/session-prod.json", "my.key", "id_rsa", "a.db"],
)
def test_the_search_for_private_files_knows_one_when_it_sees_it(name: str) -> None:
    """The example of the settings and the code about sessions are none."""
    assert PRIVATE.search(name)
    for harmless in (".env.example", "xbot_assets/browser/session/source.py", "xbot_assets/browser/session/key.py"):
        assert not PRIVATE.search(harmless)


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=Path(CHECKOUT), capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    return done.stdout
