"""Templates and the ways to fill them."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from xbot_assets.domain.persona import Persona, Topic
from xbot_assets.domain.templates.facts import Facts

KINDS = ("question", "list", "tip", "story", "statistic")
"""Formats known by name; a persona's own format is any other word."""
_SLOT = re.compile(r"\{(\w+)\}")
_OF_THE_PERSONA = frozenset({"topic", "keyword", "keyword_2", "keyword_3", "other_topic", "other_keyword"})

T = TypeVar("T")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Template(BaseModel):
    """A text with gaps in braces. ``format`` is the kind of post it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    format: str
    text: Text

    @field_validator("text")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        """Refuse braces that are not a gap."""
        list(string.Formatter().parse(value))
        return value

    @property
    def slots(self) -> frozenset[str]:
        """The names of its gaps."""
        return frozenset(_SLOT.findall(self.text))


class TemplateFile(BaseModel):
    """The templates of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str = Field(pattern=r"^[a-z]{2}$")
    templates: tuple[Template, ...] = Field(min_length=1)

    @field_validator("templates")
    @classmethod
    def _named_apart(cls, value: tuple[Template, ...]) -> tuple[Template, ...]:
        """Refuse a name that is there twice: uses are counted by name."""
        twice = [name for name, times in Counter(template.name for template in value).items() if times > 1]
        if twice:
            raise ValueError(f"{', '.join(twice)}: there twice")
        return value


@dataclass(frozen=True, slots=True)
class Filled:
    """A text ready to be judged, and what it was made of."""

    text: str
    topic: str
    format: str
    template: str
    subject: str


def candidates(
    templates: Sequence[Template],
    persona: Persona,
    facts: Facts,
    rng: np.random.Generator,
    uses: Mapping[str, int],
) -> Iterator[Filled]:
    """Yield every way to fill the templates, the least used template first, else in random order.

    Args:
        templates: the templates.
        persona: its topics, keywords and formats fill the gaps.
        facts: what the database holds; a template with an unknown gap is left out.
        rng: decides the order.
        uses: how often each template, by name, was used lately.
    """
    subjects = [
        _Subject(topic.name, place == 0, _values(topic, keyword, persona, rng), facts.about(topic.name))
        for topic in persona.topics
        for place, keyword in enumerate(topic.keywords)
    ]
    ways = [way for template in templates for way in _ways(template, _format_of(template, persona), subjects)]
    rounds: Counter[str] = Counter(uses)
    ranked: list[tuple[int, _Way]] = []
    for place in rng.permutation(len(ways)):
        name = ways[place].template.name
        ranked.append((rounds[name], ways[place]))
        rounds[name] += 1
    return (way.filled() for _, way in sorted(ranked, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a post may be about: a keyword of a topic, with companions drawn at random, and what is known of it."""

    topic: str
    first: bool
    """Whether it stands for its topic, in templates that name no keyword."""
    words: Mapping[str, str]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Way:
    """A template and what is to fill it; most ways are never asked for their text."""

    template: Template
    format: str
    subject: _Subject

    def filled(self) -> Filled:
        """Fill the template."""
        about = self.subject
        text = _sentence(self.template.text, {**about.facts, **about.words})
        return Filled(text, about.topic, self.format, self.template.name, _subject(about.words, self.template))


def _ways(template: Template, asked: str | None, subjects: Sequence[_Subject]) -> Iterator[_Way]:
    """Yield a way for every subject that knows all gaps: every keyword when the template names one, else a topic."""
    if asked is None:
        return
    slots = template.slots
    for subject in subjects:
        if (subject.first or "keyword" in slots) and slots <= subject.words.keys() | subject.facts.keys():
            yield _Way(template, asked, subject)


def _values(topic: Topic, keyword: str, persona: Persona, rng: np.random.Generator) -> dict[str, str]:
    values = {"topic": topic.name, "keyword": keyword}
    rest = _drawn([word for word in topic.keywords if word != keyword], rng)
    values |= dict(zip(("keyword_2", "keyword_3"), rest, strict=False))
    others = _drawn([other for other in persona.topics if other.name != topic.name], rng)
    if others:
        values |= {"other_topic": others[0].name, "other_keyword": _drawn(others[0].keywords, rng)[0]}
    return values


def _drawn(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    return [items[int(place)] for place in rng.permutation(len(items))]


def _format_of(template: Template, persona: Persona) -> str | None:
    """Return the persona's format of the template's kind, else one that is of no known kind, else None."""
    same = (name for name in persona.format_names if template.format in name.casefold())
    free = (name for name in persona.format_names if not any(kind in name.casefold() for kind in KINDS))
    return next(same, None) or next(free, None)


def _subject(values: Mapping[str, str], template: Template) -> str:
    return "; ".join(values[slot] for slot in sorted(template.slots & _OF_THE_PERSONA) if slot in values)


def _sentence(text: str, values: Mapping[str, str]) -> str:
    """Fill the gaps; one that begins the text, a line or a sentence gets a capital."""
    filled = string.Formatter().vformat(text, (), values)
    return re.sub(r"(^|\n|[.?!]\s)([a-z])", lambda match: match[1] + match[2].upper(), filled)
