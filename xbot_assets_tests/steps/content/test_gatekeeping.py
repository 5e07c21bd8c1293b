"""Every judgement is stored, counted, and made with the product's own history."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from xbot_assets.domain.gates.chain import GATES
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.llm.briefs.brief import PostRequest
from xbot_assets.steps.content.gatekeeping import gate_report, judge_for
from xbot_assets.steps.product import Product
from xbot_assets.store.content.gates import recent_refusals
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.unheard import move, writing_product

TIP = PostRequest(topic="cooking", format="tip")
KNIFE = "A knife is most dangerous when it is blunt, because you push."
REWORDED = "Blunt knives are the dangerous ones: you end up pushing harder."
BREAD = "Cut the bread only when it is cold; a hot loaf is still cooking inside."


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product that can write."""
    with writing_product(settings_for, tmp_path) as (opened, _):
        yield opened


def queue(product: Product, text: str) -> None:
    """Queue a post now."""
    now = product.clock.now()
    post_store.enqueue_posts(
        product.database, [NewPost(text=text, topic="cooking", format="tip", scheduled_at=now)], now
    )


def test_a_text_that_says_what_waits_in_the_queue_is_refused_and_kept_for_the_owner(product: Product) -> None:
    """With gate, reason, purpose and model; the reason holds no word of it."""
    queue(product, KNIFE)
    refusal = judge_for(product, "plan", model="gpt-4o-mini").refusal(REWORDED, TIP)
    assert refusal is not None
    (row,) = recent_refusals(product.database, 10)
    assert (row.gate, row.text, row.purpose, row.model) == (
        "near_duplicate",
        REWORDED,
        "plan",
        "gpt-4o-mini",
    )
    assert row.reason == refusal.reason


def test_two_of_one_batch_may_not_say_the_same(product: Product) -> None:
    """What passed belongs to the history at once."""
    judge = judge_for(product, "plan")
    assert judge.refusal(KNIFE, TIP) is None
    refusal = judge.refusal(REWORDED, TIP)
    assert refusal is not None
    assert refusal.gate == "near_duplicate"


def test_after_ninety_days_it_may_be_said_again(product: Product) -> None:
    """The history ends where the setting says."""
    queue(product, KNIFE)
    move(product, timedelta(days=89))
    assert judge_for(product, "plan").refusal(KNIFE, TIP) is not None
    move(product, timedelta(days=2))
    assert judge_for(product, "plan").refusal(KNIFE, TIP) is None


def test_the_report_counts_by_gate_and_by_day(product: Product) -> None:
    """Every gate is there, in the chain's order, those that refused nothing too."""
    judge = judge_for(product, "plan")
    for text in (BREAD, KNIFE, "So true.", "The town oven has its own page: https://example.com/bread"):
        judge.refusal(text, TIP)
    report = gate_report(product)
    assert (report.judged, report.refused) == (4, 2)
    assert list(report.by_gate) == list(GATES)
    assert {gate for gate, count in report.by_gate.items() if count} == {"substance", "links"}
    assert sum(share for _, share in report.by_day) == pytest.approx(0.5 * len(report.by_day))


def test_further_gates_are_asked_after_the_chain(product: Product) -> None:
    """Only for a text that the chain lets through."""
    asked: list[str] = []
    judge = judge_for(product, "plan", further=[asked.append])
    judge.refusal("So true.", TIP)
    judge.refusal(BREAD, TIP)
    assert asked == [BREAD]
