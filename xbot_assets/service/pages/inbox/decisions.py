"""What each action of the Inbox and of a post's own page does. The rules are the steps'; here a form becomes a call."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from xbot_assets.domain.posts.post import PostStatus
from xbot_assets.service.pages.inbox.alerts import ALERT_DECISIONS, ALERT_DONE
from xbot_assets.service.pages.inbox.suggestions import SUGGESTION_DECISIONS, SUGGESTION_DONE
from xbot_assets.service.pages.inbox.unconfirmed import UNCONFIRMED_DECISIONS, UNCONFIRMED_DONE
from xbot_assets.steps.publishing.approval import ReviewContext, owners_time
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.approvals import Decider

Decision = Callable[[ReviewContext, int, str, Mapping[str, str]], None]
"""Called with where decisions are made, the number in the address, who decides and the form's fields."""

AND_APPROVE = "approve"
"""Sent as ``then`` by the button that saves an edited text and approves it."""
STATUS_OF = {
    "no_such_post": HTTPStatus.NOT_FOUND,
    "already_decided": HTTPStatus.CONFLICT,
    "text_changed": HTTPStatus.CONFLICT,
    "no_suggestion": HTTPStatus.CONFLICT,
    "already_answered": HTTPStatus.CONFLICT,
}
"""What a browser is told of a refused decision; any other is 422."""
DONE = {
    "approve": "Post {} is approved. It is published at its time.",
    "edit": "Post {} has its new text. It still waits for your approval.",
    "reject": "Post {} is rejected.",
    "reschedule": "Post {} has another time.",
    **UNCONFIRMED_DONE,
    **ALERT_DONE,
    **SUGGESTION_DONE,
}
"""What the page says after each action. Nothing else from an address is ever shown."""


def _by(review: ReviewContext, who: str, fields: Mapping[str, str]) -> Decider:
    return Decider(who, review.clock.now(), fields.get("why", ""))


def _approve(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    by = _by(review, who, fields)
    approvals.approve_post(review.database, post_id, by, check=review.check(), seen=fields.get("seen", ""))


def _edit(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    queued = fields.get("was") == PostStatus.QUEUED
    by, seen = _by(review, who, fields), fields.get("seen", "")
    saved = review.edit(post_id, fields.get("text", ""), by, seen=seen, queued=queued)
    if fields.get("then") == AND_APPROVE:
        # Of the very text that was saved: somebody else may have been at it since.
        _approve(review, post_id, who, {**fields, "seen": approvals.texts_digest([saved])})


def _reject(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    approvals.reject_post(review.database, post_id, _by(review, who, fields))


def _reschedule(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    at = owners_time(fields.get("at", ""), review.settings)
    approvals.reschedule_post(review.database, post_id, at, _by(review, who, fields))


DECISIONS: dict[str, Decision] = {
    "approve": _approve,
    "edit": _edit,
    "reject": _reject,
    "reschedule": _reschedule,
    **UNCONFIRMED_DECISIONS,
    **ALERT_DECISIONS,
    **SUGGESTION_DECISIONS,
}
"""By the last word of the address."""
