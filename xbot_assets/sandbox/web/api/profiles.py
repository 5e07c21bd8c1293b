"""The lists of a profile, in both ways in which X has kept them, and accounts that X does not show.

``split``: originals, replies and reposts have a list each. ``joined``: one list of posts, one of posts and replies.
"""

from collections.abc import Callable

from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.web.api.errors import graphql_error
from xbot_assets.sandbox.web.api.shapes import Json, Viewer, user
from xbot_assets.sandbox.web.api.timelines import (
    SUGGESTED_AFTER,
    instructions,
    pinned_entry,
    suggestions,
    thread_entry,
    tombstone_entry,
    tweet_entry,
    with_ads,
)
from xbot_assets.sandbox.web.feeds import framed, page_key, page_of

List = Callable[[Viewer, Account, str | None], list[Json]]
NEW = "Next"
"""What the name of a list ends with when its name is a new one."""
SUSPENDED = 63
"""X's error about an account that was looked up."""
OWN, ORIGINAL = "account_id = ? and promoted = 0", "in_reply_to is null"
UNSEEN = {
    "missing": "This Post is from an account that no longer exists.",
    "suspended": "This Post is from a suspended account.",
    "protected": "You\u2019re unable to view this Post because this account owner limits who can view their Posts.",
    "blocked": "You\u2019re unable to view this Post because its author has blocked you.",
}
"""What stands in the place of a post whose author is not shown."""


def posts(viewer: Viewer, account: Account, cursor: str | None) -> list[Json]:
    """Return a page of originals and reposts."""
    return _newest(viewer, account, cursor, f"{OWN} and {ORIGINAL}")


def originals(viewer: Viewer, account: Account, cursor: str | None) -> list[Json]:
    """Return a page of originals."""
    return _newest(viewer, account, cursor, f"{OWN} and {ORIGINAL} and reposted_id is null")


def _newest(viewer: Viewer, account: Account, cursor: str | None, condition: str) -> list[Json]:
    """Newest first, or most liked first for somebody logged out; the pinned post stands above all."""
    pinned = viewer.site.posts.find(account.pinned_id, viewer.now) if account.pinned_id else None
    args = [account.id, pinned.id if pinned else ""]
    listed, bottom = page_of(viewer, f"{condition} and id <> ?", list(args), cursor)
    if viewer.account is None:
        counts = viewer.site.conversations.counts
        listed.sort(key=lambda post: counts(post, viewer.now).likes, reverse=True)
    entries = [tweet_entry(viewer, post) for post in listed]
    if cursor is None and viewer.account and len(entries) > SUGGESTED_AFTER:
        entries.insert(SUGGESTED_AFTER, suggestions(viewer, account.id))
    first = [pinned_entry(viewer, pinned)] if pinned and cursor is None else []
    return instructions(framed(with_ads(viewer, entries, page_key(listed)), bottom), *first)


def posts_and_replies(viewer: Viewer, account: Account, cursor: str | None) -> list[Json]:
    """Return a page of everything that somebody wrote, each reply below what it answers."""
    listed, bottom = page_of(viewer, OWN, [account.id], cursor)
    entries = [
        tweet_entry(viewer, post) if post.in_reply_to is None else _below(viewer, post, _parent(viewer, post))
        for post in listed
    ]
    return instructions(framed(entries, bottom))


def replies(viewer: Viewer, account: Account, cursor: str | None) -> list[Json]:
    """Return a page of replies, each below what it answers, unless that is an original of the same account.

    A list without replies has people to follow, and so no words in its place.
    """
    listed, bottom = page_of(viewer, f"{OWN} and in_reply_to is not null", [account.id], cursor)
    entries: list[Json] = []
    above: set[str] = set()
    for post in listed:
        parent = _parent(viewer, post)
        if parent and parent.account_id == account.id and parent.in_reply_to is None:
            parent = None
        if post.id not in above:
            entries.append(_below(viewer, post, parent))
            above |= {parent.id} if parent else set()
    if not entries and cursor is None and viewer.account:
        entries = [suggestions(viewer, account.id)]
    return instructions(framed(entries, bottom))


def _parent(viewer: Viewer, post: Post) -> Post | None:
    return viewer.site.posts.find(post.in_reply_to, viewer.now) if post.in_reply_to else None


def _below(viewer: Viewer, post: Post, parent: Post | None) -> Json:
    return thread_entry(viewer, [parent, post] if parent else [post], "profile-conversation")


def reposts(viewer: Viewer, account: Account, cursor: str | None) -> list[Json]:
    """Return a page of what somebody reposted."""
    listed, bottom = page_of(viewer, f"{OWN} and reposted_id is not null", [account.id], cursor)
    return instructions(framed([tweet_entry(viewer, post) for post in listed], bottom))


_KNOWN: dict[str, List] = {
    "UserTweets": posts,
    "UserTweetsAndReplies": posts_and_replies,
    "UserOriginalsTimeline": originals,
    "UserRepliesTimeline": replies,
    "UserRepostsTimeline": reposts,
}
LISTS: dict[str, List] = _KNOWN | {f"{name}{NEW}": answer for name, answer in _KNOWN.items()}
"""Every list by the operation that asks for it."""
PUBLIC_LISTS = {f"{name}{end}" for name in ("UserTweets", "UserOriginalsTimeline") for end in ("", NEW)}
"""Lists that somebody logged out may see."""


def list_answer(viewer: Viewer, account: Account, operation: str, cursor: str | None) -> Json:
    """Return the answer with a page of a profile's list; of an account that hides its posts there is no list in it."""
    if unshown(viewer, account) in {"missing", "suspended"}:
        return looked_up(viewer, account)
    page = {} if unshown(viewer, account) else {"instructions": LISTS[operation](viewer, account, cursor)}
    timeline: Json = {**page, "metadata": {"scribeConfig": {"page": "profileBest"}}}
    return {"data": {"user": {"result": {"__typename": "User", "timeline": {"timeline": timeline}}}}}


def unshown(viewer: Viewer, account: Account) -> str | None:
    """Return why an account is not shown to a viewer, if it is not."""
    faults, why = viewer.site.faults, viewer.site.faults.text("account_shown")
    is_own = viewer.account is not None and account.id == viewer.account.id
    shows_itself = is_own and (why == "protected" or not faults.flag("ours_unshown"))
    return None if why == "yes" or shows_itself else why


def looked_up(viewer: Viewer, account: Account) -> Json:
    """Return UserByScreenName's answer for an account of the site."""
    why = unshown(viewer, account)
    if why == "missing":
        return {"data": {"user": {}}}
    own_trouble = viewer.site.faults.flag("suspended") and account.origin == "session"
    if why == "suspended" or own_trouble:
        error = graphql_error("Authorization: User has been suspended. (63)", SUSPENDED, ["user", "result"])
        result: Json = {"__typename": "UserUnavailable", "reason": "Suspended", "message": "User is suspended"}
        return {"errors": [error], "data": {"user": {"result": result}}}
    return {"data": {"user": {"result": user(viewer, account) if why is None else _hiding(viewer, account, why)}}}


def _hiding(viewer: Viewer, account: Account, why: str) -> Json:
    """Return a user whose head is shown and whose posts are not, said where its shape says it."""
    shown = user(viewer, account)
    shown["relationship_perspectives"] |= {"following": False, "blocked_by": why == "blocked"}
    place = shown["legacy"] if "privacy" not in shown else shown["privacy"]
    place["protected"] = why == "protected"
    return shown


def unseen_post(viewer: Viewer, post: Post) -> list[Json] | None:
    """Return the status page of a post whose author is not shown, or ``None`` when it is."""
    why = unshown(viewer, viewer.site.author(post))
    return instructions([tombstone_entry(post.id, UNSEEN[why])]) if why else None
