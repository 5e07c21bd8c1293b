"""Asks X for posts: many at a time from the account's own lists where that is quicker, the others from their own pages.

A list shows posts that are not due yet. Those whose turn is near are read with the others, so that posts which went out
at any minute come to be read together, and one look at a list is enough for all of them.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.metrics.together import depth_worth_reading
from xbot_assets.steps.metrics.sorting import unread_counts
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics.readings import PostOnList, PostToMeasure, posts_on_lists
from xbot_assets.x.account_state import ACCOUNT_TROUBLE
from xbot_assets.x.answers import PostReading, PostsRead
from xbot_assets.x.operations import ReadOwnTimeline, ReadPosts

_LOG = logging.getLogger(__name__)
PLACES_BETWEEN = 5
"""Posts that stand on the timeline and not in the database, such as a pinned one or the owner's own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, those that were read along included, and X's answer to it."""

    posts: tuple[PostToMeasure, ...]
    answer: PostsRead


def ask(product: Product, due: Sequence[PostToMeasure], *, along: bool = True) -> Asked:
    """Read posts; what the lists do not show, or not whole, is read from its own page.

    Args:
        product: the opened parts.
        due: the posts to read.
        along: whether to read others with them whose turn is near, where a list shows them.

    Raises:
        ProductError: when the pages could not be read because of the account, the site or the browser.
    """
    known = {post.id for post in due}
    lists = posts_on_lists(
        product.database,
        now=product.clock.now(),
        limit=product.settings.metrics_timeline_posts,
        share=product.settings.metrics_together_share,
    )
    wanted = {post.x_post_id: post for post in lists if along or post.id in known}
    listed = _from_lists(product, wanted, known)
    left = [post for post in due if post.x_post_id not in listed]
    read = _from_pages(product, left) if left else PostsRead(posts=())
    others = (wanted[x_id] for x_id in listed if wanted[x_id].id not in known)
    return Asked((*due, *others), read.model_copy(update={"posts": (*listed.values(), *read.posts)}))


def _from_pages(product: Product, posts: Sequence[PostToMeasure]) -> PostsRead:
    settings = product.settings
    return product.x.run(
        ReadPosts(post_ids=tuple(post.x_post_id for post in posts), handle=product.account.handle),
        lane=Lane.HIGH,
        deadline_seconds=settings.read_deadline_seconds + len(posts) * settings.read_post_seconds,
    )


def _from_lists(product: Product, wanted: dict[str, PostOnList], due: set[int]) -> dict[str, PostReading]:
    """Read the lists as far down as it pays; nothing where it does not."""
    depths = {answers: _depth(product, wanted, due, answers=answers) for answers in (False, True)}
    if not any(depths.values()):
        return {}
    try:
        answer = product.x.run(
            ReadOwnTimeline(limit=max(depths.values()) + PLACES_BETWEEN, with_replies=depths[True] > 0),
            lane=Lane.HIGH,
            deadline_seconds=product.settings.read_deadline_seconds,
        )
    except ProductError as failure:
        if failure.code in ACCOUNT_TROUBLE:
            raise
        _LOG.warning("The timeline could not be read, so each post is read from its own page: %s", failure.reason)
        return {}
    return {
        post.post_id: post
        for post in answer.posts
        if post.post_id is not None and post.post_id in wanted and not unread_counts(post)
    }


def _depth(product: Product, wanted: dict[str, PostOnList], due: set[int], *, answers: bool) -> int:
    """Return how far to read one list; 0 where none of its posts that it would be read for is due."""
    settings, posts = product.settings, [post for post in wanted.values() if post.answers is answers]
    depth = depth_worth_reading(
        [post.place for post in posts],
        page_posts=settings.metrics_timeline_page_posts,
        least=settings.metrics_timeline_min,
    )
    return depth if any(post.id in due and post.place <= depth for post in posts) else 0
