"""What to leave out of a request that a server refused, as far as its refusal says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from xbot_assets.domain.budget.dialects import LEAST_EFFORT, Dialect
from xbot_assets.llm.servers.errors import ErrorAnswer

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "default")
"""The words for effort that APIs know, least first."""
SECOND_EFFORT = "low"
"""Tried when a model cannot be kept from thinking and its server does not say what it takes."""

_FORMAT = re.compile(
    r"response_?format|response format|json_?schema|structured[_ ]output|guided[_ ](?:json|decoding)|output_format"
    r"|json[ _-]mode"
)
_LIMIT = re.compile(r"max_?completion_?tokens|max_?tokens|max_?output_?tokens|context (?:length|window)|num_predict")
_TOO_MUCH = re.compile(
    r"too (?:large|high|big|long)|at most|exceed|maximum (?:context|value|number|of|allowed)|less than|afford"
    r"|greater than|higher than|[<>]=? ?\d|\brange\b|between \W?\d"
)
_SEED = re.compile(r"\bseed\b")
_EFFORT = re.compile(r"reasoning[_ ]?effort|\bthink(?:ing)?\b|\breasoning\b|\bbudget 0\b")
_UNKNOWN_PARAMETER = re.compile(r"unrecogni[sz]ed|unknown|extra|not permitted|unsupported param|does not support param")
_ABOUT_PARAMETERS = re.compile(
    r"param|argument|field|unsupported|not supported|unrecogni[sz]ed|unknown|extra|schema|invalid input|unavailable"
)
_WORD = re.compile(r"[a-z]+")
_REFUSALS = frozenset({400, 404, 415, 422, 500, 501})
_PLAIN_AFTER = frozenset({400, 415, 422, 501})


def simpler(dialect: Dialect, told: ErrorAnswer, owner: Mapping[str, Any]) -> Dialect | None:
    """Return the dialect without what this refusal is about; ``None`` when it is about nothing that can be left out.

    Args:
        dialect: what was sent.
        told: the refusal.
        owner: what the owner set, by the dialect's names; that stays.
    """
    text = f"{told.message} {told.parameter}".lower()
    if told.status not in _REFUSALS:
        return None
    changes: dict[str, Any] = {}
    for change in _changes(dialect, text):
        changes |= change
    if "answer_format" in owner:
        changes.pop("spells_schema", None)  # it only goes with another form
    if not changes and _is_about_some_parameter(told.status, text):
        changes = _plainest()
    plainer = replace(dialect, **changes).with_set(owner)
    return None if plainer == dialect else plainer


def refused_settings(told: ErrorAnswer, owner: Mapping[str, Any]) -> list[str]:
    """Return which of the owner's choices a refusal is about, by the dialect's names."""
    text = f"{told.message} {told.parameter}".lower()
    patterns = {"answer_format": _FORMAT, "limit_name": _LIMIT, "takes_seed": _SEED, "effort": _EFFORT}
    return [name for name, pattern in patterns.items() if name in owner and pattern.search(text)]


def least_effort(text: str, refused: str | None) -> str | None:
    """Return the least effort that a refusal names as taken; ``None`` when it names none."""
    named = set(_WORD.findall(text.lower())) - {refused}
    return next((effort for effort in EFFORTS if effort in named), None)


def _changes(dialect: Dialect, text: str) -> Iterator[dict[str, Any]]:
    if dialect.answer_format != "text" and _FORMAT.search(text):
        lower = {"json_schema": "json_object", "json_object": "text"}[dialect.answer_format]
        yield {"answer_format": lower, "spells_schema": True}
    if _LIMIT.search(text):
        yield _limit(dialect, text)
    if dialect.takes_seed and _SEED.search(text):
        yield {"takes_seed": False}
    if dialect.effort is not None and _EFFORT.search(text):
        yield {"effort": _effort(dialect.effort, text)}


def _is_about_some_parameter(status: int, text: str) -> bool:
    if status == HTTPStatus.NOT_FOUND:
        return "requested parameters" in text  # OpenRouter: no provider takes all of them
    return status in _PLAIN_AFTER and bool(_ABOUT_PARAMETERS.search(text))


def _limit(dialect: Dialect, text: str) -> dict[str, Any]:
    """Read whether the limit's size or its name is refused."""
    if _TOO_MUCH.search(text):
        return {"allows_thinking": False}
    other = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}[dialect.limit_name]
    return {"limit_name": other} if dialect.limit_name in text else {}


def _effort(refused: str, text: str) -> str | None:
    named = least_effort(text, refused)
    if named is not None and named != "default":
        return named
    if refused == LEAST_EFFORT and not _UNKNOWN_PARAMETER.search(text):
        return SECOND_EFFORT
    return None


def _plainest() -> dict[str, Any]:
    return {
        "answer_format": "text",
        "spells_schema": True,
        "limit_name": "max_tokens",
        "takes_seed": False,
        "effort": None,
        "allows_thinking": False,
    }
