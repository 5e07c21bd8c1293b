"""What a server of the API can, as learned from it, and how much of an answer follows from that, thinking included.

Servers that call themselves compatible differ in what they take and in what they bill. Amounts are tokens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

LEAST_EFFORT = "none"
"""The lowest word for effort that any API knows; asked for until a server names those that it takes."""
OVERRUN_MARGIN = 1.5
"""A server that bills more than its limit may do so again by this much more than it ever did."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one model of one server takes, and what its answers showed.

    Attributes:
        answer_format: ``json_schema``, ``json_object`` or ``text``: the form that is asked for.
        spells_schema: the schema is written out in the prompt, because the server does not hold the model to it.
        limit_name: ``max_completion_tokens`` or ``max_tokens``.
        takes_seed: whether a seed may be sent.
        effort: the least effort that the model knows; ``None`` when the parameter is not sent.
        allows_thinking: whether the limit may have room for thinking beside what is to be written.
        answered: whether it ever answered; nothing is known of its thinking before.
        most_completion: the most tokens that one answer was billed.
        overran: whether an answer was ever billed more than its limit.
    """

    answer_format: str = "json_schema"
    spells_schema: bool = False
    limit_name: str = "max_completion_tokens"
    takes_seed: bool = True
    effort: str | None = None
    allows_thinking: bool = True
    answered: bool = False
    most_completion: int = 0
    overran: bool = False

    def with_set(self, owner: Mapping[str, Any]) -> "Dialect":
        """Return this with what the owner set; that is not found out."""
        known = replace(self, **owner)
        return replace(known, spells_schema=known.spells_schema or known.answer_format != "json_schema")

    def after(self, billed: int, limit: int) -> "Dialect":
        """Return this with what one more answer showed."""
        return replace(
            self,
            answered=True,
            most_completion=max(self.most_completion, billed),
            overran=self.overran or billed > limit,
        )


@dataclass(frozen=True, slots=True)
class ThinkingRules:
    """How much a model may think.

    Attributes:
        allowance: part of the limit that is sent, beside what is to be written.
        unknown: put aside for a model that has not answered yet, and while its server bills more than its limit.
    """

    allowance: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class AnswerRoom:
    """``limit`` is sent; ``reserved`` is what the answer may be billed, as far as anybody can know."""

    limit: int
    reserved: int


def answer_room(written: int, dialect: Dialect, rules: ThinkingRules, *, may_think: bool) -> AnswerRoom:
    """Return the room for an answer of which ``written`` tokens at most are for readers."""
    limit = written + (rules.allowance if may_think and dialect.allows_thinking else 0)
    if dialect.overran:
        seen = ceil(dialect.most_completion * OVERRUN_MARGIN)
        return AnswerRoom(limit, max(limit, written + rules.unknown, seen))
    if may_think and not dialect.answered:
        return AnswerRoom(limit, max(limit, written + rules.unknown))
    return AnswerRoom(limit, limit)
