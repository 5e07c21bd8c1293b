"""What X's notifications tell of people who did something without words: liked, reposted, followed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Literal

from xbot_assets.browser.pages.told.graphql import at, user_of, whole_number
from xbot_assets.browser.pages.told.timelines import instructions_in
from xbot_assets.x.answers import NotifiedAct

_KINDS: dict[str, Literal["like", "repost", "follow"]] = {
    "heart_icon": "like",
    "retweet_icon": "repost",
    "person_icon": "follow",
}
"""By the picture beside the notice: its words differ in every language. Other pictures are other notices."""
_MILLISECONDS = 1000


def acts_in(body: object) -> tuple[NotifiedAct, ...]:
    """Read every act in an answer; one that does not say who did it, or to which post, is none."""
    return tuple(act for content in _notices(body) for act in _acts(content))


def _notices(body: object) -> Iterator[object]:
    for instruction in instructions_in(body):
        entries = instruction.get("entries")
        for entry in entries if isinstance(entries, list) else ():
            content = at(entry, "content", "itemContent")
            if at(content, "itemType") == "TimelineNotification":
                yield content


def _acts(content: object) -> Iterator[NotifiedAct]:
    kind = _KINDS.get(str(at(content, "notification_icon")))
    post_id = next(iter(_results(content, "target_objects", "tweet_results", _post_id)), None)
    if kind is None or (post_id is None and kind != "follow"):
        return
    acted_at = _moment(at(content, "timestamp_ms"))
    for handle in _results(content, "from_users", "user_results", _handle):
        yield NotifiedAct(kind=kind, handle=handle, post_id=None if kind == "follow" else post_id, acted_at=acted_at)


def _results(content: object, group: str, name: str, read: Callable[[object], str | None]) -> Iterator[str]:
    listed = at(content, "template", group)
    for one in listed if isinstance(listed, list) else ():
        told = read(at(one, name, "result"))
        if told is not None:
            yield told


def _handle(result: object) -> str | None:
    user = user_of(result)
    return user.handle if user else None


def _post_id(result: object) -> str | None:
    told = at(result, "rest_id") or at(result, "tweet", "rest_id")
    return told if isinstance(told, str) and told.isdecimal() else None


def _moment(told: object) -> datetime | None:
    milliseconds = whole_number(told)
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / _MILLISECONDS, UTC)
