"""When nothing can be written: the pool, then templates, and a way back; with the real model and database."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import xbot_assets.llm
from xbot_assets.domain.alerts.content import FALLBACK_SHARE
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.content.emergency_pool import POOL_PURPOSE, pool_wait, take_from_pool, top_up
from xbot_assets.steps.content.fallback import (
    fallback_posts,
    fallback_share,
    load_templates,
    watch_fallback_share,
)
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.content import emergency_pool as pool_store
from xbot_assets.store.content.gates import recent_refusals
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.steps.unheard import move, writing_product

HOUR = timedelta(hours=1)
SHIPPED_PERSONA = Path(xbot_assets.llm.__file__).with_name("persona.toml")
Parts = tuple[Product, LlmServer]


@pytest.fixture
def parts(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Parts]:
    """A product that can write, and its model's server."""
    with writing_product(settings_for, tmp_path, daily_budget_usd=50) as opened:
        yield opened


def slots(product: Product, count: int) -> list[datetime]:
    """Return the next hours."""
    now = product.clock.now()
    return [now + HOUR * (place + 1) for place in range(count)]


def rng() -> np.random.Generator:
    """Return the same chance every time."""
    return np.random.default_rng(5)


def pooled_ids(product: Product) -> list[int]:
    """Return the ids of the pool, oldest first."""
    return [row.id for row in pool_store.pool_posts(product.database)]


def test_an_empty_pool_is_filled_with_approved_posts_of_many_arms(parts: Parts) -> None:
    """To its full size, through the same ledger, and then nothing is due."""
    product, _ = parts
    assert pool_wait(product) is None
    done = top_up(product, rng())
    assert done.size == product.settings.pool_posts_max == len(pooled_ids(product))
    rows = pool_store.pool_posts(product.database)
    assert len({(row.topic, row.format) for row in rows}) == len(rows)
    assert all(row.llm_call_id for row in rows)
    assert post_store.queue_counts(product.database) == {"emergency_pool": done.size}
    assert pool_wait(product) is not None


def test_after_a_week_every_pooled_post_is_replaced_and_none_is_deleted(parts: Parts) -> None:
    """The old ones are retired, with an event that says so; the pool is never small meanwhile."""
    product, _ = parts
    first = top_up(product, rng())
    move(product, timedelta(days=8))
    assert pool_wait(product) is None
    second = top_up(product, rng())
    assert set(second.retired) == set(first.added)
    assert pooled_ids(product) == list(second.added)
    counts = post_store.queue_counts(product.database)
    assert counts == {"emergency_pool": product.settings.pool_posts_max, "retired": len(first.added)}
    last = post_store.post_events(product.database, first.added[0])[-1]
    assert (last.to_status, last.note) == ("retired", "it was in the pool for too long")


def test_stale_posts_stay_while_nothing_can_be_written(parts: Parts) -> None:
    """An old post is better than none; the next attempt waits."""
    product, server = parts
    first = top_up(product, rng())
    move(product, timedelta(days=8))
    server.faults.active = {"llm_status": 401}
    with pytest.raises(ProductError):
        top_up(product, rng())
    assert pooled_ids(product) == list(first.added)
    assert pool_wait(product) is not None


def test_pooled_posts_are_taken_oldest_first_and_are_judged_again(parts: Parts) -> None:
    """One that was published in other words meanwhile is retired with the gate's reason."""
    product, _ = parts
    ids = top_up(product, rng()).added
    rows = {row.id: row for row in pool_store.pool_posts(product.database)}
    now = product.clock.now()
    said = NewPost(text=f"{rows[ids[0]].text} Again.", topic="cooking", format="tip", scheduled_at=now)
    post_store.enqueue_posts(product.database, [said], now)
    taken = take_from_pool(product, 2, slots(product, 2))
    assert [post.id for post in taken] == list(ids[1:3])
    assert {post.source for post in taken} == {"pool"}
    assert post_store.post_events(product.database, ids[0])[-1].note.startswith("near_duplicate")
    assert [row.purpose for row in recent_refusals(product.database, 1)] == [POOL_PURPOSE]


def test_a_dead_api_is_survived_for_three_days_and_ends_by_itself(parts: Parts) -> None:
    """Pool, then templates, each post once, the share alerted; afterwards the pool fills again and the alert closes."""
    product, server = parts
    size = top_up(product, rng()).size
    server.faults.active = {"llm_status": 503}
    sources: list[str] = []
    for number in range(36):
        posts = fallback_posts(product, 1, slots(product, 1), np.random.default_rng(number))
        sources += [post.source for post in posts]
        move(product, 2 * HOUR)
    assert sources == ["pool"] * size + ["template"] * (36 - size)
    texts = [row.text for row in post_store.recent_posts(product.database, 100)]
    assert len(set(texts)) == len(texts)
    assert FALLBACK_SHARE.key_of() in {alert.key for alert in open_alerts(product.database)}
    server.faults.active = {}
    assert top_up(product, rng()).size == size
    move(product, timedelta(days=2))
    watch_fallback_share(product)
    assert FALLBACK_SHARE.key_of() not in {alert.key for alert in open_alerts(product.database)}


def test_an_empty_database_still_gives_posts_from_templates(parts: Parts) -> None:
    """The first day without an API and without a pool; what was used is remembered."""
    product, _ = parts
    posts = fallback_posts(product, 4, slots(product, 4), rng())
    assert [post.source for post in posts] == ["template"] * 4
    assert [post.scheduled_at for post in posts] == sorted(post.scheduled_at for post in posts)
    assert len({post.text for post in posts}) == 4
    used = pool_store.template_uses_since(product.database, product.clock.now() - HOUR)
    assert [row.text for row in used] == [post.text for post in posts]


def test_the_share_counts_every_planned_post_but_not_the_pool_itself(parts: Parts) -> None:
    """Two of three are fallback; posts waiting in the pool are not planned."""
    product, _ = parts
    now = product.clock.now()
    top_up(product, rng())
    written = NewPost(text="Oil the chain after every wet ride.", topic="cycling", format="tip", scheduled_at=now)
    post_store.enqueue_posts(product.database, [written], now)
    fallback_posts(product, 2, slots(product, 2), rng())
    share = fallback_share(product)
    assert (share.fallback, share.posts) == (2, 3)
    assert open_alerts(product.database) == []


def test_the_owner_s_templates_are_used_when_they_are_in_the_persona_s_language(
    settings_for: SettingsFor, tmp_path: Path
) -> None:
    """English sentences are not for a German account, which then has none."""
    own, german = tmp_path / "templates.toml", tmp_path / "german.toml"
    lines = ('language = "en"', "[[templates]]", 'name = "mine"', 'format = "tip"', 'text = "Try {keyword}, slowly."')
    own.write_text("\n".join(lines))
    german.write_text(SHIPPED_PERSONA.read_text().replace('language = "en"', 'language = "de"'))
    with writing_product(settings_for, tmp_path, templates_path=own) as (product, _):
        (post,) = fallback_posts(product, 1, slots(product, 1), rng())
        assert post.text.endswith(", slowly.")
    with writing_product(settings_for, tmp_path, persona_path=german) as (product, _):
        assert fallback_posts(product, 1, slots(product, 1), rng()) == ()


@pytest.mark.parametrize("text", ["language = ", 'language = "en"\ntemplates = []\n', 'language = "english"\n'])
def test_a_templates_file_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, text: str) -> None:
    """In words, with a stable code."""
    bad = tmp_path / "templates.toml"
    bad.write_text(text)
    with pytest.raises(PermanentFailure) as caught:
        load_templates(bad)
    assert caught.value.code == "bad_templates"


TAKER = """
import sys
from datetime import timedelta
from pydantic import SecretStr
from xbot_assets.steps.content.emergency_pool import take_from_pool
from xbot_assets.steps.product import open_product
from xbot_assets.settings import Settings
from pathlib import Path
home, database, model = sys.argv[1:]
settings = Settings(home=Path(home), database_url=SecretStr(database), redis_url=SecretStr("off"),
    openai_base_url=model, browser_url="http://127.0.0.1:9", browser_token=SecretStr("t"))
with open_product(settings, worker="taker") as product:
    now = product.clock.now()
    for number in range(10):
        for post in take_from_pool(product, 1, [now + timedelta(hours=number + 1)]):
            print(post.id, flush=True)
"""


def test_two_processes_never_take_the_same_post(parts: Parts, database_url: str, tmp_path: Path) -> None:
    """Together they empty the pool, and every post went to one of them."""
    product, server = parts
    ids = top_up(product, rng()).added
    command = [sys.executable, "-c", TAKER, str(tmp_path), database_url, server.base_url]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    taken = [int(line) for taker in takers for line in taker.communicate(timeout=PATIENCE)[0].split()]
    assert all(taker.returncode == 0 for taker in takers)
    assert sorted(taken) == sorted(ids)
    assert pooled_ids(product) == []
