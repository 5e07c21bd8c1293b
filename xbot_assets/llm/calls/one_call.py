"""One paid call as it is made: what is sent, what is known of it meanwhile, and what comes back."""

import time
from dataclasses import dataclass, replace
from typing import cast

from openai.types.chat import ChatCompletionMessageParam

from xbot_assets.domain.budget.calls import CallAsk, LlmCall
from xbot_assets.domain.budget.dialects import AnswerRoom, Dialect
from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.answers import answer_format, spelled_schema
from xbot_assets.llm.prices import Price
from xbot_assets.llm.servers.reading import Reading
from xbot_assets.llm.servers.usage import NO_USAGE, Usage

PROMPT_OVERHEAD_TOKENS = 64
"""What the chat format and the schema's wrapping add to a prompt, counted generously."""
_MILLISECONDS = 1000


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
class CallProgress:
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
