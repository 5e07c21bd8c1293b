"""Reads an account's public numbers: exact ones from the page's own data, else the rounded ones it shows."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.evidence import evidence_of
from xbot_assets.browser.pages.labels import shown_number
from xbot_assets.browser.pages.reading import RawProfile, Snapshot
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import open_page
from xbot_assets.browser.pages.told.accounts import HeardAccounts, unshown
from xbot_assets.browser.pages.told.graphql import GraphUser, user_by_screen_name
from xbot_assets.browser.pages.traffic import Answer, Traffic
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.x.answers import ProfileRead
from xbot_assets.x.operations import ReadProfile

NUMBERS = ("followers", "following", "posts")
_JOINED = "Joined %B %Y"
_AUTOMATED = re.compile(r"Automated( by @\w+)?")
_LONGEST_MONTH = timedelta(days=31)
_INSTANT = timedelta(microseconds=1)


async def read_profile(page: Page, site: Site, operation: ReadProfile, attempt: Attempt) -> ProfileRead:
    """Open the account's page and return its numbers.

    Raises:
        PermanentFailure: ``no_account``, ``account_suspended``, ``account_protected``, ``account_blocked`` or
            ``account_unavailable``, when X does not show its numbers; for our own account its state.
        ProductError: typed by page state.
    """
    traffic, users, accounts = Traffic(page), list[GraphUser](), HeardAccounts(site.handle)

    def hear(answer: Answer) -> None:
        accounts.hear(answer)
        users.extend(filter(None, [user_by_screen_name(answer.body)]))

    traffic.listen(hear)
    asked, url = operation.handle, site.profile(operation.handle)
    try:
        seen = await open_page(page, url, "profile", traffic=traffic, seconds=attempt.remaining)
    except ProductError as failure:
        if failure.code is not FailureCode.GONE:
            raise
        raise accounts.failure(asked) or unshown(FailureCode.NO_ACCOUNT, asked) from failure
    exact = next((user for user in users if user.handle.casefold() == asked.casefold()), None)
    if exact is not None:
        return await _kept(page, _completed(exact_profile(exact, accounts.why_unshown(asked)), seen))
    if seen.profile is None:
        raise accounts.failure(asked, seen.state.empty) or unshown(
            FailureCode.ACCOUNT_UNAVAILABLE, asked, seen.state.empty
        )
    return await _kept(page, profile_of_page(asked, seen.profile, seen.state.language))


async def _kept(page: Page, read: ProfileRead) -> ProfileRead:
    """Add what the page looked like when it did not tell every number."""
    absent = [name for name in NUMBERS if getattr(read, name) is None]
    if not absent:
        return read
    reason = f"The numbers of @{read.handle} cannot be read: {', '.join(absent)}."
    return read.model_copy(update={"evidence": await evidence_of(page, reason)})


def exact_profile(user: GraphUser, hidden: FailureCode | None) -> ProfileRead:
    """Return the profile that X's data tell; ``hidden`` is why the account's posts are not shown."""
    return ProfileRead(
        handle=user.handle,
        name=user.name,
        followers=user.followers,
        following=user.following,
        posts=user.posts,
        bio=user.bio,
        exact=True,
        created_at=user.created_at,
        labelled_automated=user.labelled_automated,
        hidden=hidden,
    )


def _completed(told: ProfileRead, seen: Snapshot) -> ProfileRead:
    """Take the numbers that X's data do not tell from the page, where they may be rounded."""
    absent = [name for name in NUMBERS if getattr(told, name) is None]
    if not absent or seen.profile is None:
        return told
    shown = profile_of_page(told.handle, seen.profile, seen.state.language)
    return told.model_copy(update={"exact": False, **{name: getattr(shown, name) for name in absent}})


def profile_of_page(handle: str, shown: RawProfile, language: str) -> ProfileRead:
    """Return what a profile's header says; numbers are rounded as they are shown, and absent when unreadable."""
    return ProfileRead(
        handle=handle,
        name=shown.name.removesuffix(shown.label or "").rpartition("@")[0].strip(),
        followers=shown_number(shown.followers, language),
        following=shown_number(shown.following, language),
        posts=shown_number(shown.posts, language),
        bio=shown.bio,
        exact=False,
        created_at=_joined(shown.joined),
        labelled_automated=True if _AUTOMATED.fullmatch(shown.label or "") else None,
    )


def _joined(written: str | None) -> datetime | None:
    """Return the last moment of the month that the page names, so that no account is taken for older than it is."""
    try:
        month = datetime.strptime(written or "", _JOINED).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (month + _LONGEST_MONTH).replace(day=1) - _INSTANT
