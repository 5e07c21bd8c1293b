"""Notifications: replies, mentions and quotes as posts; likes, reposts and follows as lines about people."""

from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.people.relations import Act
from xbot_assets.sandbox.web.api.shapes import Json, Viewer, post_results, user_results
from xbot_assets.sandbox.web.api.timelines import instructions, item, tweet_entry
from xbot_assets.sandbox.web.feeds import framed, page_of

NOTICED_POSTS = 100
"""Replies to this many of the newest own posts are announced."""
ACTS_SHOWN = 20
_ICONS = {"like": "heart_icon", "repost": "retweet_icon", "follow": "person_icon"}
_WORDS = {"like": "liked your post", "repost": "reposted your post", "follow": "followed you"}
_ABOUT_US = (
    "account_id <> ? and reposted_id is null and (in_reply_to in (select id from posts where account_id = ?)"
    " or quoted_id in (select id from posts where account_id = ?) or ' ' || lower(text) || ' ' like ? escape '\\')"
)


def notifications(viewer: Viewer, account: Account, cursor: str | None, *, with_acts: bool) -> list[Json]:
    """Return a page of what others did, newest first; what needs no post stands on the first page, above."""
    for own in viewer.site.posts.written_by(account.id)[-NOTICED_POSTS:]:
        viewer.site.conversations.counts(own, viewer.now)
    name = account.handle.casefold().replace("_", "\\_")
    posts, bottom = page_of(viewer, _ABOUT_US, [account.id, account.id, account.id, f"%@{name}%"], cursor)
    entries = [tweet_entry(viewer, post) for post in posts]
    if with_acts and cursor is None:
        entries = [_act_entry(viewer, act) for act in _acts(viewer, account)] + entries
    return instructions(framed(entries, bottom))


def _acts(viewer: Viewer, account: Account) -> list[Act]:
    return viewer.site.relations.acts_on(account.id, viewer.now, ACTS_SHOWN)


def _act_entry(viewer: Viewer, act: Act) -> Json:
    person = viewer.site.posts.account(act.account_id)
    post = viewer.site.posts.find(act.post_id, viewer.now) if act.post_id else None
    people = (
        [{"__typename": "TimelineNotificationUserRef", "user_results": user_results(viewer, person)}] if person else []
    )
    targets = (
        [{"__typename": "TimelineNotificationTweetRef", "tweet_results": post_results(viewer, post)}] if post else []
    )
    number = f"{act.kind}-{act.account_id}-{act.post_id}"
    content = {
        "itemType": "TimelineNotification",
        "__typename": "TimelineNotification",
        "id": number,
        "notification_icon": _ICONS[act.kind],
        "rich_message": {"text": f"{person.name if person else 'Somebody'} {_WORDS[act.kind]}", "entities": []},
        "template": {
            "__typename": "TimelineNotificationAggregateUserActions",
            "from_users": people,
            "target_objects": targets,
        },
        "timestamp_ms": str(int(act.acted_at.timestamp() * 1000)),
    }
    return item(f"notification-{number}", content)
