"""The product's automations without Dagster: when each has something to do, and the step that its asset runs."""

from collections.abc import Callable
from dataclasses import dataclass

from xbot_assets.domain.failures import ProductError
from xbot_assets.steps.account.session_checks import check_session, session_wait
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.engagement.harvest_due import harvest_wait
from xbot_assets.steps.engagement.inbound import harvest_inbound, inbound_wait
from xbot_assets.steps.engagement.pool import harvest_opportunities
from xbot_assets.steps.engagement.replies import plan_replies, replies_wait
from xbot_assets.steps.metrics.page_watch import profile_wait, reading_wait
from xbot_assets.steps.metrics.readings import account_due, measure_account, measure_posts, posts_due
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.steps.publishing.posting_window import posting_window
from xbot_assets.steps.publishing.reconciliation import compare_timeline, comparison_wait
from xbot_assets.steps.publishing.recovery import recover_posts, recovery_wait


@dataclass(frozen=True, slots=True)
class Automation:
    """One job: ``wait`` says why it has nothing to do now; ``step`` is what it does."""

    name: str
    wait: Callable[[Product], str | None]
    step: Callable[[Product], object]


def _publish_wait(product: Product) -> str | None:
    refusal = publish_wait(product, with_recovery=False)
    return refusal.sentence if refusal else None


def _measure_wait(product: Product) -> str | None:
    due = None if posts_due(product) else "No post is due for a reading."
    return reading_wait(product) or posting_window(product) or due


def _account_wait(product: Product) -> str | None:
    due = None if account_due(product) else "The profile was read recently."
    return profile_wait(product) or posting_window(product) or due


MEASURE = "measure"
AUTOMATIONS = (
    Automation("publish", _publish_wait, publish_next),
    Automation("recover", recovery_wait, recover_posts),
    Automation("reconcile", lambda product: posting_window(product) or comparison_wait(product), compare_timeline),
    Automation("plan", plan_wait, plan_posts),
    Automation(MEASURE, _measure_wait, measure_posts),
    Automation("measure_account", _account_wait, measure_account),
    Automation("inbound", lambda product: posting_window(product) or inbound_wait(product), harvest_inbound),
    Automation("harvest", lambda product: posting_window(product) or harvest_wait(product), harvest_opportunities),
    Automation("plan_replies", replies_wait, plan_replies),
    Automation("check_session", lambda product: session_wait(product) or posting_window(product), check_session),
)
"""In the order in which they are asked at each minute; what waits for the machine's memory or real time is left out."""


def ran(automation: Automation, product: Product) -> str:
    """Run the step; return the code of the failure that it ended in, or nothing."""
    try:
        automation.step(product)
    except ProductError as failure:
        return str(failure.code)
    return ""
