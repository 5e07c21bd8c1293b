"""Posts as X's archive of an account tells them.

X hands out an archive as a zip of JavaScript files, each of which assigns one JSON list to a name:
``window.YTD.tweets.part0 = [...]``. Posts are in ``data/tweets.js``, and in ``data/tweet.js`` of archives made before
2022; a long history goes on in ``tweets-part1.js`` and so on. ``data/account.js`` says whose archive it is.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.identifiers import PostId

POST_FILE = re.compile(r"(?:.*/)?tweets?(?:-part\d+)?\.js")
ACCOUNT_FILE = re.compile(r"(?:.*/)?account\.js")
TIME_FORMAT = "%a %b %d %H:%M:%S %z %Y"
REPOST_MARK = "RT @"
"""How a repost's text begins; the words are another author's."""
COUNT_MAX = 10**15
"""Beyond all that X ever counted; the database's numbers end not far above."""
TEXT_CHARS_MAX = 200_000
"""Eight times the longest post that X takes, every character as an HTML entity."""
ADDRESS_CHARS_MAX = 8_192
LINKS_MAX = 1_000
WORD_CHARS_MAX = 64
"""Of a language or an id."""
_ASSIGNMENT = re.compile(r"\s*window\.YTD\.[\w.]+\s*=\s*")


@dataclass(frozen=True, slots=True)
class ArchivedPost:
    """One post of the account's own. ``likes`` and ``reposts`` are final counts; an archive tells no others."""

    x_post_id: str
    text: str
    created_at: datetime
    in_reply_to: str | None
    language: str | None
    likes: int
    reposts: int


class _Link(BaseModel):
    url: str = Field(min_length=1, max_length=ADDRESS_CHARS_MAX)
    expanded_url: str | None = Field(None, max_length=ADDRESS_CHARS_MAX)


class _Entities(BaseModel):
    urls: list[_Link] = Field([], max_length=LINKS_MAX)


class _Post(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id_str: PostId
    full_text: str | None = Field(None, max_length=TEXT_CHARS_MAX)
    text: str | None = Field(None, max_length=TEXT_CHARS_MAX)
    created_at: str = Field(max_length=WORD_CHARS_MAX)
    in_reply_to_status_id_str: str | None = Field(None, pattern=r"^[0-9]{0,20}$")
    lang: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]*$", max_length=WORD_CHARS_MAX)
    favorite_count: int = Field(ge=0, le=COUNT_MAX)
    retweet_count: int = Field(ge=0, le=COUNT_MAX)
    entities: _Entities = _Entities()


class _Owner(BaseModel):
    username: str


def posts_of(script: str, name: str) -> Iterator[ArchivedPost | None]:
    """Yield the posts of one file in its order; ``None`` stands for a repost, whose text is not the account's own.

    Raises:
        PermanentFailure: ``bad_archive`` when the file does not hold what X writes there.
    """
    for number, item in enumerate(_items(script, name), start=1):
        inner = item.get("tweet", item)
        try:
            post = _Post.model_validate(inner)
            yield _archived(post)
        except (ValidationError, ValueError, OverflowError) as error:
            raise bad_archive(f"post {number} of {name} is not as X writes it") from error


def owner_of(script: str, name: str) -> str:
    """Return the name on X of the account that an archive is of. Raises as :func:`posts_of` does."""
    try:
        return _Owner.model_validate(_items(script, name)[0]["account"]).username
    except (ValidationError, LookupError) as error:
        raise bad_archive(f"{name} does not name the account") from error


def bad_archive(why: str) -> PermanentFailure:
    """Return the failure of a file that is no archive, or a damaged one."""
    return PermanentFailure(
        f"This is no archive of posts that can be read: {why}. Nothing was imported.",
        code=FailureCode.BAD_ARCHIVE,
        remedy="Give the zip as X sent it (Settings, 'Download an archive of your data'), or its data/tweets.js.",
    )


def _items(script: str, name: str) -> list[dict[str, Any]]:
    begin = _ASSIGNMENT.match(script)
    if begin is None:
        raise bad_archive(f"{name} does not begin with 'window.YTD'")
    try:
        items = json.loads(script[begin.end() :].rstrip().rstrip(";"))
    except (ValueError, RecursionError) as error:
        raise bad_archive(f"{name} is cut or damaged") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_archive(f"{name} holds no list")
    return items


def _archived(post: _Post) -> ArchivedPost | None:
    text = _as_written(post)
    if text.startswith(REPOST_MARK):
        return None
    return ArchivedPost(
        x_post_id=post.id_str,
        text=text,
        created_at=datetime.strptime(post.created_at, TIME_FORMAT).astimezone(UTC),
        in_reply_to=post.in_reply_to_status_id_str or None,
        language=post.lang,
        likes=post.favorite_count,
        reposts=post.retweet_count,
    )


def _as_written(post: _Post) -> str:
    """Return the text with its links as they were written and without X's HTML entities.

    Raises:
        ValueError: there is none, or it grows beyond every post.
    """
    text = post.full_text if post.full_text is not None else post.text
    if text is None:
        raise ValueError
    for link in post.entities.urls:
        if link.expanded_url:
            text = text.replace(link.url, link.expanded_url)
        if len(text) > TEXT_CHARS_MAX:
            raise ValueError
    # The database takes no NUL, and no reader ever saw one.
    return html.unescape(text).replace("\0", "")
