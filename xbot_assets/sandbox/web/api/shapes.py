"""Accounts and posts as X's GraphQL shows them, in the user shapes of 2024, 2025 and 2026."""

import base64
import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xbot_assets.sandbox.people.audience import Audience
from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.state.clock import legacy_date
from xbot_assets.sandbox.state.links import URL, short
from xbot_assets.sandbox.web.labels import highlighted_label, perspectives

Json = dict[str, Any]
LONG_TEXT = 280
"""Texts longer than this are cut in ``full_text`` and stand whole in ``note_tweet``."""
CUT_AT = 276
REPOST_CUT = 110
EDITS_ALLOWED = 5
EDIT_WINDOW_MS = 3_600_000
_COUNTS = ("bookmark_count", "favorite_count", "quote_count", "reply_count", "retweet_count")
_USER_COUNTS = ("relationship_counts", "tweet_counts")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking (``None``: logged out), and when."""

    site: Site
    account: Account | None
    now: datetime


def user_results(viewer: Viewer, account: Account) -> Json:
    """Return ``user_results`` in the shape the ``user_shape`` switch asks for."""
    return {"result": user(viewer, account)}


def user(viewer: Viewer, account: Account) -> Json:
    """Return one user object."""
    numbers = _numbers(viewer, account)
    hidden = _USER_COUNTS if viewer.site.faults.flag("counts_hidden") else ()
    shape = viewer.site.faults.text("user_shape")
    body = {"2024": _user_2024, "2025": _user_2025, "2026": _user_2026}[shape](account, numbers)
    head: Json = {
        "__typename": "User",
        "id": base64.b64encode(f"User:{account.id}".encode()).decode(),
        "rest_id": account.id,
        "affiliates_highlighted_label": highlighted_label(account, viewer.site),
        "has_graduated_access": True,
        "is_blue_verified": account.verified,
        "profile_image_shape": "Circle",
        "relationship_perspectives": perspectives(account, viewer.account, viewer.site),
    }
    return head | {name: value for name, value in body.items() if name not in hidden}


def _numbers(viewer: Viewer, account: Account) -> dict[str, int]:
    posts = viewer.site.posts
    return {
        "followers": viewer.site.conversations.followers(account, viewer.now),
        "following": account.following,
        "tweets": posts.count("account_id = ?", [account.id], viewer.now),
        "media": posts.count("account_id = ? and media <> '[]'", [account.id], viewer.now),
    }


def avatar_url(account: Account) -> str:
    """Return where an account's picture is."""
    return f"/profile_images/{account.id}_normal.svg"


def _legacy_counts(account: Account, numbers: dict[str, int]) -> Json:
    return {
        "description": account.bio,
        "entities": {"description": {"urls": []}, **_website(account)},
        "followers_count": numbers["followers"],
        "friends_count": numbers["following"],
        "statuses_count": numbers["tweets"],
        "media_count": numbers["media"],
        "pinned_tweet_ids_str": [account.pinned_id] if account.pinned_id else [],
    }


def _user_2024(account: Account, numbers: dict[str, int]) -> Json:
    legacy = _legacy_counts(account, numbers) | {
        "created_at": legacy_date(account.joined_at),
        "location": account.location,
        "name": account.name,
        "screen_name": account.handle,
        "profile_image_url_https": avatar_url(account),
        "protected": False,
        "verified": False,
    }
    return {"legacy": legacy}


def _user_2025(account: Account, numbers: dict[str, int]) -> Json:
    return {**_core(account), "legacy": _legacy_counts(account, numbers)}


def _user_2026(account: Account, numbers: dict[str, int]) -> Json:
    return {
        **_core(account),
        "profile_bio": {
            "description": account.bio,
            "entities": {"description": {}, **_website(account)},
        },
        "relationship_counts": {"followers": numbers["followers"], "following": numbers["following"]},
        "tweet_counts": {"tweets": numbers["tweets"], "media_tweets": numbers["media"]},
        "pinned_items": {"tweet_ids_str": [account.pinned_id] if account.pinned_id else []},
    }


def _core(account: Account) -> Json:
    return {
        "core": {
            "created_at": legacy_date(account.joined_at),
            "name": account.name,
            "screen_name": account.handle,
        },
        "avatar": {"image_url": avatar_url(account)},
        "location": {"location": account.location},
        "privacy": {"protected": False},
        "verification": {"verified": False},
    }


def _website(account: Account) -> Json:
    if not account.website:
        return {}
    link = short(account.website)
    size = len(link.url)
    entry = {"display_url": link.display, "expanded_url": link.expanded, "url": link.url, "indices": [0, size]}
    return {"url": {"urls": [entry]}}


# --- posts ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Text:
    """A post's text as X stores it: links wrapped, HTML escaped, the reply prefix in front."""

    full: str
    shown: tuple[int, int]
    urls: list[Json]
    note: str | None


def post_results(viewer: Viewer, post: Post) -> Json:
    """Return ``tweet_results``."""
    return {"result": {"__typename": "Tweet", **post_body(viewer, post)}}


def post_body(viewer: Viewer, post: Post) -> Json:
    """Return one post object, without ``__typename`` (as CreateTweet answers)."""
    author = viewer.site.author(post)
    counts = viewer.site.conversations.counts(post, viewer.now)
    text = _text(viewer, post, author)
    body: Json = {
        "rest_id": post.id,
        "core": {"user_results": user_results(viewer, author)},
        "unmention_data": {},
        "edit_control": _edit_control(post),
        "is_translatable": viewer.site.faults.flag("translated"),
        "grok_translated_post_with_availability": {"is_available": viewer.site.faults.flag("translated")},
        "views": {} if viewer.site.faults.flag("counts_hidden") else _views(counts),
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "legacy": _legacy(viewer, post, counts, text),
    }
    if text.note is not None:
        body["note_tweet"] = {"is_expandable": True, "note_tweet_results": {"result": {"text": text.note}}}
    elif viewer.site.faults.text("translated") == "untold":
        body["note_tweet"] = {"is_expandable": True}
    return body | _attached(viewer, post, body["legacy"])


def _attached(viewer: Viewer, post: Post, legacy: Json) -> Json:
    """Add the reposted post to ``legacy`` and return the quoted one, which stands at the top level."""
    if post.reposted_id and (inner := viewer.site.posts.find(post.reposted_id, viewer.now)):
        name = viewer.site.author(inner).handle
        result = post_results(viewer, inner)
        head = f"RT @{name}: {html.escape(inner.text, quote=False)}"
        inner_reposts = result["result"]["legacy"]["retweet_count"]
        cut = head if len(head) <= REPOST_CUT else head[:REPOST_CUT] + "…"
        zero = {"favorite_count": 0, "reply_count": 0, "quote_count": 0, "bookmark_count": 0}
        legacy |= zero | {"full_text": cut, "retweet_count": inner_reposts, "retweeted_status_result": result}
    if not post.quoted_id:
        return {}
    quoted = viewer.site.posts.find(post.quoted_id, viewer.now)
    return {"quoted_status_result": post_results(viewer, quoted) if quoted else None}


def _views(counts: Audience) -> Json:
    if counts.views is None:
        return {"state": "Enabled"}
    return {"count": str(counts.views), "state": "EnabledWithCount"}


def _edit_control(post: Post) -> Json:
    until = int(post.created_at.timestamp() * 1000) + EDIT_WINDOW_MS
    first = [str(int(post.id) - 1)] if post.edited else []
    return {
        "edit_tweet_ids": [*first, post.id],
        "editable_until_msecs": str(until),
        "is_edit_eligible": False,
        "edits_remaining": str(EDITS_ALLOWED - len(first)),
    }


def _legacy(viewer: Viewer, post: Post, counts: Audience, text: _Text) -> Json:
    marks = viewer.site.posts.marks(viewer.account.id, post.id) if viewer.account else set()
    legacy: Json = {
        "bookmark_count": counts.bookmarks,
        "bookmarked": "bookmark" in marks,
        "created_at": legacy_date(post.created_at),
        "conversation_id_str": post.conversation_id,
        "display_text_range": list(text.shown),
        "entities": {"hashtags": [], "symbols": [], "urls": text.urls, "user_mentions": []},
        "favorite_count": counts.likes,
        "favorited": "like" in marks,
        "full_text": text.full,
        "is_quote_status": post.quoted_id is not None,
        "lang": post.lang,
        "possibly_sensitive": viewer.site.relations.is_sensitive(post.id),
        "quote_count": viewer.site.posts.count("quoted_id = ?", [post.id], viewer.now),
        "reply_count": counts.replies,
        "retweet_count": counts.reposts,
        "retweeted": "repost" in marks,
        "user_id_str": post.account_id,
        "id_str": post.id,
    }
    hidden = _COUNTS if viewer.site.faults.flag("counts_hidden") else ()
    shown = {name: value for name, value in legacy.items() if name not in hidden}
    return shown | _reply_fields(viewer, post) | _media_fields(viewer, post)


def _reply_fields(viewer: Viewer, post: Post) -> Json:
    """Say what a post answers, also when that is gone."""
    if post.in_reply_to is None:
        return {}
    handle = parent_handle(viewer, post)
    named = {"in_reply_to_screen_name": handle} if handle else {}
    return {**named, "in_reply_to_status_id_str": post.in_reply_to}


def parent_handle(viewer: Viewer, post: Post) -> str | None:
    """Return whom a post answers, when that post can still be seen."""
    parent = viewer.site.posts.find(post.in_reply_to, viewer.now) if post.in_reply_to else None
    return viewer.site.author(parent).handle if parent else None


def _media_fields(viewer: Viewer, post: Post) -> Json:
    handle = viewer.site.author(post).handle
    entries = [_medium(item, f"/{handle}/status/{post.id}", number) for number, item in enumerate(post.media, 1)]
    return {"extended_entities": {"media": entries}} if entries else {}


def _medium(item: dict[str, str], permalink: str, number: int) -> Json:
    video: Json = {"video_info": {"duration_millis": 40_000, "variants": []}} if item["kind"] == "video" else {}
    alt: Json = {"ext_alt_text": item["alt"]} if item["alt"] else {}
    return {
        "id_str": item["id"] if "sha256" in item else str(int(item["id"], 16)),
        "type": item["kind"],
        "media_url_https": f"/media/{item['id']}",
        "url": short(permalink).url,
        "expanded_url": f"https://x.com{permalink}/{item['kind']}/{number}",
        "original_info": {"width": 1200, "height": 675},
        **alt,
        **video,
    }


def _text(viewer: Viewer, post: Post, author: Account) -> _Text:
    handle = parent_handle(viewer, post)
    prefix = f"@{handle} " if handle and handle != author.handle else ""
    note = post.text if len(post.text) > LONG_TEXT else None
    written = post.text[:CUT_AT].rstrip() + "…" if note else post.text
    body = prefix + html.escape(URL.sub(lambda m: short(m.group()).url, written), quote=False)
    tail = short(f"/{author.handle}/status/{post.id}").url if note or post.media else ""
    full = f"{body} {tail}".strip() if tail else body
    return _Text(full, (len(prefix), len(body)), _urls(written, body), note)


def _urls(written: str, body: str) -> list[Json]:
    entries: list[Json] = []
    after = 0
    for link in map(short, URL.findall(written)):
        start = body.index(link.url, after)
        after = start + len(link.url)
        where = [start, after]
        entries.append({"display_url": link.display, "expanded_url": link.expanded, "url": link.url, "indices": where})
    return entries
