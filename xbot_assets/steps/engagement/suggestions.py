"""Replies for a person to post by hand: what the page and the command line offer, and what they do with each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.identifiers import HANDLE
from xbot_assets.settings import Settings
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.own_profile import X_SITE
from xbot_assets.steps.publishing.manual_recovery import own_post_id
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import discovery as discovery_store
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement import suggestions as suggestion_store
from xbot_assets.store.engagement.suggestions import HeldSuggestion, ReplyRow, Suggestion
from xbot_assets.store.publishing.posts import insert_posted_by_hand
from xbot_assets.store.publishing.rows import PostedByHand

SHOWN = 50
_TWITTER_EPOCH_MS = 1_288_834_974_657
_SNOWFLAKE_SHIFT = 22
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class RepliesNow:
    """What a page about replies shows: what to post by hand, what is under way or out, who is not answered."""

    suggestions: list[Suggestion]
    replies: list[ReplyRow]
    unanswerable: list[author_store.UnanswerableAuthor]
    tracked: list[author_store.TrackedAccount]
    open_posts: int


def replies_now(account: Account) -> RepliesNow:
    """Return everything about replies at this moment."""
    database, now = account.database, account.clock.now()
    return RepliesNow(
        suggestions=suggestions_now(account),
        replies=suggestion_store.recent_replies(database, SHOWN),
        unanswerable=author_store.unanswerable_authors(database),
        tracked=author_store.tracked_accounts(database),
        open_posts=opportunity_store.open_count(database, now),
    )


def suggestions_now(account: Account) -> list[Suggestion]:
    """Return what a person may post by hand at this moment, newest first."""
    return suggestion_store.open_suggestions(account.database, account.clock.now(), SHOWN)


def suggestions_waiting(account: Account) -> int:
    """Return how many those are."""
    return suggestion_store.open_count(account.database, account.clock.now())


def post_address(settings: Settings, suggestion: Suggestion) -> str:
    """Return the address of the post that a suggestion answers, to be opened by a person."""
    base = (settings.target_url or X_SITE).rstrip("/")
    return f"{base}/{suggestion.handle}/status/{suggestion.x_post_id}"


def mark_copied(account: Account, x_post_id: str, by: str) -> None:
    """Note that a person copied the draft. Raises ``PermanentFailure``: ``no_suggestion``."""
    _move(account, x_post_id, "copied", by)


def dismiss(account: Account, x_post_id: str, by: str) -> None:
    """Note that a person does not want it. Raises ``PermanentFailure``: ``no_suggestion``."""
    _move(account, x_post_id, "dismissed", by)


def mark_posted(account: Account, x_post_id: str, where: str, by: str, *, text: str | None = None) -> int:
    """Note that a person posted it on X, and follow it from now on: its numbers are read like any post's.

    Args:
        account: the account, over opened parts.
        x_post_id: the post that the suggestion answers.
        where: address or id of the reply on X.
        by: who says so.
        text: what was posted, where that is not the draft.

    Returns:
        The row's number.

    Raises:
        PermanentFailure: ``no_suggestion``, ``bad_x_post`` for an address that is none, or of somebody else's post;
            ``already_answered``, or ``integrity`` when that reply is known already.
    """
    own_id = own_post_id(where.strip(), account)
    now = account.clock.now()
    with account.database.transaction() as transaction:
        held = suggestion_store.held_suggestion(transaction, x_post_id)
        if held is None or held.state not in {"suggested", "copied"}:
            raise _none(x_post_id)
        reply = _posted(account, held, own_id, text or held.draft, now)
        post_id = insert_posted_by_hand(transaction, reply, by, now)
        suggestion_store.note_posted(transaction, x_post_id, post_id, by=by, now=now)
    return post_id


def never_answer(account: Account, handle: str, by: str) -> bool:
    """Let an account never be answered again, waiting replies included; return whether that is new."""
    name, now = handle_of(handle), account.clock.now()
    with account.database.transaction() as transaction:
        new = author_store.note_unanswerable(transaction, [(name, author_store.OWNER, "")], now, by=by)
        opportunity_store.refuse_unanswerable(transaction, now)
    return new > 0


def may_answer(account: Account, handle: str) -> bool:
    """Let an account be answered again; return whether it was not."""
    return author_store.forget_unanswerable(account.database, handle_of(handle))


def track(account: Account, handle: str, by: str) -> bool:
    """Look at an account's posts for something to answer, even if it was banned; return whether that is new."""
    name = handle_of(handle)
    with account.database.transaction() as transaction:
        discovery_store.unban(transaction, name)
        return author_store.track(transaction, name, account.clock.now(), by=by)


def untrack(account: Account, handle: str) -> bool:
    """Look at them no more; return whether they were looked at."""
    return author_store.untrack(account.database, handle_of(handle))


def handle_of(written: str) -> str:
    """Return a handle without its @. Raises ``PermanentFailure``: ``not_a_handle``."""
    handle = written.strip().removeprefix("@")
    if not HANDLE.fullmatch(handle):
        raise PermanentFailure("That is no name of an account on X.", code=FailureCode.NOT_A_HANDLE)
    return handle


def _move(account: Account, x_post_id: str, state: suggestion_store.Moved, by: str) -> None:
    if not suggestion_store.move(account.database, x_post_id, state, by=by, now=account.clock.now()):
        raise _none(x_post_id)


def _none(x_post_id: str) -> PermanentFailure:
    return PermanentFailure(f"There is no open suggestion for the post {x_post_id}.", code=FailureCode.NO_SUGGESTION)


def _posted(account: Account, held: HeldSuggestion, own_id: str, text: str, now: datetime) -> PostedByHand:
    return PostedByHand(
        text=text,
        reply_to=held.x_post_id,
        reply_to_handle=held.handle,
        x_post_id=own_id,
        permalink=account.permalink(own_id),
        published_at=min(now, _posted_at(own_id, now)),
    )


def _posted_at(own_id: str, now: datetime) -> datetime:
    """Return the moment that X's ids carry; one that carries none counts from now."""
    milliseconds = (int(own_id) >> _SNOWFLAKE_SHIFT) + _TWITTER_EPOCH_MS
    at = datetime.fromtimestamp(min(milliseconds, 2**41) / _MILLISECONDS, now.tzinfo)
    return at if timedelta(0) <= now - at < timedelta(days=30) else now
