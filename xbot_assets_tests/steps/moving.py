"""Moving the product's and the sandbox's clocks in a test."""

from datetime import timedelta

from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.product import Product

A_SECOND = timedelta(seconds=1)


def later(product: Product, by: timedelta = timedelta(minutes=5)) -> None:
    """Move both clocks a little further than ``by``."""
    advance(product.settings, product.database, max(by, A_SECOND) + A_SECOND)
    product.clock.refresh()
