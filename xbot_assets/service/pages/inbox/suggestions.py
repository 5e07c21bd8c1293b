"""The part of the Inbox about replies that only a person may post: copied, posted by hand, or dismissed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.steps.engagement.suggestions import (
    dismiss,
    mark_copied,
    mark_posted,
    post_address,
    suggestions_now,
    suggestions_waiting,
)
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.approval import ReviewContext, told_time
from xbot_assets.store.engagement.suggestions import Suggestion

SUGGESTION_DONE = {
    "copied": "The draft is copied. Post it on X, then say here where it is.",
    "posted": "Your reply is noted. Its numbers are read from now on.",
    "dismiss": "The suggestion is dismissed.",
}
"""What the page says after each action."""
NOTHING_READ = "Nothing that others write is read: XBOT_HARVEST is off."
INBOUND_ONLY = (
    "Only what turns to the account is read: XBOT_HARVEST is inbound. "
    "With all, posts by others on your topics are read, too."
)
WHY_FEW = {"off": NOTHING_READ, "inbound": INBOUND_ONLY}
"""What an empty list says of the setting that keeps it small, by its value."""


@dataclass(frozen=True, slots=True)
class SuggestionCards:
    """What the page shows: a card a reply, as many as fit, how many there are, and why there may be few."""

    cards: list[dict[str, Any]]
    waiting: int
    why_few: str


def suggestion_cards(account: Account) -> SuggestionCards:
    """Return what a person may post by hand, with times in words and whole addresses."""
    cards = [_card(one, account) for one in suggestions_now(account)]
    return SuggestionCards(cards, suggestions_waiting(account), WHY_FEW.get(account.settings.harvest_mode, ""))


def _card(one: Suggestion, account: Account) -> dict[str, Any]:
    settings = account.settings
    return asdict(one) | {
        "url": post_address(settings, one),
        "written": told_time(one.created_at, settings),
        "until": told_time(one.expires_at, settings),
        "counted": weighted_length(one.draft),
        "most": settings.post_max_weighted_chars,
    }


def _copied(review: ReviewContext, x_post_id: int, who: str, _fields: Mapping[str, str]) -> None:
    mark_copied(review.account, str(x_post_id), who)


def _posted(review: ReviewContext, x_post_id: int, who: str, fields: Mapping[str, str]) -> None:
    text = fields.get("text", "").replace("\r\n", "\n").strip()
    mark_posted(review.account, str(x_post_id), fields.get("where", ""), who, text=text or None)


def _dismiss(review: ReviewContext, x_post_id: int, who: str, _fields: Mapping[str, str]) -> None:
    dismiss(review.account, str(x_post_id), who)


SUGGESTION_DECISIONS: dict[str, Callable[[ReviewContext, int, str, Mapping[str, str]], None]] = {
    "copied": _copied,
    "posted": _posted,
    "dismiss": _dismiss,
}
"""What each action of the page does, by the id on X of the post that is answered."""
