"""The form of the model's answer: what is asked for, and reading it back."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import openai
from openai.types.shared_params import ResponseFormatJSONObject, ResponseFormatJSONSchema
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.llm.servers.content import mended, values_in, without_thoughts
from xbot_assets.llm.servers.failures import bad_answer, cut, filtered
from xbot_assets.llm.servers.reading import BROKEN, CUT, DECLINED, FILTERED, Reading

_LONE_SURROGATE = re.compile(
    r"(?<!\\)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
"""An escape that is half a character: no parser takes it, and the other posts of the answer are good."""
_DIGITS = re.compile(r"\d{1,4}")
_LISTS, _SINGLE = ("posts", "tweets", "drafts"), ("post", "tweet")
_AROUND = ("parameters", "arguments", "properties", "input", "answer", "response", "result")
"""What models put around an answer that they take for a call of a function, or for a schema."""
_SHAPE = json.dumps({"posts": [{"number": 1, "text": "the first post"}]})


def _number(value: object) -> int | None:
    """Read a number as models write it (``"1."``); one that is none is left out."""
    digits = _DIGITS.search(str(value))
    return int(digits[0]) if digits else None


def _worded(value: object) -> object:
    """Take a bare number for its digits: a judgement is asked for as a text, and some models know better."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class _Draft(BaseModel):
    """One post. A server that is not held to the schema may leave out the number; the order counts then."""

    model_config = ConfigDict(str_strip_whitespace=True)
    number: Annotated[int | None, BeforeValidator(_number)] = None
    text: Annotated[str, BeforeValidator(_worded)] = Field(
        validation_alias=AliasChoices("text", "post", "tweet", "content")
    )


class _Drafts(BaseModel):
    posts: list[_Draft]


_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["posts"],
    "properties": {
        "posts": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["number", "text"],
                "properties": {"number": {"type": "integer"}, "text": {"type": "string"}},
            },
        }
    },
}


def answer_format(name: str = "json_schema") -> ResponseFormatJSONSchema | ResponseFormatJSONObject | openai.Omit:
    """Return the call's parameter for a form: ``json_schema``, ``json_object``, or nothing for ``text``."""
    if name == "json_schema":
        return {"type": "json_schema", "json_schema": {"name": "posts", "schema": _SCHEMA, "strict": True}}
    return {"type": "json_object"} if name == "json_object" else openai.omit


def spelled_schema() -> str:
    """Return the schema in words, for a server that does not hold the model to it."""
    return f"\n- The schema is {_SHAPE} with one entry for each post. Write nothing before or after this JSON."


def texts_of(reading: Reading, asked: int, limit: int) -> tuple[str, ...]:
    """Return the texts of an answer's posts, in their order; ``limit`` is the tokens that it might have.

    Raises:
        PermanentFailure: ``answer_cut``, ``content_filter`` or ``refused``.
        TransientFailure: ``bad_answer``, or ``server_error`` when the server gave up in the middle.
    """
    _check_end(reading, limit)
    try:
        return drafts_in(reading.content, asked)
    except TransientFailure:
        billed = reading.usage.completion
        if billed is not None and billed >= limit:
            raise _cut(reading, limit) from None  # not every server says that it was the limit
        raise


def _check_end(reading: Reading, limit: int) -> None:
    if not reading.has_choice:
        raise bad_answer("The answer holds no choice.")
    if reading.finish in CUT:
        raise _cut(reading, limit)
    if reading.finish in FILTERED:
        raise filtered()
    if reading.refusal or reading.finish in DECLINED:
        raise PermanentFailure(
            "The model declined to write these posts.",
            code=FailureCode.REFUSED,
            remedy="Look at the persona: a topic or a rule in it may read as harmful.",
        )
    if reading.finish in BROKEN:
        raise TransientFailure("The API gave up in the middle of the answer.", code=FailureCode.SERVER_ERROR)


def _cut(reading: Reading, limit: int) -> PermanentFailure:
    usage, content = reading.usage, reading.content
    billed = limit if usage.completion is None else usage.completion
    return cut(billed, limit, usage.thought, thinks=not without_thoughts(content) or content.lstrip()[:1] == "<")


def drafts_in(content: str, asked: int) -> tuple[str, ...]:
    """Return the texts of the posts, in the order of their numbers.

    Raises:
        TransientFailure: ``bad_answer``; the reason names a post by its number and never quotes it, so it may go back
            to the model.
    """
    if not content.strip():
        raise bad_answer("The answer is empty.")
    drafts = _drafts(_LONE_SURROGATE.sub("", content), asked)
    if drafts is None:
        shape = "not of the schema asked for" if without_thoughts(content).startswith(("{", "[")) else "not JSON"
        raise bad_answer(f"The answer is {shape}.")
    if len(drafts) != asked:
        raise bad_answer(f"The answer holds {len(drafts)} post(s) where {asked} were asked for.")
    numbers = [draft.number for draft in drafts]
    if None not in numbers:
        drafts = sorted(drafts, key=lambda draft: draft.number or 0)
    return tuple(draft.text for draft in drafts)


def _drafts(content: str, asked: int) -> list[_Draft] | None:
    """Return the last posts in a message that can be read as such, of the asked number where there are some.

    What stands before an answer are thoughts about it, or the form that it was asked for.
    """
    read = [*_read(content)] or [*_read(mended(content))]
    return next((drafts for drafts in reversed(read) if len(drafts) == asked), read[-1] if read else None)


def _read(content: str) -> Iterator[list[_Draft]]:
    for value in values_in(content):
        with contextlib.suppress(ValidationError):
            yield _Drafts.model_validate(_as_drafts(value)).posts


def _as_drafts(value: object) -> Any:  # noqa: ANN401 - JSON on its way to the model
    """Bring the shapes that a model chooses by itself into the one that was asked for."""
    if isinstance(value, list):
        return {"posts": value}  # of objects only: a bare list of words may be part of a sentence
    named = _unpacked(value) if isinstance(value, dict) else {}
    posts = next((named[name] for name in _LISTS if name in named), [named] if "text" in named else None)
    single = next((named[name] for name in _SINGLE if isinstance(named.get(name), str)), None)
    if posts is None and single is not None:
        posts = [single]
    if isinstance(posts, dict):
        posts = list(posts.values())  # by their numbers
    if not isinstance(posts, list) or not posts:
        return value
    return {"posts": [{"text": post} if isinstance(post, str) else _small(post) for post in posts]}


def _unpacked(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its names in small letters; of one that only holds the answer, what it holds."""
    named: dict[str, Any] = _small(value)
    while not {*_LISTS, *_SINGLE, "text"} & set(named):
        inner = next((named[name] for name in _AROUND if isinstance(named.get(name), dict)), None)
        if inner is None:
            break
        named = _small(inner)
    return named


def _small(value: Any) -> Any:  # noqa: ANN401 - JSON
    return {name.lower(): held for name, held in value.items()} if isinstance(value, dict) else value
