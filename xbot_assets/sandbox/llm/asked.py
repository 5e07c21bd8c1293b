"""What a prompt asks for, read out of its plain text as a model would: tolerant of order and wording."""

import contextlib
import json
import re
from dataclasses import dataclass, field

DEFAULT_LIMIT = 280
"""X's own limit, used when the prompt names none."""
MOST_POSTS = 25
"""More posts than this in one answer are not written."""

_DATA = re.compile(r"<(\w+)>(.*?)</\1>", re.DOTALL)
_FIELD = re.compile(r"\b(topic|format|tone)\b\**\s*[:=]\s*[\"'*]*([^;|,(\n\"'*]+)", re.IGNORECASE)
_NUMBER_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_COUNT = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBER_WORDS)})\s+(?:\w+\s+){{0,2}}?(?:posts?|tweets?)\b", re.IGNORECASE)
_LIMIT = re.compile(r"\b(\d{2,5})[- ]+(?:\w+[- ]+)?char", re.IGNORECASE)
_LANGUAGE = re.compile(r"\blanguage\b\**\s*(?:[:=]|is)\s*[\"'*]*([A-Za-z]+)", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|on the topic of)\s+([a-z][\w' -]{2,40})", re.IGNORECASE)
_LANGUAGE_CODES = {"spanish": "es", "español": "es", "german": "de", "deutsch": "de", "french": "fr", "français": "fr"}


@dataclass(frozen=True, slots=True)
class AskedPost:
    """One post as the prompt describes it; empty words were not given."""

    topic: str = ""
    format: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything a prompt says about the posts it wants. ``limit`` is in X's weighted characters."""

    posts: tuple[AskedPost, ...] = field(default=(AskedPost(),))
    language: str = "en"
    limit: int = DEFAULT_LIMIT

    def post(self, number: int) -> AskedPost:
        """Return the description of the post with this number from 0; they repeat when more are wanted."""
        return self.posts[number % len(self.posts)]


def read_prompt(text: str) -> Asked:
    """Read a prompt. Text inside tags such as ``<recent_posts>`` is data and is not obeyed."""
    said = without_data(text)
    posts = _posts(said)
    count = _count(said) or len(posts)
    limit = _LIMIT.search(said)
    return Asked(
        posts=tuple(posts[i % len(posts)] for i in range(min(count, MOST_POSTS))),
        language=_language(said),
        limit=int(limit[1]) if limit else DEFAULT_LIMIT,
    )


def without_data(text: str) -> str:
    """Return a prompt without what stands in well-formed tags."""
    return _DATA.sub(" ", text)


def shown_posts(text: str) -> list[str]:
    """Return the posts a prompt shows in its tags: the strings of each JSON list there."""
    posts = []
    for block in _DATA.finditer(text):
        with contextlib.suppress(json.JSONDecodeError):
            posts += [str(entry) for entry in json.loads(block[2])]
    return posts


def _posts(said: str) -> list[AskedPost]:
    """Collect the described posts: a label that repeats begins the next one, which inherits the rest."""
    described: list[dict[str, str]] = []
    for match in _FIELD.finditer(said):
        name, value = match[1].lower(), match[2].strip(" .").lower()
        if not described or name in described[-1]:
            described.append({})
        described[-1][name] = value
    if not described:
        about = _ABOUT.search(said)
        return [AskedPost(topic=about[1].strip().lower() if about else "")]
    return _inherited(described)


def _inherited(described: list[dict[str, str]]) -> list[AskedPost]:
    current: dict[str, str] = {}
    posts: list[AskedPost] = []
    for fields in described:
        current = {**current, **fields}
        posts.append(AskedPost(**current))
    return posts


def _count(said: str) -> int | None:
    match = _COUNT.search(said)
    if match is None:
        return None
    word = match[1].lower()
    return max(1, _NUMBER_WORDS.get(word) or int(word))


def _language(said: str) -> str:
    match = _LANGUAGE.search(said)
    word = match[1].lower() if match else "en"
    return _LANGUAGE_CODES.get(word, word[:2])
