"""A product over PostgreSQL and the sandbox's language model, without a browser: for steps that need none."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.clock import set_line
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server

NOWHERE = "http://127.0.0.1:9"


@contextlib.contextmanager
def writing_product(
    settings_for: SettingsFor, folder: Path, **overrides: object
) -> Iterator[tuple[Product, LlmServer]]:
    """Open a product with a model to write with and nowhere to publish; it has no cache."""
    with running_llm_server(folder) as server:
        parts = {"openai_base_url": server.base_url, "browser_url": NOWHERE, "redis_url": "off"}
        settings = settings_for(**{**parts, "browser_token": SecretStr("t"), **overrides})
        with open_product(settings, worker="test") as product:
            yield product, server


def move(product: Product, by: timedelta) -> datetime:
    """Move the product's clock forward and return its time."""
    now = product.clock.now()
    set_line(product.database, ClockLine(system_now(), now + by))
    product.clock.refresh()
    return product.clock.now()
