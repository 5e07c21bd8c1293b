"""Planning follows the budget: which model, how many posts, and how often."""

from datetime import datetime, timedelta

from xbot_assets.domain.budget.calls import CallAsk, LlmCall
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.llm_budget import DatabaseBudget
from xbot_assets.steps.product import Product
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets_tests.steps.moving import later

MARGIN = timedelta(minutes=1)


def spend(product: Product, share: float) -> None:
    """Book a call for another purpose that costs this share of the day's budget."""
    books = DatabaseBudget(product.database, product.settings, product.clock)
    cost, now = round(product.settings.daily_budget_microusd * share), product.clock.now()
    facts = {"purpose": "plan", "model": "m", "prompt_version": "p", "prompt_tokens": 1, "completion_tokens": 1}
    reservation = books.reserve(CallAsk.model_validate(facts | {"worst_case_microusd": cost, "called_at": now}))
    entry = LlmCall.model_validate(facts | {"outcome": "ok", "cost_microusd": cost, "called_at": now})
    books.settle(reservation, entry, None, answered=True)


def to_morning(product: Product) -> None:
    """Move to the beginning of the next day, so that its end does not come into the way."""
    now = product.clock.now()
    tomorrow = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) + timedelta(days=1)
    later(product, tomorrow - now)


def test_a_full_budget_writes_two_posts_with_the_better_model_every_two_hours(product: Product) -> None:
    """What each post was written with is in the ledger, the seed too."""
    to_morning(product)
    plan = plan_posts(product)
    assert (plan.tier.name, plan.model, len(plan.posts)) == ("high", "gpt-4o", 2)
    (call,) = recent_calls(product.database, 9)
    assert (call.model, call.model_version) == ("gpt-4o", "gpt-4o-2024-08-06")
    assert call.seed is not None
    later(product, timedelta(minutes=118))
    assert plan_wait(product) is not None
    later(product, timedelta(minutes=3))
    assert plan_wait(product) is None


def test_a_low_budget_writes_one_cheaper_post_every_four_hours(product: Product) -> None:
    """And a critical one every six."""
    to_morning(product)
    spend(product, 0.6)
    plan = plan_posts(product)
    assert (plan.tier.name, plan.model, len(plan.posts)) == ("low", "gpt-4o-mini", 1)
    later(product, timedelta(hours=4) - MARGIN)
    assert plan_wait(product) is not None
    later(product, 2 * MARGIN)
    assert plan_wait(product) is None
    spend(product, 0.25)
    assert plan_posts(product).tier.name == "critical"
    later(product, timedelta(hours=6) - MARGIN)
    assert plan_wait(product) is not None
    later(product, 2 * MARGIN)
    assert plan_wait(product) is None
