"""What tokens cost, to the millionth of a dollar, rounded up. The prices are data: ``prices.toml``.

Keep out: how much may be spent.
"""

import tomllib
from datetime import date
from decimal import ROUND_CEILING, Decimal
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from xbot_assets.domain.failures import PermanentFailure

MICROUSD_PER_USD = 1_000_000


class Price(BaseModel):
    """Prices of one model, in US dollars per million tokens, which is millionths of a dollar per token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    ends: date | None = None

    def cost_microusd(self, prompt_tokens: int, completion_tokens: int) -> int:
        """Return the cost in millionths of a dollar, rounded up."""
        exact = self.input * prompt_tokens + self.output * completion_tokens
        return int(exact.to_integral_value(rounding=ROUND_CEILING))


def load_prices() -> dict[str, Price]:
    """Read the shipped prices by model name."""
    text = files("xbot_assets.llm").joinpath("prices.toml").read_text("utf-8")
    return TypeAdapter(dict[str, Price]).validate_python(tomllib.loads(text, parse_float=Decimal))


def price_of(model: str, prices: dict[str, Price]) -> Price:
    """Return a model's price.

    Raises:
        PermanentFailure: code ``unknown_model_price``; a model without a price is never called.
    """
    if model in prices:
        return prices[model]
    raise PermanentFailure(
        f"There is no price for the model {model!r}, so its cost could not be bounded.",
        code="unknown_model_price",
        remedy=f"Set XBOT_PLAN_MODEL to one of {', '.join(sorted(prices))}, or add its price to llm/prices.toml.",
    )
