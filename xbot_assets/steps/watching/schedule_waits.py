"""Why the work of each schedule has to wait: asked by the schedule that starts it, and by the watch that misses it.

Where work waits for more than one thing, the order says which reason a tick shows. A schedule whose work waits for one
thing only, and that nobody watches, asks its own step.
"""

from collections.abc import Callable, Mapping

from xbot_assets.steps.account.session_checks import session_wait
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.engagement.harvest_due import harvest_wait
from xbot_assets.steps.engagement.inbound import inbound_wait
from xbot_assets.steps.learning.learn_due import learning_due
from xbot_assets.steps.metrics.page_watch import profile_wait, reading_wait
from xbot_assets.steps.metrics.readings import account_due, posts_due
from xbot_assets.steps.operations.memory import memory_wait
from xbot_assets.steps.operations.retention import purge_wait
from xbot_assets.steps.product import Opened
from xbot_assets.steps.publishing.posting_window import posting_window
from xbot_assets.steps.publishing.reconciliation import comparison_wait
from xbot_assets.steps.signals.places import background_wait, high_value_wait

Wait = Callable[[Opened], str | None]
"""Says in words why work has to wait, or ``None`` when it is due. Raises as the database does."""


def check_session_wait(opened: Opened) -> str | None:
    """Say why the session is not checked now, or ``None``."""
    return session_wait(opened) or posting_window(opened)


def reconcile_wait(opened: Opened) -> str | None:
    """Say why the timeline is not compared now, or ``None``."""
    return posting_window(opened) or comparison_wait(opened)


def measure_wait(opened: Opened) -> str | None:
    """Say why no post is read now, or ``None``."""
    if wait := reading_wait(opened) or posting_window(opened):
        return wait
    return None if posts_due(opened) else "No post is due for a reading."


def measure_account_wait(opened: Opened) -> str | None:
    """Say why the profile is not read now, or ``None``."""
    if wait := profile_wait(opened) or posting_window(opened):
        return wait
    return None if account_due(opened) else "The profile was read recently."


def harvest_inbound_wait(opened: Opened) -> str | None:
    """Say why the notifications are not read now, or ``None``."""
    return _low_lane_wait(opened) or inbound_wait(opened)


def harvest_opportunities_wait(opened: Opened) -> str | None:
    """Say why no posts to answer are looked for now, or ``None``."""
    return _low_lane_wait(opened) or harvest_wait(opened)


def read_high_value_wait(opened: Opened) -> str | None:
    """Say why the accounts that the owner tracks are not read now, or ``None``."""
    return posting_window(opened) or high_value_wait(opened)


def read_background_wait(opened: Opened) -> str | None:
    """Say why trends and others' posts are not read now, or ``None``."""
    return _low_lane_wait(opened) or background_wait(opened)


def learn_wait(opened: Opened) -> str | None:
    """Say why nothing is learned now, or ``None``."""
    return None if learning_due(opened) else "No new outcome, or learned recently."


WAITS: Mapping[str, Wait] = {
    "plan_when_due": plan_wait,
    "check_session_when_due": check_session_wait,
    "reconcile_when_due": reconcile_wait,
    "measure_when_due": measure_wait,
    "measure_account_when_due": measure_account_wait,
    "harvest_inbound_when_due": harvest_inbound_wait,
    "harvest_opportunities_when_due": harvest_opportunities_wait,
    "learn_when_due": learn_wait,
    "purge_when_due": purge_wait,
}
"""By schedule or sensor, of those that are watched. Backups and drills have alerts of their own."""


def _low_lane_wait(opened: Opened) -> str | None:
    """Say why work of the low lane waits for others, or ``None``."""
    return posting_window(opened) or memory_wait(opened.settings)
