"""Weeks of plans against each server of the sandbox's table: cadence, and the books against the server's own bill."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.posts.presentable import presentable, presentation_problem
from xbot_assets.llm.prices import load_prices
from xbot_assets.sandbox.llm.dialects.table import DIALECTS
from xbot_assets.settings import Settings
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.testing.content.budget_load import SandboxModel
from xbot_assets.testing.content.planner import STEP, ContentRun, content_parts, content_run

REFUSALS_MOST = 6
"""As many as there are things to leave out."""
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
SPENT = "select coalesce(sum(cost_microusd), 0) as spent, count(*) filter (where reservation_id is not null) as calls"
WRITTEN = "select text, source from posts where source in ('llm', 'pool')"
PRICE = """
[[prices]]
model = "{model}"
input = {prices[0]}
output = {prices[1]}
valid_from = 2020-01-01
source = "made up for the sandbox's server of this name"
"""


def write_dialect_prices(folder: Path) -> Path:
    """Write a price file with the prices of every server of the table and return its path."""
    path = folder / "dialects.toml"
    path.write_text("".join(PRICE.format(model=one.model, prices=one.prices) for one in DIALECTS.values()))
    return path


def dialect_settings(base: Settings, name: str, folder: Path) -> Settings:
    """Return settings for a server of the table, as an owner would set them: an address, a key, a model, prices."""
    model = DIALECTS[name].model
    changes = {
        "llm": "openai",
        "openai_api_key": SecretStr(f"sk-sandbox-{name}"),
        "plan_model": model,
        "saving_model": model,
        "prices_path": write_dialect_prices(folder),
    }
    return base.model_copy(update=changes)


def days_in(name: str, days: float, folder: Path) -> dict[str, Any]:
    """Play days of plans against one server and return what was seen."""
    with content_parts() as (base, sandbox):
        settings = dialect_settings(base, name, folder)
        sandbox.set_faults(llm_dialect=name)
        with content_run(settings, plan_posts, began=BEGAN, seed=1, pooled=True) as run:
            run.work(BEGAN + timedelta(days=days))
            return _told(run, sandbox)


def thinking_day(budget_usd: float, folder: Path, tokens: int) -> dict[str, Any]:
    """Play a day on a small budget at a server of its own that bills so much thinking beside each answer."""
    prices = {"gpt-4o": ("5", "15"), "gpt-4o-mini": ("0.15", "0.60")}
    path = folder / "thinking.toml"
    path.write_text("".join(PRICE.format(model=model, prices=price) for model, price in prices.items()))
    owner = {"llm": "openai", "openai_api_key": SecretStr("sk-sandbox-thinking"), "prices_path": path}
    with content_parts(daily_budget_usd=budget_usd, **owner) as (settings, sandbox):
        sandbox.set_faults(llm_thinking_tokens=tokens)
        with content_run(settings, plan_posts, began=BEGAN, seed=1, pooled=True) as run:
            run.work(BEGAN + timedelta(days=1) - STEP)
            (books,) = run.ask(f"{SPENT} from llm_calls")
            listed = load_prices(path)
            bills = [
                listed.price(row["model"], BEGAN.date()).cost_microusd(row["prompt_tokens"], row["completion_tokens"])
                for row in sandbox.usage()
            ]
            return {
                "calls": books["calls"],
                "spent_microusd": int(books["spent"]),
                "bill_microusd": sum(bills),
                "plans": len(run.plans),
                "hours_without_content": run.hours_without_content,
            }


def _told(run: ContentRun, sandbox: SandboxModel) -> dict[str, Any]:
    usage = sandbox.usage()
    (books,) = run.ask(f"{SPENT} from llm_calls")
    texts = [row["text"] for row in run.ask(WRITTEN)]
    day = max((row["spent"] for row in run.ask("select spent_microusd as spent from budget_days")), default=0)
    pairs = zip(run.plans, run.plans[1:], strict=False)
    return {
        "plans": len(run.plans),
        "plans_from_the_model": sum(plan.posts[0].source == "llm" for _, plan in run.plans),
        "late_plans": sum(at - before > plan.tier.interval + STEP for (before, plan), (at, _) in pairs),
        "hours_without_content": round(run.hours_without_content, 1),
        "posts_written": len(texts),
        "not_presentable": sum(presentable(text) != text or bool(presentation_problem(text)) for text in texts),
        "calls": books["calls"],
        "requests": len(usage),
        "requests_refused": sum(row["status"] in {400, 404, 422} for row in usage),
        "spent_microusd": int(books["spent"]),
        "bill_microusd": sum(row["bill_microusd"] for row in usage),
        "most_in_a_day_microusd": day,
        "budget_microusd": round(run.product.settings.daily_budget_usd * MICROUSD_PER_USD),
        "failures": dict(run.failures),
    }


def kept(figures: dict[str, Any]) -> dict[str, bool]:
    """Hold a run's figures against the promises."""
    return {
        "the cadence is kept": figures["late_plans"] == 0 and figures["hours_without_content"] == 0,
        "the model wrote nearly every plan": figures["plans_from_the_model"] >= 0.95 * figures["plans"] > 0,
        "the books are the server's bill": figures["spent_microusd"] == figures["bill_microusd"] > 0,
        "every request is in the books": figures["calls"] == figures["requests"],
        "no day passes its budget": figures["most_in_a_day_microusd"] <= figures["budget_microusd"],
        "every post is presentable": figures["not_presentable"] == 0,
        "what a server takes is found out once": figures["requests_refused"] <= REFUSALS_MOST,
    }
