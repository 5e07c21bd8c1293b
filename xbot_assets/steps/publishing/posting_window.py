"""Posting windows: from shortly before a due post until it is done, other browser work is not started."""

from datetime import timedelta

from xbot_assets.steps.product import Opened
from xbot_assets.store.publishing.queue import post_due_between


def posting_window(product: Opened) -> str | None:
    """Say in words that a posting window is open, or ``None``.

    A post that is overdue for longer than the window no longer keeps it open, nor does any while publishing is on
    hold: reading must not starve because posting cannot.
    """
    around = timedelta(minutes=product.settings.posting_window_minutes)
    now = product.clock.now()
    if product.account.hold_reason or not post_due_between(product.database, now - around, now + around):
        return None
    return "A posting window is open: browser work of other lanes waits until the post is out."
