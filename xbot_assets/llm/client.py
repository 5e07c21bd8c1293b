"""The language model: one brief in, checked posts out, every call in the ledger and none past the budget.

Keep out: prompts' wording, prices, classification and retry rules, each of which has a file here; SQL; deciding
what to write about.
"""

import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import SecretStr, ValidationError

from xbot_assets.domain.clock import Clock, system_now
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError
from xbot_assets.llm.answers import answer_format, checked_posts, content_of
from xbot_assets.llm.briefs import PostBrief, WrittenPost, WrittenPosts
from xbot_assets.llm.budget import Budget
from xbot_assets.llm.failures import BAD_ANSWER, classify, may_have_been_billed
from xbot_assets.llm.ledger import LedgerSink, LlmCall
from xbot_assets.llm.prices import Price, load_prices, price_of
from xbot_assets.llm.prompts import load_prompt, posts_messages
from xbot_assets.llm.retrying import Attempts, CallFailed

OPENAI_BASE_URL = "https://api.openai.com/v1"
PROMPT_OVERHEAD_TOKENS = 64
"""What the chat format and the schema's wrapping add to a prompt, counted generously."""
TOKENS_PER_POST_OVERHEAD = 40
"""JSON around one post."""
ANSWER_CODES = frozenset({BAD_ANSWER, "too_long", "duplicate", "forbidden_words"})
"""Failures of the answer rather than of the call: the next attempt is told what was wrong."""
TOTAL_SECONDS = 150.0
"""No attempt of one brief begins later than this after its first: a plan must not hang for longer."""
_MILLISECONDS = 1000
Tokens = tuple[int, int]
"""Tokens of a prompt and of its answer."""
_NOTHING: Tokens = (0, 0)


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model is and how patiently it is asked. Seconds are real time.

    ``timeout_seconds`` bounds one request; ``total_seconds`` all attempts of a brief with the waits between them.
    """

    api_key: SecretStr
    model: str
    attempts: int
    timeout_seconds: float
    base_url: str | None = None
    total_seconds: float = TOTAL_SECONDS


@dataclass(slots=True)
class _Job:
    """One brief in work: what is sent, and what its attempts have added up to."""

    brief: PostBrief
    messages: list[ChatCompletionMessageParam]
    completion_limit: int
    correction: str = ""
    billed: Tokens = _NOTHING
    calls: list[LlmCall] = field(default_factory=list)

    def sent(self) -> list[ChatCompletionMessageParam]:
        """Return the messages of the next attempt."""
        if not self.correction:
            return self.messages
        return [*self.messages, {"role": "user", "content": self.correction}]

    def worst_case(self) -> Tokens:
        """Return the most the next attempt can be billed: no token of a prompt is shorter than a byte."""
        text = "".join(str(message) for message in self.sent()) + str(answer_format())
        return len(text.encode()) + PROMPT_OVERHEAD_TOKENS, self.completion_limit


class LanguageModel:
    """Writes posts with one OpenAI-compatible model. Close it, or use it as a context manager."""

    def __init__(self, access: ModelAccess, *, ledger: LedgerSink, budget: Budget, clock: Clock) -> None:
        """Prepare the client; nothing is sent yet.

        Raises:
            PermanentFailure: code ``unknown_model_price``; the model has no price.
        """
        self._access, self._ledger, self._budget, self._clock = access, ledger, budget, clock
        self._price: Price = price_of(access.model, load_prices())
        self._prompt = load_prompt("posts")
        base_url = access.base_url or OPENAI_BASE_URL
        self._api = openai.OpenAI(
            api_key=access.api_key.get_secret_value(),
            base_url=base_url,
            max_retries=0,
            # A proxy from the environment cannot reach this machine's own loopback.
            http_client=openai.DefaultHttpxClient(trust_env=not _is_loopback(base_url)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def write_posts(self, brief: PostBrief) -> WrittenPosts:
        """Have the posts of a brief written.

        Raises:
            BudgetFailure: ``daily_budget`` or ``insufficient_quota``.
            TransientFailure: the API could not be reached or used, in all attempts.
            PermanentFailure: key, model, brief or persona must be changed; or no attempt gave a usable answer, with
                the code of what was wrong with the last one (``bad_answer``, ``too_long``, ``duplicate``...).
        """
        job = self._job(brief)
        attempts = Attempts(self._access.attempts, self._access.total_seconds, time.monotonic)
        try:
            return attempts.run(lambda number, left: self._attempt(job, number, left))
        except ProductError as failure:
            if failure.code not in ANSWER_CODES:
                raise
            raise _unusable(failure, attempts.made) from failure

    def ping(self) -> None:
        """Ask whether the API answers, takes the key and serves the model; costs nothing and is not booked.

        Raises:
            ProductError: the classified reason; ``model_not_found`` when the model is not among those served.
        """
        try:
            served = {model.id for model in self._api.models.list(timeout=self._access.timeout_seconds)}
        except openai.OpenAIError as error:
            raise classify(error, now=system_now()) from error
        if self._access.model not in served:
            raise PermanentFailure(
                f"The API does not serve the model {self._access.model!r}.",
                code="model_not_found",
                remedy="Set XBOT_PLAN_MODEL to a model that this key may use.",
            )

    def _job(self, brief: PostBrief) -> _Job:
        system, user = posts_messages(self._prompt, brief)
        limit = len(brief.posts) * (brief.max_weighted_chars + TOKENS_PER_POST_OVERHEAD)
        return _Job(brief, [{"role": "system", "content": system}, {"role": "user", "content": user}], limit)

    def _attempt(self, job: _Job, number: int, seconds_left: float) -> WrittenPosts:
        """Make one call within the budget, and book it whatever becomes of it."""
        job.billed, started = _NOTHING, time.monotonic()
        self._reserve(job, started)
        try:
            posts = self._ask(job, seconds_left)
        except (openai.OpenAIError, ValidationError, ProductError) as error:
            if may_have_been_billed(error):
                job.billed = job.worst_case()
            failure = classify(error, now=system_now())
            self._book(job, started, failure)
            job.correction = self._correction(job, failure)
            raise CallFailed(failure) from error
        return self._written(job, posts, self._book(job, started, None), number)

    def _reserve(self, job: _Job, started: float) -> None:
        try:
            self._budget.reserve(self._price.cost_microusd(*job.worst_case()))
        except BudgetFailure as failure:
            self._book(job, started, failure)
            raise

    def _ask(self, job: _Job, seconds_left: float) -> tuple[WrittenPost, ...]:
        """Send one request and check its answer; what it is billed is known before the answer is judged."""
        raw = self._api.chat.completions.with_raw_response.create(
            model=self._access.model,
            messages=job.sent(),
            response_format=answer_format(),
            max_completion_tokens=job.completion_limit,
            seed=openai.omit if job.brief.seed is None else job.brief.seed,
            timeout=min(self._access.timeout_seconds, seconds_left),
        )
        # Read here rather than by the SDK, which drops the bill of an answer it cannot parse.
        job.billed = job.worst_case()
        completion = ChatCompletion.model_validate_json(raw.content)
        if completion.usage is not None:
            job.billed = completion.usage.prompt_tokens, completion.usage.completion_tokens
        return checked_posts(content_of(completion), job.brief)

    def _book(self, job: _Job, started: float, failure: ProductError | None) -> int:
        call = LlmCall(
            purpose=job.brief.purpose,
            model=self._access.model,
            prompt_version=self._prompt.version,
            outcome=failure.kind.value if failure else "ok",
            failure_code=failure.code if failure else None,
            failure_reason=failure.reason if failure else None,
            prompt_tokens=job.billed[0],
            completion_tokens=job.billed[1],
            cost_microusd=self._price.cost_microusd(*job.billed),
            latency_ms=round((time.monotonic() - started) * _MILLISECONDS),
            called_at=self._clock.now(),
        )
        job.calls.append(call)
        return self._ledger.record(call)

    def _correction(self, job: _Job, failure: ProductError) -> str:
        if failure.code not in ANSWER_CODES:
            return job.correction
        return self._prompt.render("correction", problem=failure.reason, count=len(job.brief.posts))

    def _written(self, job: _Job, posts: tuple[WrittenPost, ...], call_id: int, number: int) -> WrittenPosts:
        return WrittenPosts(
            posts=posts,
            llm_call_id=call_id,
            model=self._access.model,
            prompt_version=self._prompt.version,
            attempts=number,
            prompt_tokens=sum(call.prompt_tokens for call in job.calls),
            completion_tokens=sum(call.completion_tokens for call in job.calls),
            cost_microusd=sum(call.cost_microusd for call in job.calls),
        )


def _unusable(failure: ProductError, attempts: int) -> PermanentFailure:
    """Build what the caller sees when every answer was refused: asking yet again would only cost more."""
    return PermanentFailure(
        f"The language model gave no usable answer in {attempts} attempt(s). {failure.reason}",
        code=failure.code,
        remedy="Look at the ledger of calls; if it stays so, choose another model with XBOT_PLAN_MODEL.",
    )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
