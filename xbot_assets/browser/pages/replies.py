"""Reads what stands below a post on its own page."""

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.status import absent
from xbot_assets.browser.pages.timeline import Collected, collect
from xbot_assets.browser.pages.told.lists import Tab
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.x.answers import PostReading, TimelineRead
from xbot_assets.x.operations import ReadReplies


async def read_replies(page: Page, site: Site, operation: ReadReplies, attempt: Attempt) -> TimelineRead:
    """Read the answers to a post, and what answers them, in page order.

    What the post itself answers stands above it, and what X offers beside the conversation below it: neither is part
    of the answer. Ids grow with time, so whatever is older than the post is no answer to it.

    Raises:
        PermanentFailure: ``gone``, ``unavailable``, or why X does not show the post.
        ProductError: typed by page state.
    """
    traffic = Traffic(page)
    collected = Collected(Tab.CONVERSATION, lambda post: not post.promoted, operation.limit + 1)
    traffic.listen(collected.heard.hear)
    url = site.status(operation.handle, operation.post_id)
    seen, complete = await collect(page, traffic, url, collected, attempt)
    posts = traffic.told.all_completed(collected.posts)
    focal = next((post for post in posts if post.post_id == operation.post_id), None)
    if focal is None:
        raise absent(seen, operation.post_id)
    below = [post for post in posts if _is_below(post, focal)]
    return TimelineRead(posts=tuple(below[: operation.limit]), complete=complete)


def _is_below(post: PostReading, focal: PostReading) -> bool:
    if post.post_id is None or int(post.post_id) <= int(focal.post_id or 0):
        return False
    return None in {post.conversation_id, focal.conversation_id} or post.conversation_id == focal.conversation_id
