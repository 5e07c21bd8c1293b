"""A persona from an owner's first answers: what they said, and for the rest what the shipped one has."""

import json
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.domain.persona import Line, Persona, PostFormat, Topic, Word
from xbot_assets.llm.persona import load_persona

HEADER = """\
# Who the account is, as told to 'xbot init'. Edit it as you like; 'xbot persona check' reads it back.
# Every topic with every format is an "arm": the pipeline learns which arms the audience likes.
"""


class FirstTopic(BaseModel):
    """A topic as an owner first names it; without keywords its own name is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    keywords: tuple[Word, ...] = ()


class FirstAnswers(BaseModel):
    """What ``xbot init`` asks, and what its file holds. ``handle``, ``timezone`` and the budget are settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[FirstTopic, ...] = Field(min_length=1, max_length=30)
    audience: Line
    tones: tuple[Word, ...] = Field(min_length=1)
    name: Line | None = None
    language: str = "en"
    never_say: tuple[Line, ...] = ()
    handle: str = "xbot_demo"
    timezone: str = "UTC"
    daily_budget_usd: float = Field(5.0, ge=0)


def persona_of(answers: FirstAnswers) -> Persona:
    """Return the persona of these answers. Raises ``ValidationError`` for what no persona may hold."""
    shipped = load_persona()
    topics = tuple(Topic(name=one.name, keywords=one.keywords or (one.name,)) for one in answers.topics)
    names = {topic.name.casefold() for topic in topics}
    return Persona(
        name=answers.name or f"Somebody who knows about {_listed([topic.name for topic in topics])}",
        audience=answers.audience,
        language=answers.language,
        tones=answers.tones,
        topics=topics,
        formats=shipped.formats,
        never_say=answers.never_say or shipped.never_say,
        never_claim=shipped.never_claim,
        avoid_topics=tuple(topic for topic in shipped.avoid_topics if topic.name.casefold() not in names),
    )


def persona_file(persona: Persona) -> str:
    """Return a persona as the file that ``load_persona`` reads."""
    return "\n".join([HEADER, *_head(persona), *_topics("avoid_topics", persona.avoid_topics), *_body(persona)])


def _head(persona: Persona) -> Iterator[str]:
    yield f"name = {_text(persona.name)}"
    yield f"audience = {_text(persona.audience)}"
    yield f"language = {_text(persona.language)}"
    yield f"tones = {_texts(persona.tones)}"
    yield f"never_say = {_texts(persona.never_say)}"
    yield f"never_claim = {_texts(persona.never_claim)}"
    yield f"links = {_text(persona.links)}"
    if persona.link_domains:
        yield f"link_domains = {_texts(persona.link_domains)}"


def _body(persona: Persona) -> Iterator[str]:
    yield from _topics("topics", persona.topics)
    for post_format in persona.formats:
        yield from _format(post_format)


def _topics(table: str, topics: Sequence[Topic]) -> Iterator[str]:
    for topic in topics:
        yield f"\n[[{table}]]\nname = {_text(topic.name)}\nkeywords = {_texts(topic.keywords)}"


def _format(post_format: PostFormat) -> Iterator[str]:
    yield f"\n[[formats]]\nname = {_text(post_format.name)}\ndescription = {_text(post_format.description)}"


def _texts(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _text(words: str) -> str:
    """Write a TOML string: JSON's escapes are TOML's, but for DEL, which JSON need not escape."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
