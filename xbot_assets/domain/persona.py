"""Who the account is: its topics, formats, tones, audience, language, and what it never says."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from xbot_assets.domain.posts.presentable import shows_nothing


def _plain_words(text: str) -> str:
    """Refuse what a prompt, a page or the database would not show or take: an escape of the file can write anything."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("it holds a control character or a line break")
    if shows_nothing(text):
        raise ValueError("it holds nothing that a reader would see")
    return text


Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\n;|]+$"),
    AfterValidator(_plain_words),
]
"""A name or short phrase on one line; ``;`` and ``|`` separate fields in prompts."""
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\n]+$"),
    AfterValidator(_plain_words),
]
"""One line of description."""
ClaimKind = Literal["health", "money", "certainty", "selling"]
"""Kinds of promises that a gate knows: cures, returns, sure results, urging to buy."""
LinkPolicy = Literal["none", "listed", "any"]
"""Whether posts may hold links: never, to listed domains only, or to anywhere."""


class Topic(BaseModel):
    """Something the account writes about. Keywords also find related posts of others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    keywords: tuple[Word, ...] = Field(min_length=1)


class PostFormat(BaseModel):
    """A kind of post, with the one line that tells the model what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    description: Line


class Persona(BaseModel):
    """The account's character. Every topic with every format is an arm that the bandit may choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    audience: Line
    language: str = Field("en", pattern=r"^[a-z]{2}$")
    tones: tuple[Word, ...] = Field(min_length=1)
    topics: tuple[Topic, ...]
    formats: tuple[PostFormat, ...]
    never_say: tuple[Line, ...] = ()
    never_claim: tuple[ClaimKind, ...] = ("health", "money", "certainty", "selling")
    avoid_topics: tuple[Topic, ...] = ()
    links: LinkPolicy = "none"
    link_domains: tuple[Word, ...] = ()

    @field_validator("topics", "formats")
    @classmethod
    def _named_apart(cls, value: tuple[Topic | PostFormat, ...]) -> tuple[Topic | PostFormat, ...]:
        """Refuse none at all, and names that differ only in case: an arm is known by its names."""
        if not value:
            raise ValueError("at least one is needed")
        _refuse_repeats(item.name for item in value)
        return value

    @field_validator("tones")
    @classmethod
    def _told_apart(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _refuse_repeats(value)
        return value

    @model_validator(mode="after")
    def _links_make_sense(self) -> "Persona":
        """Refuse a list of domains that the policy does not use, and a policy without its list."""
        if (self.links == "listed") != bool(self.link_domains):
            raise ValueError('link_domains goes with links = "listed", and the other way round')
        return self

    @property
    def topic_names(self) -> tuple[str, ...]:
        """The topics' names, in the file's order."""
        return tuple(topic.name for topic in self.topics)

    @property
    def format_names(self) -> tuple[str, ...]:
        """The formats' names, in the file's order."""
        return tuple(post_format.name for post_format in self.formats)

    def topic(self, name: str) -> Topic | None:
        """Return the topic of that name, or None."""
        return next((topic for topic in self.topics if topic.name == name), None)

    def format(self, name: str) -> PostFormat | None:
        """Return the format of that name, or None."""
        return next((post_format for post_format in self.formats if post_format.name == name), None)


def _refuse_repeats(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise ValueError(f"{name!r} is there twice")
        seen.add(name.casefold())
