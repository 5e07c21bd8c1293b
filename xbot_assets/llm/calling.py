"""One paid call: reserved, sent, read and settled.

The order is the point: money is put aside before the request, the request is noted before it goes out, and what became
of it is booked before anybody looks at the posts.
"""

import time
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import SecretStr, ValidationError

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.clock import Clock, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, PermanentFailure, ProductError
from xbot_assets.llm.answers import answer_format, content_of, drafts_in
from xbot_assets.llm.budget import REFUSED_BEFORE, Budget
from xbot_assets.llm.failures import classify, may_have_been_billed, without_words
from xbot_assets.llm.prices import Price, PriceList, load_prices
from xbot_assets.llm.retrying import CallFailed

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
    what the provider retired. ``prices_path`` names a price file of the owner's.
    """

    api_key: SecretStr
    model: str
    attempts: int
    timeout_seconds: float
    base_url: str | None = None
    total_seconds: float = TOTAL_SECONDS
    prices_path: Path | None = None
    models_retire: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and for what. ``completion_limit`` bounds the tokens of the answer."""

    model: str
    messages: list[ChatCompletionMessageParam]
    posts: int
    completion_limit: int
    purpose: str
    prompt_version: str
    seed: int | None

    def worst_case_tokens(self) -> int:
        """Return the most tokens the prompt can have: no token is shorter than a byte."""
        text = "".join(str(message) for message in self.messages) + str(answer_format())
        return len(text.encode()) + PROMPT_OVERHEAD_TOKENS


@dataclass(slots=True)
class _Progress:
    """What is known of a call while it is made; tokens are those it may be billed, prompt and answer."""

    ask: CallAsk
    price: Price
    started: float
    billed: tuple[int, int] = (0, 0)
    answered: bool = False
    model_version: str | None = None

    def worst(self) -> tuple[int, int]:
        """Return the tokens that were reserved."""
        return self.ask.prompt_tokens, self.ask.completion_tokens

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
            cost_microusd=self.price.cost_microusd(*self.billed),
            latency_ms=round((time.monotonic() - self.started) * _MILLISECONDS),
            called_at=self.ask.called_at,
            seed=self.ask.seed,
            model_version=self.model_version,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The drafts of a call that went well, and its row in the ledger."""

    texts: tuple[str, ...]
    call_id: int


class PaidCalls:
    """Makes calls within the budget and adds up what they cost. Close it."""

    def __init__(self, access: ModelAccess, budget: Budget, clock: Clock) -> None:
        self._access, self._budget, self._clock = access, budget, clock
        self._prices: PriceList | None = None
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
            raise classify(error, now=system_now()) from without_words(error)

    def make(self, request: Request, seconds_left: float, calls: list[LlmCall]) -> Answer:
        """Make one call; its entry is added to ``calls`` whatever becomes of it.

        Raises:
            CallFailed: with the failure of the call, or the reason to wait for one.
            BudgetFailure: the call was not made: no money, or the quota's end is known.
            PermanentFailure: the call was not made: the model has no price or is retired.
        """
        progress = self._progress(request)
        reservation = self._reserve(progress)
        try:
            texts = self._ask(request, progress, seconds_left)
        except (openai.OpenAIError, ValidationError, ProductError) as error:
            if may_have_been_billed(error):
                progress.billed = progress.worst()
            failure = classify(error, now=system_now())
            self._settle(reservation, progress, failure, calls)
            raise CallFailed(failure) from without_words(error)
        return Answer(texts, self._settle(reservation, progress, None, calls))

    def _progress(self, request: Request) -> _Progress:
        price = self._price(request.model)
        prompt, answer = request.worst_case_tokens(), request.completion_limit
        ask = CallAsk(
            purpose=request.purpose,
            model=request.model,
            prompt_version=request.prompt_version,
            prompt_tokens=prompt,
            completion_tokens=answer,
            worst_case_microusd=price.cost_microusd(prompt, answer),
            seed=request.seed,
            called_at=self._clock.now(),
        )
        return _Progress(ask, price, time.monotonic())

    def _price(self, model: str) -> Price:
        """Look a price up by the real date: the provider's calendar does not follow the product's clock."""
        self._prices = self._prices or load_prices(self._access.prices_path)
        look_up = self._prices.price_served if self._access.models_retire else self._prices.price
        return look_up(model, system_now().date())

    def _reserve(self, progress: _Progress) -> Reservation:
        try:
            reservation = self._budget.reserve(progress.ask)
            self._budget.send(reservation)
        except ProductError as refusal:
            if refusal.code in REFUSED_BEFORE:
                self._budget.refused(progress.entry(refusal))
                if refusal.kind is FailureKind.TRANSIENT:
                    raise CallFailed(refusal) from refusal
            raise
        return reservation

    def _ask(self, request: Request, progress: _Progress, seconds_left: float) -> tuple[str, ...]:
        """Send the request and read the drafts; what it is billed is known before the answer is looked at."""
        raw = self._api.chat.completions.with_raw_response.create(
            model=request.model,
            messages=request.messages,
            response_format=answer_format(),
            max_completion_tokens=request.completion_limit,
            seed=openai.omit if request.seed is None else request.seed,
            timeout=min(self._access.timeout_seconds, seconds_left),
        )
        # Read here rather than by the SDK, which drops the bill of an answer it cannot parse.
        progress.billed, progress.answered = progress.worst(), True
        completion = ChatCompletion.model_validate_json(raw.content)
        progress.model_version = completion.model
        if completion.usage is not None:
            progress.billed = completion.usage.prompt_tokens, completion.usage.completion_tokens
        return drafts_in(content_of(completion), request.posts)

    def _settle(
        self, reservation: Reservation, progress: _Progress, failure: ProductError | None, calls: list[LlmCall]
    ) -> int:
        entry = progress.entry(failure)
        calls.append(entry)
        return self._budget.settle(reservation, entry, failure, answered=progress.answered)


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
