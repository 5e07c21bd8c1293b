"""The form of the model's answer, and every check an answer must pass before anything else sees it.

Keep out: the call, and the gates of content quality, which judge a post that is already well-formed.
"""

import openai
from openai.types.chat import ChatCompletion
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ConfigDict, ValidationError

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts import fingerprint
from xbot_assets.domain.weighted_length import weighted_length
from xbot_assets.llm.briefs import PostBrief, WrittenPost
from xbot_assets.llm.failures import bad_answer
from xbot_assets.llm.prompts import tone_of


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
            code="refused",
            remedy="Look at the persona: a topic or a rule in it may read as harmful.",
        )
    if not choice.message.content:
        raise bad_answer("The answer is empty.")
    return choice.message.content


def checked_posts(content: str, brief: PostBrief) -> tuple[WrittenPost, ...]:
    """Read the posts and check them against the brief.

    Raises:
        TransientFailure: ``bad_answer``, ``too_long``, ``duplicate`` or ``forbidden_words``; the reason names the
            post by its number and never quotes it, so it may go back to the model.
    """
    drafts = _drafts(content)
    if len(drafts) != len(brief.posts):
        raise bad_answer(f"The answer holds {len(drafts)} post(s) where {len(brief.posts)} were asked for.")
    known = set(brief.known_fingerprints())
    for number, draft in enumerate(drafts, 1):
        _check(number, draft.text, brief, known)
        known.add(fingerprint(draft.text))
    return tuple(
        WrittenPost(text=draft.text, topic=ask.topic, format=ask.format, tone=tone_of(ask, brief.persona))
        for draft, ask in zip(drafts, brief.posts, strict=True)
    )


def _drafts(content: str) -> list[_Draft]:
    try:
        drafts = _Drafts.model_validate_json(content).posts
    except ValidationError as error:
        found = "not of the schema asked for" if content.lstrip().startswith("{") else "not JSON"
        raise bad_answer(f"The answer is {found}.") from error
    return sorted(drafts, key=lambda draft: draft.number)


def _check(number: int, text: str, brief: PostBrief, known: set[str]) -> None:
    if not text:
        raise bad_answer(f"Post {number} is empty.")
    length = weighted_length(text)
    if length > brief.max_weighted_chars:
        limit = brief.max_weighted_chars
        raise bad_answer(f"Post {number} is too long: X counts {length} where {limit} are allowed.", "too_long")
    if fingerprint(text) in known:
        raise bad_answer(f"Post {number} repeats a post that was written before.", "duplicate")
    if any(phrase.casefold() in text.casefold() for phrase in brief.persona.never_say):
        raise bad_answer(f"Post {number} says something the persona never says.", "forbidden_words")
