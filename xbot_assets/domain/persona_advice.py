"""What a readable persona may still make harder than it need be, in sentences for its owner."""

from collections.abc import Iterator

from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.persona import Persona

TOPICS_FEW, TOPICS_MANY = 3, 12
"""Fewer, and posts repeat each other; more, and each arm is tried too seldom for anything to be learned."""


def advice(persona: Persona) -> list[str]:
    """Return what could be better; empty when nothing is."""
    return [*_numbers(persona), *_refused_topics(persona)]


def _numbers(persona: Persona) -> Iterator[str]:
    topics, arms = len(persona.topics), len(persona.topics) * len(persona.formats)
    if topics < TOPICS_FEW:
        yield f"With {topics} topic(s), posts will soon repeat each other; name {TOPICS_FEW} or more."
    if topics > TOPICS_MANY:
        yield f"{arms} arms take long to learn from; {TOPICS_MANY} topics are plenty."
    if len(persona.tones) == 1:
        yield "With one tone, nothing can be learned about tones; name two or more."


def _refused_topics(persona: Persona) -> Iterator[str]:
    """Name the topics that the persona's own rules would refuse whenever their keywords are written."""
    for topic in persona.topics:
        for word in (topic.name, *topic.keywords):
            refusal = first_refusal(_sentence(word), GateContext(persona))
            if refusal is not None and refusal.gate in {"claims", "safety"}:
                yield f"The topic {topic.name!r} will be refused where it says {word!r}: {refusal.reason}"
                break


def _sentence(word: str) -> str:
    """Return a post that says little more than the word."""
    return f"Here is one thing that people who like {word} notice after a while, and it changes how they look at it."
