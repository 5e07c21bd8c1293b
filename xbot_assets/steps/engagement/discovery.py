"""Finding accounts whose posts may be worth looking at, and the owner's word about them: pin or ban."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xbot_assets.steps.engagement.suggestions import handle_of
from xbot_assets.steps.own_account import Account
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import discovery as discovery_store
from xbot_assets.store.engagement.authors import TrackedAccount
from xbot_assets.store.engagement.discovery import BannedAccount, DiscoveredAccount, Signal
from xbot_assets.x.answers import PostReading


@dataclass(frozen=True, slots=True)
class AccountsNow:
    """Whose posts are looked at: those that the owner tracks, and the best that were discovered; and who is banned."""

    tracked: tuple[TrackedAccount, ...]
    discovered: tuple[DiscoveredAccount, ...]
    banned: tuple[BannedAccount, ...]


def discovered(account: Account) -> list[DiscoveredAccount]:
    """Return the best accounts that nobody tracks, as many as are looked at."""
    rules, now = account.settings.discovery_rules, account.clock.now()
    return discovery_store.discovered_accounts(account.database, rules, own=account.handle, now=now)


def accounts_now(account: Account) -> AccountsNow:
    """Return whose posts are looked at, and why."""
    return AccountsNow(
        tracked=tuple(author_store.tracked_accounts(account.database)),
        discovered=tuple(discovered(account)),
        banned=tuple(discovery_store.banned_accounts(account.database)),
    )


def ban(account: Account, handle: str, by: str) -> bool:
    """Look at an account no more, tracked or discovered; return whether that is new."""
    name = handle_of(handle)
    with account.database.transaction() as transaction:
        author_store.untrack(transaction, name)
        return discovery_store.ban(transaction, name, account.clock.now(), by=by)


def unban(account: Account, handle: str) -> bool:
    """Let an account be discovered again; return whether it was banned."""
    return discovery_store.unban(account.database, handle_of(handle))


def signals_of(posts: Sequence[PostReading]) -> Iterator[Signal]:
    """Yield whom these posts answer and quote, where that is told."""
    for post in posts:
        if post.post_id is None:
            continue
        if post.in_reply_to_handle:
            yield Signal(post.in_reply_to_handle, post.post_id, "answered")
        for box in post.quoted:
            if box.handle:
                yield Signal(box.handle, post.post_id, "quoted")
