"""What tokens cost, to the millionth of a dollar, rounded up, and until when a model is served: ``prices.toml``.

The shipped prices, ends and replacements are those of ``model_prices_and_context_window_backup.json`` in the package
litellm 1.110.2 (PyPI, November 2026), which names the provider's own pages as its sources. gpt-4o alone is priced
higher, as its first version was, so that spending is never underrated. ``xbot prices check`` repeats the comparison.
"""

from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.data_files import DataFile

PRICE_REMEDY = "Set XBOT_PLAN_MODEL and XBOT_SAVING_MODEL to models with a price"


class Price(BaseModel):
    """The price of one model from a day on, in US dollars per million tokens: millionths of a dollar per token.

    The last of a model's prices that is valid already holds. ``deprecated_on`` is when the provider announced the
    model's end, ``retired_on`` the first day without it, ``replacement`` what the provider says to use instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(min_length=1)
    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    valid_from: date
    deprecated_on: date | None = None
    retired_on: date | None = None
    replacement: str | None = None
    source: str = Field(min_length=1)

    def cost_microusd(self, prompt_tokens: int, completion_tokens: int) -> int:
        """Return the cost in millionths of a dollar, rounded up."""
        exact = self.input * prompt_tokens + self.output * completion_tokens
        return int(exact.to_integral_value(rounding=ROUND_CEILING))


class PriceList(BaseModel):
    """All prices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: tuple[Price, ...] = Field(min_length=1)

    def price(self, model: str, today: date) -> Price:
        """Return a model's price, whether it is still served or not.

        Raises:
            PermanentFailure: code ``unknown_model_price``; a model without a price is never called.
        """
        price = self.known_price(model, today)
        if price is not None:
            return price
        known = ", ".join(sorted({price.model for price in self.prices}))
        raise PermanentFailure(
            f"There is no price for the model {model!r}, so its cost could not be bounded.",
            code=FailureCode.UNKNOWN_MODEL_PRICE,
            remedy=f"{PRICE_REMEDY} ({known}), or name a price file with it in XBOT_PRICES_PATH.",
        )

    def known_price(self, model: str, today: date) -> Price | None:
        """Return a model's price, or ``None`` when it has none on that day."""
        valid = [price for price in self.prices if price.model == model and price.valid_from <= today]
        return max(valid, key=lambda price: price.valid_from, default=None)

    def current(self, today: date) -> list[Price]:
        """Return the price that holds for each model, in the order of the file."""
        models = dict.fromkeys(price.model for price in self.prices)
        return [price for model in models if (price := self.known_price(model, today)) is not None]


_FILE = DataFile("prices.toml", PriceList, FailureCode.BAD_PRICES, "XBOT_PRICES_PATH")


def load_prices(path: Path | None = None) -> PriceList:
    """Read a price file; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: code ``bad_prices``; the reason lists every problem in the file.
    """
    return _FILE.load(path)
