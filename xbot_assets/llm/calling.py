"""One paid call: reserved, sent, read and settled.

The order is the point: money is put aside before the request, the request is noted before it goes out, and what became
of it is booked before anybody looks at the posts.
"""

import time
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletionMessageParam
from pydantic import SecretStr, ValidationError

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.dialects import AnswerRoom, Dialect, ThinkingRules, answer_room
from xbot_assets.domain.clock import Clock, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, FailureKind, PermanentFailure, ProductError
from xbot_assets.llm.answers import answer_format, spelled_schema, texts_of
from xbot_assets.llm.budget import REFUSED_BEFORE, Budget
from xbot_assets.llm.failures import classify, may_have_been_billed
from xbot_assets.llm.fallbacks import Fallbacks
from xbot_assets.llm.prices import Price, PriceList, load_prices
from xbot_assets.llm.retrying import CallFailed
from xbot_assets.llm.servers.errors import AnswerError
from xbot_assets.llm.servers.learned import Learned
from xbot_assets.llm.servers.reading import Reading, read_completion
from xbot_assets.llm.servers.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from openai.types.shared import ReasoningEffort

OPENAI_BASE_URL = "https://api.openai.com/v1"
PROMPT_OVERHEAD_TOKENS = 64
"""What the chat format and the schema's wrapping add to a prompt, counted generously."""
TOTAL_SECONDS = 150.0
"""No attempt of one brief begins later than this after its first: a plan must not hang for longer."""
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model is and how patiently it is asked. Seconds are real time.

    ``model`` is asked when a brief names none. ``timeout_seconds`` bounds one request, ``total_seconds`` all attempts
    of a brief with the waits between them. ``models_retire`` is false for a server of one's own, which goes on serving
    what the provider retired. ``prices_path`` names a price file of the owner's. ``thinking`` is what models may
    think, and ``learned`` what their servers take.
    """

    api_key: SecretStr
    model: str
    attempts: int
    timeout_seconds: float
    base_url: str | None = None
    total_seconds: float = TOTAL_SECONDS
    prices_path: Path | None = None
    models_retire: bool = True
    thinking: ThinkingRules = field(default_factory=ThinkingRules)
    learned: Learned = field(default_factory=Learned)


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and for what.

    ``written_limit`` bounds the tokens of what is written for readers. ``effort`` is what the owner set for this call;
    ``None`` is the least that the model knows.
    """

    model: str
    messages: list[ChatCompletionMessageParam]
    posts: int
    written_limit: int
    purpose: str
    prompt_version: str
    seed: int | None
    effort: str | None = None

    def spelled_out(self) -> "Request":
        """Return this with the schema in words, at the end of what the system says."""
        first, *others = self.messages
        told = cast("ChatCompletionMessageParam", {**first, "content": f"{first.get('content')}{spelled_schema()}"})
        return replace(self, messages=[told, *others])

    def worst_case_tokens(self) -> int:
        """Return the most tokens the prompt can have: no token is shorter than a byte."""
        text = "".join(str(message) for message in self.messages) + str(answer_format())
        return len(text.encode()) + PROMPT_OVERHEAD_TOKENS


@dataclass(slots=True)
class _Progress:
    """What is known of a call while it is made; tokens are those it may be billed, prompt and answer."""

    ask: CallAsk
    price: Price
    room: AnswerRoom
    started: float
    billed: tuple[int, int] = (0, 0)
    usage: Usage = NO_USAGE
    answered: bool = False
    model_version: str | None = None

    def worst(self) -> tuple[int, int]:
        """Return the tokens that were reserved."""
        return self.ask.prompt_tokens, self.ask.completion_tokens

    def take(self, reading: Reading) -> None:
        """Note what an answer is billed; what it does not say counts at its worst."""
        usage, (prompt, answer) = reading.usage, self.worst()
        self.usage, self.model_version = usage, reading.model
        self.billed = (
            prompt if usage.prompt is None else usage.prompt,
            answer if usage.completion is None else usage.completion,
        )
        if reading.error and not reading.has_choice and not usage.is_known:
            self.billed, self.answered = (0, 0), False  # a refusal like any other, only with the wrong status

    def cost_microusd(self) -> int:
        """Return what the call costs: by our prices, or what its server says when that is more."""
        return max(self.price.cost_microusd(*self.billed), self.usage.told_microusd)

    def entry(self, failure: ProductError | None) -> LlmCall:
        """Return the row for the ledger."""
        return LlmCall(
            purpose=self.ask.purpose,
            model=self.ask.model,
            prompt_version=self.ask.prompt_version,
            outcome=failure.kind.value if failure else "ok",
            failure_code=failure.code if failure else None,
            failure_reason=failure.reason if failure else None,
            prompt_tokens=self.billed[0],
            completion_tokens=self.billed[1],
            cost_microusd=self.cost_microusd(),
            latency_ms=round((time.monotonic() - self.started) * _MILLISECONDS),
            called_at=self.ask.called_at,
            seed=self.ask.seed,
            model_version=self.model_version,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The drafts of a call that went well, and its row in the ledger.

    ``dialect`` is what was sent and taken, ``limit`` the tokens that it allowed.
    """

    texts: tuple[str, ...]
    call_id: int
    usage: Usage
    dialect: Dialect
    limit: int


class PaidCalls:
    """Makes calls within the budget and adds up what they cost. Close it."""

    def __init__(self, access: ModelAccess, budget: Budget, clock: Clock) -> None:
        self._access, self._budget, self._clock = access, budget, clock
        self._prices: PriceList | None = None
        self._spelled: set[str] = set()
        base_url = access.base_url or OPENAI_BASE_URL
        self._api = openai.OpenAI(
            api_key=access.api_key.get_secret_value(),
            base_url=base_url,
            max_retries=0,
            # A proxy from the environment cannot reach this machine's own loopback.
            http_client=openai.DefaultHttpxClient(trust_env=not _is_loopback(base_url)),
        )

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def served_models(self) -> set[str]:
        """Return the models that the API serves to this key; costs nothing and is not booked.

        Raises:
            ProductError: the classified reason.
        """
        try:
            return {model.id for model in self._api.models.list(timeout=self._access.timeout_seconds)}
        except openai.OpenAIError as error:
            raise classify(error, now=system_now()) from error

    def make(self, request: Request, seconds_left: float, calls: list[LlmCall]) -> Answer:
        """Make one call, and again without what the server does not take; each entry is added to ``calls``.

        Raises:
            CallFailed: with the failure of the call, or the reason to wait for one.
            BudgetFailure: the call was not made: no money, or the quota's end is known.
            PermanentFailure: the call was not made: the model has no price or is retired.
        """
        deadline = time.monotonic() + seconds_left
        fallbacks = Fallbacks(self._access.learned, request.model, request.effort, self._spelled)
        while True:
            try:
                return self._attempt(request, fallbacks.dialect, deadline - time.monotonic(), calls)
            except CallFailed as failed:
                fallbacks.after(failed)

    def _attempt(self, request: Request, dialect: Dialect, seconds_left: float, calls: list[LlmCall]) -> Answer:
        if dialect.spells_schema:
            request = request.spelled_out()
        progress = self._progress(request, dialect)
        reservation = self._reserve(progress)
        try:
            texts = self._ask(request, dialect, progress, seconds_left)
        except (openai.OpenAIError, ValidationError, AnswerError, ProductError) as error:
            if may_have_been_billed(error):
                progress.billed = progress.worst()
            failure = classify(error, now=system_now())
            self._settle(reservation, progress, failure, calls)
            self._learn(request, dialect, progress)
            raise CallFailed(failure) from error
        call_id = self._settle(reservation, progress, None, calls)
        self._learn(request, dialect, progress)
        return Answer(texts, call_id, progress.usage, dialect, progress.room.limit)

    def _learn(self, request: Request, dialect: Dialect, progress: _Progress) -> None:
        """Remember what was answered, whatever the answer is worth."""
        if progress.answered:
            billed = progress.usage.completion or 0
            self._access.learned.keep(request.model, dialect, request.effort, billed, progress.room.limit)

    def _progress(self, request: Request, dialect: Dialect) -> _Progress:
        price = self._price(request.model)
        may_think = self._access.learned.may_think(request.model)
        room = answer_room(request.written_limit, dialect, self._access.thinking, may_think=may_think)
        prompt = request.worst_case_tokens()
        ask = CallAsk(
            purpose=request.purpose,
            model=request.model,
            prompt_version=request.prompt_version,
            prompt_tokens=prompt,
            completion_tokens=room.reserved,
            worst_case_microusd=price.cost_microusd(prompt, room.reserved),
            seed=request.seed,
            called_at=self._clock.now(),
        )
        return _Progress(ask, price, room, time.monotonic())

    def _price(self, model: str) -> Price:
        """Look a price up by the real date: the provider's calendar does not follow the product's clock."""
        self._prices = self._prices or load_prices(self._access.prices_path)
        look_up = self._prices.price_served if self._access.models_retire else self._prices.price
        return look_up(model, system_now().date())

    def _reserve(self, progress: _Progress) -> Reservation:
        try:
            reservation = self._budget.reserve(progress.ask)
            self._budget.send(reservation)
        except ProductError as given:
            refusal = _with_thinking(given, progress.room)
            if refusal.code in REFUSED_BEFORE:
                self._budget.refused(progress.entry(refusal))
                if refusal.kind is FailureKind.TRANSIENT:
                    raise CallFailed(refusal) from refusal
            raise refusal from given.__cause__
        return reservation

    def _ask(self, request: Request, dialect: Dialect, progress: _Progress, seconds_left: float) -> tuple[str, ...]:
        """Send the request and read the drafts; what it is billed is known before the answer is looked at."""
        limit = progress.room.limit
        raw = self._api.chat.completions.with_raw_response.create(
            model=request.model,
            messages=request.messages,
            response_format=answer_format(dialect.answer_format),
            max_completion_tokens=limit if dialect.limit_name == "max_completion_tokens" else openai.omit,
            max_tokens=limit if dialect.limit_name == "max_tokens" else openai.omit,
            seed=openai.omit if request.seed is None or not dialect.takes_seed else request.seed,
            reasoning_effort=openai.omit if dialect.effort is None else cast("ReasoningEffort", dialect.effort),
            timeout=min(self._access.timeout_seconds, seconds_left),
        )
        # Read here rather than by the SDK, which drops the bill of an answer it cannot parse.
        progress.billed, progress.answered = progress.worst(), True
        reading = read_completion(raw.content)
        progress.take(reading)
        if reading.error is not None:
            raise AnswerError(reading.error)
        return texts_of(reading, request.posts, limit)

    def _settle(
        self, reservation: Reservation, progress: _Progress, failure: ProductError | None, calls: list[LlmCall]
    ) -> int:
        entry = progress.entry(failure)
        calls.append(entry)
        return self._budget.settle(reservation, entry, failure, answered=progress.answered)


def _with_thinking(refusal: ProductError, room: AnswerRoom) -> ProductError:
    """Say that it is thinking which does not fit, where that is so: nothing else would show it."""
    beside = room.reserved - room.limit
    if refusal.code is not FailureCode.DAILY_BUDGET or beside <= 0:
        return refusal
    return BudgetFailure(
        f"{refusal.reason} It holds {beside} tokens for thinking beyond the limit, because nothing is known of this "
        "model's answers yet, or one passed its limit.",
        code=refusal.code,
        remedy=f"{refusal.remedy} A lower XBOT_LLM_UNKNOWN_THINKING_TOKENS puts less aside.",
    )


def not_served(model: str) -> PermanentFailure:
    """Build the failure of a model that this key may not use."""
    return PermanentFailure(
        f"The API does not serve the model {model!r}.",
        code=FailureCode.MODEL_NOT_FOUND,
        remedy="Set XBOT_PLAN_MODEL to a model that this key may use.",
    )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
