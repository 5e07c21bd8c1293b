"""What ran beside a call is in the ledger, and the month's report adds up to it."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xbot_assets.domain.budget.calls import ConcurrentRuns, LlmCall
from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.persona import load_persona
from xbot_assets.steps.content.llm_failures import failure_report
from xbot_assets.steps.language_model import open_language_model
from xbot_assets.steps.product import Product
from xbot_assets.store.content.ledger import recent_calls, record_llm_call
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.steps.unheard import move, writing_product

BRIEF = PostBrief(persona=load_persona(), posts=(PostRequest(topic="gardening", format="tip"),))
Parts = tuple[Product, LlmServer]


@pytest.fixture
def parts(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Parts]:
    """A product in Auckland that tries each call once, and its model's server."""
    with writing_product(settings_for, tmp_path, llm_attempts=1, timezone="Pacific/Auckland") as opened:
        yield opened


def write(product: Product, concurrent_runs: ConcurrentRuns, purpose: str = "plan") -> None:
    """Have one post written by a process beside these runs, whatever becomes of it."""
    brief = BRIEF.model_copy(update={"purpose": purpose, "model": "gpt-4o-mini"})
    opened = open_language_model(product.settings, product.database, product.clock, concurrent_runs)
    with opened as model, contextlib.suppress(ProductError):
        model.write_posts(brief)


def test_every_call_names_its_job_and_what_ran_beside_it(parts: Parts) -> None:
    """Those that failed and those that were refused before they were made, too."""
    product, server = parts
    concurrent_runs = ConcurrentRuns("plan", ("learn", "measure"))
    write(product, concurrent_runs)
    server.faults.active = {"llm_insufficient_quota": True}
    write(product, concurrent_runs)
    write(product, concurrent_runs)
    rows = recent_calls(product.database, 9)
    assert [row.failure_code for row in rows] == ["api_held", "insufficient_quota", None]
    assert {(row.job, tuple(row.beside)) for row in rows} == {("plan", ("learn", "measure"))}


def test_a_call_outside_a_run_does_not_claim_to_know(parts: Parts) -> None:
    """No job, which is not the same as nothing beside it."""
    product, _ = parts
    write(product, product.concurrent_runs)
    (row,) = recent_calls(product.database, 9)
    assert (row.job, row.beside) == (None, [])


def test_the_report_adds_up_to_the_ledger(parts: Parts) -> None:
    """By purpose, model, hour, day and code, and by what ran beside."""
    product, server = parts
    for _ in range(2):
        write(product, ConcurrentRuns("plan", ("learn",)))
        write(product, ConcurrentRuns("top_up_pool"), "pool")
        move(product, timedelta(hours=1))
    server.faults.active = {"llm_status": 503}
    write(product, ConcurrentRuns("plan", ("measure",)))
    report, rows = failure_report(product), recent_calls(product.database, 99)
    spent = sum(row.cost_microusd for row in rows)
    assert (report.total.calls, report.total.failed, report.total.refused) == (5, 1, 0)
    assert report.total.cost_microusd == spent > 0
    for part in (report.by_purpose, report.by_model, report.by_hour):
        assert sum(one.cost_microusd for one in part.values()) == spent
        assert sum(one.calls for one in part.values()) == 5
    assert sum(map(sum, report.cost_by_day.values())) == spent
    assert {name: one.failed for name, one in report.by_purpose.items()} == {"plan": 1, "pool": 0}
    (code,) = report.codes
    assert (code.code, code.kind, code.made) == ("server_error", "transient", 1)
    assert code.newest_reason is not None
    assert "500" in code.newest_reason or "503" in code.newest_reason
    beside = {one.name: (one.within.failed, one.within.occasions) for one in report.jobs}
    assert beside == {"learn": (0, 2), "measure": (1, 1)}


def test_hours_and_days_are_the_owner_s(parts: Parts) -> None:
    """At 11:20 UTC in March a new day has just begun in Auckland."""
    product, _ = parts
    at = datetime(2026, 3, 4, 11, 20, tzinfo=UTC)
    move(product, at - product.clock.now())
    call = {"purpose": "plan", "model": "m", "prompt_version": "p", "outcome": "ok", "cost_microusd": 7}
    record_llm_call(product.database, LlmCall.model_validate(call | {"called_at": at, "reservation_id": 1}))
    report = failure_report(product)
    assert [hour for hour, one in report.by_hour.items() if one.calls] == [0]
    assert report.days[-1] == datetime(2026, 3, 5, tzinfo=UTC).date()
    assert report.cost_by_day == {"plan": [0] * 30 + [7]}


def test_a_call_that_is_older_than_the_month_is_left_out(parts: Parts) -> None:
    """And an empty month is no failure."""
    product, _ = parts
    write(product, ConcurrentRuns("plan"))
    move(product, timedelta(days=31))
    assert failure_report(product).total.calls == 0
