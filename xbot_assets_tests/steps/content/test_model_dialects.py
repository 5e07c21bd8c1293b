"""Plans against other servers, in simulated time; ``benchmarks/model_dialects.py`` plays a week against each."""

from datetime import timedelta
from pathlib import Path

import pytest

from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.store.alerts import open_alerts
from xbot_assets.testing.content.dialects import BEGAN, days_in, dialect_settings, kept, thinking_day
from xbot_assets.testing.content.planner import content_parts, content_run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["xai", "mistral"])
def test_a_day_against_another_server_keeps_the_cadence_and_books_its_bill(name: str, tmp_path: Path) -> None:
    """One bills thinking past its limit, the other refuses most of what OpenAI takes."""
    figures = days_in(name, 1, tmp_path)
    assert not [words for words, holds in kept(figures).items() if not holds], figures


def test_thinking_that_only_the_total_shows_does_not_pass_a_small_budget(tmp_path: Path) -> None:
    """20,000 tokens beside each answer are $0.30 of the better model: with $0.10 a day it is never asked."""
    figures = thinking_day(0.10, tmp_path, 20_000)
    assert figures["spent_microusd"] == figures["bill_microusd"] <= 100_000, figures
    assert figures["calls"] > 1
    assert figures["hours_without_content"] == 0


def test_an_answer_cut_while_it_thinks_is_told_at_once_with_what_helps(tmp_path: Path) -> None:
    """The account does not fall silent meanwhile."""
    changes = {"llm_thinking_tokens": 0, "posts_per_plan": 1, "pool_posts_min": 0, "pool_posts_max": 0}
    with content_parts(**changes) as (base, sandbox):
        sandbox.set_faults(llm_dialect="mistral")
        settings = dialect_settings(base, "mistral", tmp_path)
        with content_run(settings, plan_posts, began=BEGAN, seed=1, pooled=False) as run:
            run.work(BEGAN + timedelta(minutes=1))
            ((_, plan),) = run.plans
            assert plan.posts[0].source == "template"
            (alert,) = [each for each in open_alerts(run.product.database) if each.key == "cannot_write"]
            assert "was cut at its limit of 320 tokens" in alert.reason
            assert "XBOT_LLM_THINKING_TOKENS" in alert.remedy
    assert "XBOT_POSTS_PER_PLAN" not in alert.remedy
