"""One paid call: reserved, sent, read and settled.

The order is the point: money is put aside before the request, the request is noted before it goes out, and what became
of it is booked before anybody looks at the posts.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import openai
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.dialects import AnswerRoom, Dialect, ThinkingRules, answer_room
from xbot_assets.domain.clock import Clock, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, FailureKind, PermanentFailure, ProductError
from xbot_assets.llm.answers import answer_format, texts_of
from xbot_assets.llm.calls.budget import REFUSED_BEFORE, Budget
from xbot_assets.llm.calls.fallbacks import Fallbacks
from xbot_assets.llm.calls.one_call import Answer, CallProgress, Request
from xbot_assets.llm.calls.retrying import CallFailed
from xbot_assets.llm.models.service import ModelService, announced_ends
from xbot_assets.llm.network import OPENAI_BASE_URL, http_client
from xbot_assets.llm.prices import Price, load_prices
from xbot_assets.llm.servers.errors import AnswerError, refusal_in
from xbot_assets.llm.servers.failures import classify, may_have_been_billed, without_message
from xbot_assets.llm.servers.learned import Learned
from xbot_assets.llm.servers.reading import read_completion

if TYPE_CHECKING:
    from openai.types.shared import ReasoningEffort

LEAST_SECONDS = 1.0
"""A request that was refused for its form is made again in any case, and gets so long at least."""
TOTAL_SECONDS = 150.0
"""No attempt of one brief begins later than this after its first: a plan must not hang for longer."""


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model is and how patiently it is asked. Seconds are real time.

    ``model`` is asked when a brief names none. ``timeout_seconds`` bounds one request, ``total_seconds`` all attempts
    of a brief with the waits between them. ``models_retire`` is false for a server of one's own, which goes on serving
    what the provider retired. ``prices_path`` names a price file of the owner's. ``succession`` is whether a model's
    successor is called when it has ended; ``ends`` returns the ends that the API itself announced. ``runs`` is false
    when nothing serves the model: whoever asks it first is told, and nobody before. ``thinking`` is what models may
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
    succession: bool = False
    ends: Callable[[], Mapping[str, date]] = dict
    runs: bool = True
    thinking: ThinkingRules = field(default_factory=ThinkingRules)
    learned: Learned = field(default_factory=Learned)


class PaidCalls:
    """Makes calls within the budget and adds up what they cost. Close it."""

    def __init__(self, access: ModelAccess, budget: Budget, clock: Clock) -> None:
        self._access, self._budget, self._clock = access, budget, clock
        self._service: ModelService | None = None
        self._spelled: set[str] = set()
        self._client: openai.OpenAI | None = None

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def served_models(self) -> dict[str, date | None]:
        """Return what :func:`list_models` does, over this client's connections."""
        return _listed(self._api(), self._access)

    def model_in_use(self, model: str) -> str:
        """Return the model that is called for this one: itself, or what succeeded it.

        Raises:
            PermanentFailure: ``unknown_model_price``, ``model_retired`` or ``bad_prices``.
        """
        return self._price(model).model

    def _api(self) -> openai.OpenAI:
        """Make the client when it is first used: whoever never asks the model needs none.

        Raises:
            PermanentFailure: ``no_language_model``, or ``bad_proxy``.
        """
        if self._client is None:
            self._client = _connected(self._access)
        return self._client

    def make(self, request: Request, seconds_left: float, calls: list[LlmCall]) -> Answer:
        """Make one call, and again without what the server does not take; each entry is added to ``calls``.

        Raises:
            CallFailed: with the failure of the call, or the reason to wait for one.
            BudgetFailure: the call was not made: no money, or the quota's end is known.
            PermanentFailure: the call was not made: the model has no price or is retired, or there is no way to it.
        """
        deadline = time.monotonic() + seconds_left
        fallbacks = Fallbacks(self._access.learned, request.model, request.effort, self._spelled)
        while True:
            try:
                return self._attempt(request, fallbacks.dialect, max(LEAST_SECONDS, deadline - time.monotonic()), calls)
            except CallFailed as failed:
                fallbacks.after(failed)

    def _attempt(self, request: Request, dialect: Dialect, seconds_left: float, calls: list[LlmCall]) -> Answer:
        if dialect.spells_schema:
            request = request.spelled_out()
        progress, api = self._progress(request, dialect), self._api()
        reservation = self._reserve(progress)
        try:
            texts = self._ask(api, request, dialect, progress, seconds_left)
        except Exception as error:  # noqa: BLE001 - whatever it is, the money put aside is settled
            if may_have_been_billed(error):
                progress.billed = progress.worst()
            failure = classify(error, now=system_now())
            self._settle(reservation, progress, failure, calls)
            self._learn(request, dialect, progress)
            raise CallFailed(failure, refusal_in(error)) from without_message(error)
        call_id = self._settle(reservation, progress, None, calls)
        self._learn(request, dialect, progress)
        return Answer(texts, call_id, progress.usage, dialect, progress.room.limit)

    def _learn(self, request: Request, dialect: Dialect, progress: CallProgress) -> None:
        """Remember what was answered, whatever the answer is worth."""
        if progress.answered:
            billed = progress.usage.completion or 0
            self._access.learned.keep(request.model, dialect, request.effort, billed, progress.room.limit)

    def _progress(self, request: Request, dialect: Dialect) -> CallProgress:
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
            seed=request.seed if dialect.takes_seed else None,
            called_at=self._clock.now(),
        )
        return CallProgress(ask, price, room, time.monotonic())

    def _price(self, model: str) -> Price:
        """Look a price up by the real date: the provider's calendar does not follow the product's clock."""
        if self._service is None:
            self._service = ModelService(
                prices=load_prices(self._access.prices_path),
                announced=self._access.ends() if self._access.models_retire else {},
                retires=self._access.models_retire,
                succession=self._access.succession,
            )
        return self._service.price(model, system_now().date())

    def _reserve(self, progress: CallProgress) -> Reservation:
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

    def _ask(
        self, api: openai.OpenAI, request: Request, dialect: Dialect, progress: CallProgress, seconds_left: float
    ) -> tuple[str, ...]:
        """Send the request and read the drafts; what it is billed is known before the answer is looked at."""
        limit = progress.room.limit
        raw = api.chat.completions.with_raw_response.create(
            model=request.model,
            messages=request.messages,
            response_format=answer_format(dialect.answer_format),
            max_completion_tokens=limit if dialect.limit_name == "max_completion_tokens" else openai.omit,
            max_tokens=limit if dialect.limit_name == "max_tokens" else openai.omit,
            seed=openai.omit if progress.ask.seed is None else progress.ask.seed,
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
        self, reservation: Reservation, progress: CallProgress, failure: ProductError | None, calls: list[LlmCall]
    ) -> int:
        entry = progress.entry(failure)
        calls.append(entry)
        return self._budget.settle(reservation, entry, failure, answered=progress.answered)


def list_models(access: ModelAccess) -> dict[str, date | None]:
    """Return the models that the API serves to this key, with the end it announces; costs nothing, is not booked.

    Raises:
        ProductError: the classified reason.
    """
    api = _connected(access)
    try:
        return _listed(api, access)
    finally:
        api.close()


def _listed(api: openai.OpenAI, access: ModelAccess) -> dict[str, date | None]:
    try:
        return announced_ends(api.models.list(timeout=access.timeout_seconds))
    except Exception as error:  # noqa: BLE001 - a server's list may have any form
        raise classify(error, now=system_now()) from without_message(error)


def _connected(access: ModelAccess) -> openai.OpenAI:
    if not access.runs:
        raise no_language_model()
    base_url = access.base_url or OPENAI_BASE_URL
    return openai.OpenAI(
        api_key=access.api_key.get_secret_value(), base_url=base_url, max_retries=0, http_client=http_client(base_url)
    )


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


def no_language_model() -> PermanentFailure:
    """Build the failure of a sandbox whose server does not run."""
    return PermanentFailure(
        "The sandbox's language model is not running.",
        code=FailureCode.NO_LANGUAGE_MODEL,
        remedy="Start the parts with scripts/run or 'xbot up', or set XBOT_LLM=openai and your key.",
    )
