"""A worker that plans and publishes replies until it is killed: a process of its own, forked from a warm one."""

from datetime import timedelta

from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.replies import plan_replies
from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next

LATER = timedelta(minutes=6)
"""How far the clocks move after each turn: more than the spacing of two posts."""


def work(settings: Settings, name: str) -> None:
    """Plan and publish for ever. The body of the forked process."""
    with open_product(settings, worker=name) as product:
        while True:
            turn(product)


def turn(product: Product) -> None:
    """Do what the schedules would do, one after another; what fails is tried again by the next turn."""
    for step in (plan_replies, publish_next):
        try:
            step(product)
        except ProductError:
            continue
    advance(product.settings, product.database, LATER)
    product.clock.refresh()
