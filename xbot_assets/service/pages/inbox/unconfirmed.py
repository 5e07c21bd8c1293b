"""The part of the Inbox about posts on X: unconfirmed, not from here, or taken back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.approval import ReviewContext, told_time
from xbot_assets.steps.publishing.manual_recovery import EVERYTHING, Undecided, acknowledged_ids, decide_published_at
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.manual_recovery import acknowledge, decide_absent
from xbot_assets.store.publishing.rows import PhantomPost, RemovedPost, UnconfirmedPost

UNCONFIRMED_DONE = {
    "found": "Post {} is published.",
    "absent": "Post {} is queued again.",
    "drop": "Post {} is dropped.",
    "acknowledge": "It is noted that you know of it.",
}
"""What the page says after each action."""


@dataclass(frozen=True, slots=True)
class UndecidedCards:
    """What the page shows of :class:`Undecided`."""

    unconfirmed: list[dict[str, Any]]
    phantoms: list[dict[str, Any]]
    removals: list[dict[str, Any]]


def cards_of(waiting: Undecided, account: Account) -> UndecidedCards:
    """Return what waits with times in words and whole addresses, as the page shows it."""
    settings = account.settings

    def card(post: UnconfirmedPost | PhantomPost | RemovedPost) -> dict[str, Any]:
        row = asdict(post)
        times = {
            name: told_time(row[name], settings)
            for name in ("intended_at", "created_at", "removed_at")
            if row.get(name)
        }
        # What was read on X may name any place: only an address of the site itself is a link.
        url = account.address(row.get("permalink")) or account.address(account.profile_path)
        return row | times | {"url": url}

    return UndecidedCards(
        [card(row) for row in waiting.unconfirmed],
        [card(row) for row in waiting.phantoms],
        [card(row) for row in waiting.removals],
    )


def _by(review: ReviewContext, who: str, fields: Mapping[str, str]) -> Decider:
    return Decider(who, review.clock.now(), fields.get("why", ""))


def _on_x(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    decide_published_at(review.account, post_id, fields.get("where", ""), _by(review, who, fields))


def _absent(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    decide_absent(review.database, post_id, _by(review, who, fields), again=True)


def _drop(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    decide_absent(review.database, post_id, _by(review, who, fields), again=False)


def _acknowledge(review: ReviewContext, x_post_id: int, who: str, fields: Mapping[str, str]) -> None:
    which = EVERYTHING if x_post_id == 0 else str(x_post_id)
    acknowledge(review.database, acknowledged_ids(review.database, which), _by(review, who, fields))


UNCONFIRMED_DECISIONS: dict[str, Callable[[ReviewContext, int, str, Mapping[str, str]], None]] = {
    "found": _on_x,
    "absent": _absent,
    "drop": _drop,
    "acknowledge": _acknowledge,
}
"""What each action of the page does. To be acknowledged is a post of X, by its id there; 0 means all from elsewhere."""
