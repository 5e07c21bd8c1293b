"""CreateTweet: what X checks, what it answers, and what it refuses with HTTP 200."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.sandbox.counting.weight import weighted_length
from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.web.api.shapes import Viewer
from xbot_assets.sandbox.web.uploads import IMAGES_MAX, INVALID, Uploads

WEIGHTED_LIMIT = 280
DUPLICATE_WINDOW = timedelta(hours=24)

MESSAGES = {
    64: "Your account is suspended and is not permitted to access this feature.",
    186: "Tweet needs to be a bit shorter.",
    187: "Status is a duplicate.",
    226: (
        "This request looks like it might be automated. To protect our users from spam and other malicious"
        " activity, we can't complete this action right now."
    ),
    INVALID: "The validation of media ids failed.",
    326: "To protect our users from spam and other malicious activity, this account is temporarily locked.",
    344: "You have reached your daily limit for sending Tweets and messages. Please try again later.",
    385: "You attempted to reply to a Tweet that is deleted or not visible to you.",
}
"""Refusals by code."""
EMPTY_TEXT = 170
MESSAGES[EMPTY_TEXT] = "Missing required parameter: status."


class CreateRefusedError(Exception):
    """X answers 200 and refuses; ``code`` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(MESSAGES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer sent."""

    text: str
    in_reply_to: str | None = None
    quoted_id: str | None = None
    media_ids: tuple[str, ...] = ()


def create(viewer: Viewer, author: Account, draft: Draft) -> Post:
    """Check and store a post of ours.

    Raises:
        CreateRefusedError: with the code X would answer.
    """
    site, now = viewer.site, _whole_milliseconds(viewer.now)
    refused = _refusal(site, author, draft, now)
    if refused:
        raise CreateRefusedError(refused)
    parent = site.posts.find(draft.in_reply_to, now) if draft.in_reply_to else None
    post_id = site.posts.free_id(now)
    hidden = timedelta(seconds=site.faults.number("hide_after_create_seconds"))
    post = Post(
        id=post_id,
        account_id=author.id,
        text=draft.text.strip(),
        created_at=now,
        visible_at=now + hidden,
        removed_at=now if site.faults.flag("silent_removal") else None,
        in_reply_to=parent.id if parent else None,
        conversation_id=parent.conversation_id if parent else post_id,
        quoted_id=draft.quoted_id,
        reposted_id=None,
        media=tuple(Uploads(site).take(author, media_id) for media_id in draft.media_ids),
        lang=_language(draft.text),
        edited=False,
        promoted=False,
        author_followers=_audience(viewer, author, parent),
        origin="web",
    )
    return site.posts.add(post)


def _refusal(site: Site, author: Account, draft: Draft, now: datetime) -> int:
    """Return the code of the first reason against a post, or 0."""
    wanted = 64 if site.faults.flag("suspended") else int(site.faults.number("create_error"))
    reasons = (
        (wanted, bool(wanted)),
        (EMPTY_TEXT, not draft.text.strip() and not draft.media_ids),
        (186, weighted_length(draft.text.strip()) > WEIGHTED_LIMIT),
        (385, draft.in_reply_to is not None and site.posts.find(draft.in_reply_to, now) is None),
        (INVALID, len(draft.media_ids) > IMAGES_MAX or not _usable(site, author, draft.media_ids)),
        (187, _is_duplicate(site, author, draft, now)),
    )
    return next((code for code, applies in reasons if applies), 0)


def _is_duplicate(site: Site, author: Account, draft: Draft, now: datetime) -> bool:
    """X compares texts, not places: the same words within a day are refused."""
    words = " ".join(draft.text.split())
    recent = [post for post in site.posts.written_by(author.id) if post.created_at > now - DUPLICATE_WINDOW]
    live = [post for post in recent if post.removed_at is None or site.faults.flag("silent_removal")]
    return bool(words) and any(" ".join(post.text.split()) == words for post in live)


def _usable(site: Site, author: Account, media_ids: tuple[str, ...]) -> bool:
    """X shows up to four images, or one GIF alone."""
    uploads = Uploads(site)
    ready = all(uploads.ready(author, media_id) for media_id in media_ids)
    return ready and (len(media_ids) == 1 or not any(uploads.is_gif(author, media_id) for media_id in media_ids))


def _audience(viewer: Viewer, author: Account, parent: Post | None) -> int:
    """A reply is seen by some of the parent's readers as well."""
    own = viewer.site.conversations.followers(author, viewer.now)
    return own + (parent.author_followers if parent else 0)


def _language(text: str) -> str:
    if not any(c.isalpha() for c in text):
        return "zxx"
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    return "zh" if re.search("[\u4e00-\u9fff]", text) else "en"


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
