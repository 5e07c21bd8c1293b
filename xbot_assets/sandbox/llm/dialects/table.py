"""The servers: which model each serves here, at what price, and how it refuses, answers, thinks and bills."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from xbot_assets.sandbox.llm.dialects import hiccups, refusing, shapes
from xbot_assets.sandbox.llm.dialects.said import Body, Refusal, Said, Sent

BOTH_LIMITS = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One server.

    Attributes:
        model: the model that it serves.
        prices: US dollars per million tokens of prompt and of answer; made up, and fine enough to need rounding.
        refuse: what it says to parameters that it does not take.
        shape: the body of its answer.
        limits: the names of the limit that it obeys.
        thoughts: tokens that the model thinks, about; what an effort makes of them is in ``efforts``.
        keeps_limit: whether thinking ends at the limit.
        hiccup: what goes wrong now and then.
    """

    model: str
    prices: tuple[str, str]
    refuse: Callable[[Sent], Refusal | None]
    shape: Callable[[Said], Body]
    limits: tuple[str, ...] = BOTH_LIMITS
    thoughts: int = 0
    keeps_limit: bool = True
    hiccup: Callable[[Said, Body], hiccups.Hiccup | None] = hiccups.never

    def bill_microusd(self, prompt: int, answer: int) -> int:
        """Return what a call costs, in millionths of a US dollar, rounded up."""
        price_in, price_out = map(Decimal, self.prices)
        return int((price_in * prompt + price_out * answer).to_integral_value(rounding=ROUND_CEILING))


DIALECTS: dict[str, Dialect] = {
    "openai": Dialect(
        "gpt-6-luna", ("0.10", "0.50"), refusing.openai, shapes.openai, ("max_completion_tokens",), thoughts=220
    ),
    "azure": Dialect("gpt-4.1", ("2", "8"), refusing.azure, shapes.azure),
    "openrouter": Dialect(
        "openai/gpt-oss-120b",
        ("0.037", "0.19"),
        refusing.nothing,
        shapes.openrouter,
        thoughts=150,
        hiccup=hiccups.openrouter,
    ),
    "groq": Dialect("openai/gpt-oss-20b", ("0.075", "0.30"), refusing.groq, shapes.groq, thoughts=180),
    "xai": Dialect("grok-4", ("3", "15"), refusing.xai, shapes.xai, thoughts=6000, keeps_limit=False),
    "mistral": Dialect("magistral-medium", ("2", "5"), refusing.mistral, shapes.mistral, ("max_tokens",), thoughts=900),
    "deepseek": Dialect(
        "deepseek-reasoner",
        ("0.28", "0.42"),
        refusing.deepseek,
        shapes.deepseek,
        ("max_tokens",),
        thoughts=1200,
        hiccup=hiccups.deepseek,
    ),
    "vllm": Dialect("Qwen/Qwen3-8B", ("0.035", "0.138"), refusing.vllm, shapes.vllm, thoughts=60),
    "ollama": Dialect("qwen3:4b", ("0.01", "0.02"), refusing.nothing, shapes.ollama, ("max_tokens",)),
    "gemini": Dialect(
        "gemini-2.5-pro", ("1.25", "10"), refusing.gemini, shapes.gemini, thoughts=800, hiccup=hiccups.gemini
    ),
    "anthropic": Dialect("claude-haiku-4-5", ("1", "5"), refusing.nothing, shapes.anthropic, hiccup=hiccups.anthropic),
}
"""All of them by name."""


def bill_of(model: str, prompt: int, answer: int) -> int | None:
    """Return a call's bill; ``None`` for a model of the sandbox's own, which has no price here."""
    served = next((dialect for dialect in DIALECTS.values() if dialect.model == model), None)
    return served.bill_microusd(prompt, answer) if served else None
