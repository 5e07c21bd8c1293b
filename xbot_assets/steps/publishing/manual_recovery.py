"""What a person may say of an unconfirmed post: where it is on X, and what else waits for a person.

The command line and the Inbox both decide here.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.identifiers import HANDLE, POST_ID
from xbot_assets.steps.own_account import Account
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import recovery
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.manual_recovery import decide_published
from xbot_assets.store.publishing.rows import PhantomPost, RemovedPost, UnconfirmedPost

X_HOSTS = frozenset({"x.com", "www.x.com", "mobile.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"})
_STATUS = re.compile(rf"/(?P<handle>{HANDLE.pattern})/status/(?P<id>{POST_ID.pattern})(?:/.*)?")
EVERYTHING = "all"
"""Acknowledges every unknown post at once, in place of an id; never a doubled or removed one."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What waits for a person's word: unconfirmed posts, posts that no row knows, posts that X took back."""

    unconfirmed: list[UnconfirmedPost]
    phantoms: list[PhantomPost]
    removals: list[RemovedPost]


def undecided(database: Database) -> Undecided:
    """Return everything about X that only a person can decide."""
    return Undecided(
        post_store.unconfirmed_posts(database), recovery.open_phantoms(database), recovery.open_removals(database)
    )


def decide_published_at(account: Account, post_id: int, where: str, by: Decider) -> None:
    """Move an unconfirmed post to published, as the post of X that a person names by its address or id.

    Raises:
        PermanentFailure: ``bad_x_post`` for what names no post of this account; else as the
            store's ``decide_published``.
    """
    x_post_id = own_post_id(where.strip(), account)
    decide_published(account.database, post_id, x_post_id, account.permalink(x_post_id), by)


def acknowledged_ids(database: Database, which: str) -> list[str]:
    """Return the ids that a person means: one, or every unknown post's with ``all``."""
    if which.strip() != EVERYTHING:
        return [which.strip()]
    return [row.x_post_id for row in recovery.open_phantoms(database) if row.resembles_post_id is None]


def own_post_id(where: str, account: Account) -> str:
    """Return the id of a post of this account that a person names by its address or id.

    Raises:
        PermanentFailure: ``bad_x_post`` for what names no post of this account.
    """
    if POST_ID.fullmatch(where):
        return where
    try:
        parts = urlsplit(where)
    except ValueError as error:  # brackets that hold no address
        raise _bad("This is no address of a post on X.") from error
    address = _STATUS.fullmatch(parts.path)
    sites = {*X_HOSTS, urlsplit(account.settings.target_url or "").netloc}
    if address is None or parts.scheme not in {"http", "https"} or parts.netloc.lower() not in sites:
        raise _bad("This is no address of a post on X.")
    if not account.is_own(address["handle"]):
        raise _bad(f"This post is @{address['handle']}'s, not @{account.handle}'s.")
    return address["id"]


def _bad(reason: str) -> PermanentFailure:
    return PermanentFailure(
        reason,
        code=FailureCode.BAD_X_POST,
        remedy="Copy the address of the post itself, https://x.com/NAME/status/NUMBER.",
    )
