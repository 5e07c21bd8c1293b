"""Reads what others did with the account: the posts among its notifications, and the notices without words."""

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.timeline import Collected, collect, unanswered
from xbot_assets.browser.pages.told.acts import acts_in
from xbot_assets.browser.pages.told.lists import Tab
from xbot_assets.browser.pages.traffic import Answer, Traffic
from xbot_assets.x.answers import NotificationsRead, NotifiedAct
from xbot_assets.x.operations import ReadNotifications


async def read_notifications(
    page: Page, site: Site, operation: ReadNotifications, attempt: Attempt
) -> NotificationsRead:
    """Read posts in page order, without our own, and the acts that X's data tell.

    Raises:
        ProductError: typed by page state.
    """
    own, acts = site.handle.casefold(), dict[NotifiedAct, None]()
    traffic = Traffic(page)
    collected = Collected(
        Tab.NOTIFICATIONS, lambda post: post.handle.casefold() != own and not post.promoted, operation.limit
    )

    def hear(answer: Answer) -> None:
        collected.heard.hear(answer)
        acts.update(dict.fromkeys(acts_in(answer.body)))

    traffic.listen(hear)
    url = site.notifications(mentions_only=operation.mentions_only)
    seen, complete = await collect(page, traffic, url, collected, attempt)
    if collected.is_unanswered:
        raise traffic.refusal or unanswered(seen)
    return NotificationsRead(posts=traffic.told.all_completed(collected.posts), complete=complete, acts=tuple(acts))
