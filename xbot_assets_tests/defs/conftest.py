"""A real Dagster instance, as ``dagster.yaml`` describes it, on this test's own database."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from pydantic import SecretStr

from xbot_assets.build import build_defs
from xbot_assets.defs.instance.pools import set_pools
from xbot_assets.settings import CHECKOUT, Settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets.testing.servers import SettingsFor


@pytest.fixture
def instance(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The instance that ``dagster dev`` would use in this checkout, with the pool's limit set."""
    monkeypatch.setenv("XBOT_DATABASE_URL", database_url)
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))
    reference = InstanceRef.from_dir(str(tmp_path), config_dir=str(CHECKOUT))
    with dg.DagsterInstance.from_ref(reference) as opened:
        set_pools(opened, Settings())
        yield opened


@pytest.fixture
def product(settings_for: SettingsFor) -> Iterator[Product]:
    """A product whose browser and language model are addresses only: nothing here may ask them."""
    nowhere = {"browser_url": "http://127.0.0.1:9", "openai_base_url": "http://127.0.0.1:9/v1"}
    with open_product(settings_for(browser_token=SecretStr("t"), **nowhere), worker="tick") as opened:
        yield opened


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    """Return the assembled code location."""
    return build_defs()
