"""A product that looks often, before a site with its lists in one tab or in two."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets_tests.steps.site import Site


@pytest.fixture(params=["split", pytest.param("joined", marks=pytest.mark.soak)])
def tabbed(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site with originals and replies in a list each, as X has them, or in one list, as it had."""
    chosen = replace(site, switches={"tabs": request.param})
    chosen.begin_anew()
    yield chosen
    site.set_faults()


@pytest.fixture
def product(loop_settings: Callable[..., Settings], tabbed: Site) -> Iterator[Product]:
    """A product that looks every quarter of an hour, so that three looks are enough."""
    assert tabbed.switches
    settings = loop_settings(recovery_minutes=15, replies_engaged_only=False)
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        yield opened
