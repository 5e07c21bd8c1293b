"""Asks X for posts: the newest ones many at a time from the own timeline, the others each from its own page."""

import logging
from collections.abc import Iterable, Sequence

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.metrics.sorting import unread_counts
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics.readings import PostToMeasure, timeline_places
from xbot_assets.x.account_state import ACCOUNT_TROUBLE
from xbot_assets.x.answers import PostReading, PostsRead
from xbot_assets.x.operations import ReadOwnTimeline, ReadPosts

_LOG = logging.getLogger(__name__)
PLACES_BETWEEN = 5
"""Posts that stand on the timeline and not in the database, such as a pinned one or the owner's own."""


def ask(product: Product, due: Sequence[PostToMeasure]) -> PostsRead:
    """Read posts; what the timeline does not show, or not whole, is read from its own page.

    Raises:
        ProductError: when the pages could not be read because of the account, the site or the browser.
    """
    listed = {reading.post_id: reading for reading in _from_timeline(product, due)}
    left = [post for post in due if post.x_post_id not in listed]
    read = _from_pages(product, left) if left else PostsRead(posts=())
    return read.model_copy(update={"posts": (*listed.values(), *read.posts)})


def _from_pages(product: Product, posts: Sequence[PostToMeasure]) -> PostsRead:
    settings = product.settings
    return product.x.run(
        ReadPosts(post_ids=tuple(post.x_post_id for post in posts), handle=product.account.handle),
        lane=Lane.HIGH,
        deadline_seconds=settings.read_deadline_seconds + len(posts) * settings.read_post_seconds,
    )


def _from_timeline(product: Product, due: Sequence[PostToMeasure]) -> Iterable[PostReading]:
    """Read those that stand near the top of the timeline, when they are so many that it is worth it."""
    settings = product.settings
    places = timeline_places(product.database, settings.metrics_timeline_posts)
    wanted = {post.x_post_id: places[post.id] for post in due if post.id in places}
    if len(wanted) < settings.metrics_timeline_min:
        return ()
    try:
        answer = product.x.run(
            ReadOwnTimeline(limit=max(wanted.values()) + PLACES_BETWEEN, with_replies=False),
            lane=Lane.HIGH,
            deadline_seconds=settings.read_deadline_seconds,
        )
    except ProductError as failure:
        if failure.code in ACCOUNT_TROUBLE:
            raise
        _LOG.warning("The timeline could not be read, so each post is read from its own page: %s", failure.reason)
        return ()
    return [post for post in answer.posts if post.post_id in wanted and not unread_counts(post)]
