"""The pool and the refusals as assets: a real materialization on real parts, and what it shows."""

from pathlib import Path

import dagster as dg
import pytest

from xbot_assets.defs.content.emergency_pool import emergency_pool
from xbot_assets.defs.content.gate_refusals import gate_refusals
from xbot_assets.defs.content.llm_failures import llm_failure_patterns
from xbot_assets.llm.briefs.brief import PostRequest
from xbot_assets.steps.content.emergency_pool import pool_wait
from xbot_assets.steps.content.gatekeeping import judge_for
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.unheard import writing_product

PNG = b"\x89PNG"

pytestmark = pytest.mark.usefixtures("template")


def shown(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, object]:
    """Return an asset's metadata as plain values."""
    (event,) = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def test_the_pool_and_what_the_gates_said_about_it_are_assets(settings_for: SettingsFor, tmp_path: Path) -> None:
    """The pool is filled and shown; every text judged on the way is in the other asset's picture."""
    with writing_product(settings_for, tmp_path, daily_budget_usd=50) as (product, _):
        pool = shown(dg.materialize([emergency_pool], resources={"product": product}), "emergency_pool")
        assert pool["size"] == pool["added"] == product.settings.pool_posts_max
        assert "| topic |" in str(pool["posts"])
        assert pool_wait(product) is not None
        judge_for(product, "manual").refusal("So true.", PostRequest(topic="cooking", format="tip"))
        metadata = shown(dg.materialize([gate_refusals], resources={"product": product}), "gate_refusals")
        judged, refused = metadata["judged"], metadata["refused"]
        assert isinstance(judged, int)
        assert isinstance(refused, int)
        assert judged - refused == pool["size"]
        assert refused >= 1
        assert "substance" in str(metadata["newest"])
        assert Path(str(metadata["by_gate"])).read_bytes().startswith(PNG)


def test_what_the_calls_cost_and_how_they_failed_is_an_asset(settings_for: SettingsFor, tmp_path: Path) -> None:
    """With the failed call in the table of codes, in words; before the first call there is nothing to draw."""
    with writing_product(settings_for, tmp_path, llm_attempts=1) as (product, server):
        resources = {"product": product}
        empty = shown(dg.materialize([llm_failure_patterns], resources=resources), "llm_failure_patterns")
        assert (empty["calls"], empty["by_code"], "by_hour" in empty) == (0, "Nothing.", False)
        server.faults.script = [{"llm_status": 503}]
        dg.materialize([emergency_pool], resources=resources, raise_on_error=False)
        dg.materialize([emergency_pool], resources=resources)
        metadata = shown(dg.materialize([llm_failure_patterns], resources=resources), "llm_failure_patterns")
    assert metadata["failed"] == 1
    assert "server\\_error" in str(metadata["by_code"])
    assert "| pool |" in str(metadata["by_purpose"])
    for plot in ("by_hour", "cost_by_day"):
        assert Path(str(metadata[plot])).read_bytes().startswith(PNG)
