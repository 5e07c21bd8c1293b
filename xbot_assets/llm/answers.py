"""The form of the model's answer: what is asked for, and reading it back."""

import re

import openai
from openai.types.chat import ChatCompletion
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ConfigDict, ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.failures import bad_answer

_LONE_SURROGATE = re.compile(
    r"(?<!\\)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
"""An escape that is half a character: no parser takes it, and the other posts of the answer are good."""


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    number: int
    text: str


class _Drafts(BaseModel):
    model_config = ConfigDict(extra="forbid")
    posts: list[_Draft]


def answer_format() -> ResponseFormatJSONSchema:
    """Return the structured-output parameter of the call."""
    schema = _Drafts.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": "posts", "schema": schema, "strict": True}}


def content_of(completion: ChatCompletion) -> str:
    """Return the message's text.

    Raises:
        LengthFinishReasonError, ContentFilterFinishReasonError: the SDK's own, for an answer that was ended early.
        PermanentFailure: code ``refused``; the model declined.
        TransientFailure: code ``bad_answer``; there is nothing in it.
    """
    if not completion.choices:
        raise bad_answer("The answer holds no choice.")
    choice = completion.choices[0]
    if choice.finish_reason == "length":
        raise openai.LengthFinishReasonError(completion=completion)
    if choice.finish_reason == "content_filter":
        raise openai.ContentFilterFinishReasonError(completion=completion)
    if choice.message.refusal:
        raise PermanentFailure(
            "The model declined to write these posts.",
            code=FailureCode.REFUSED,
            remedy="Look at the persona: a topic or a rule in it may read as harmful.",
        )
    if not choice.message.content:
        raise bad_answer("The answer is empty.")
    return choice.message.content


def drafts_in(content: str, asked: int) -> tuple[str, ...]:
    """Return the texts of the posts, in the order of their numbers.

    Raises:
        TransientFailure: ``bad_answer``; the reason names a post by its number and never quotes it, so it may go back
            to the model.
    """
    try:
        drafts = _Drafts.model_validate_json(_LONE_SURROGATE.sub("", content)).posts
    except ValidationError as error:
        found = "not of the schema asked for" if content.lstrip().startswith("{") else "not JSON"
        raise bad_answer(f"The answer is {found}.") from error
    if len(drafts) != asked:
        raise bad_answer(f"The answer holds {len(drafts)} post(s) where {asked} were asked for.")
    return tuple(draft.text for draft in sorted(drafts, key=lambda draft: draft.number))
