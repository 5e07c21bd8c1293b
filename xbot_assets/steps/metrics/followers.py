"""What the account's followers changed by lately, and what of it goes with its posts."""

from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.attribution import Attribution, attribute, course_of
from xbot_assets.steps.own_account import Account
from xbot_assets.store.metrics.followers import FollowerReading, follower_readings, views_since

LOOKED_BACK = timedelta(days=28)
"""Older posts gain few views, and what an account gains beside its posts changes over longer times."""
POSTS_MAX = 200
"""The newest posts of that time; whoever posts more is told of these."""
SEED = 20_260_301
"""The same readings have the same intervals."""


def followers_lately(account: Account) -> list[FollowerReading]:
    """Return exact readings of the followers, oldest first."""
    return follower_readings(account.database, account.handle, account.clock.now() - LOOKED_BACK)


def attributed(account: Account) -> Attribution | None:
    """Return what goes with which post; ``None`` while too little was read."""
    since = account.clock.now() - LOOKED_BACK
    times: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for reading in views_since(account.database, since, POSTS_MAX):
        if not times[reading.post_id]:
            times[reading.post_id].append((reading.published_at, 0))
        times[reading.post_id].append((reading.read_at, reading.views))
    followers = course_of([(one.read_at, one.followers) for one in followers_lately(account)])
    views = {post: course_of(course) for post, course in times.items()}
    return attribute(followers, views, np.random.default_rng(SEED))
