"""Where ``xbot approve`` decides: the opened parts, and the name a decision is kept under."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from xbot_assets.cli.app import settings_now
from xbot_assets.steps.publishing.approval import ReviewContext, open_review
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema
from xbot_assets.store.publishing.approvals import Decider

NOBODY = "owner"
"""Who decided, where the system knows no user's name."""


@contextmanager
def review_now() -> Iterator[ReviewContext]:
    """Open the parts that a decision needs."""
    settings = settings_now()
    with open_database(settings) as database:
        check_schema(database)
        yield open_review(settings, database, DatabaseClock(database))


def decider(review: ReviewContext, why: str) -> Decider:
    """Return who decides now: the user of this machine."""
    return Decider(who_asks(), review.clock.now(), why)


def who_asks() -> str:
    """Return the name of the user of this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return NOBODY
