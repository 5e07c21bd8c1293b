"""What tokens cost, to the millionth of a dollar, rounded up, and until when a model is served: ``prices.toml``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.data_files import DataFile

_REMEDY = "Set XBOT_PLAN_MODEL and XBOT_SAVING_MODEL to models with a price"


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
        valid = [price for price in self.prices if price.model == model and price.valid_from <= today]
        if valid:
            return max(valid, key=lambda price: price.valid_from)
        known = ", ".join(sorted({price.model for price in self.prices}))
        raise PermanentFailure(
            f"There is no price for the model {model!r}, so its cost could not be bounded.",
            code=FailureCode.UNKNOWN_MODEL_PRICE,
            remedy=f"{_REMEDY} ({known}), or name a price file with it in XBOT_PRICES_PATH.",
        )

    def price_served(self, model: str, today: date) -> Price:
        """Return the price of a model that the provider still serves.

        Raises:
            PermanentFailure: ``unknown_model_price``, or ``model_retired``.
        """
        price = self.price(model, today)
        if price.retired_on is None or today < price.retired_on:
            return price
        raise PermanentFailure(
            f"The provider retired the model {model!r} on {price.retired_on}.",
            code=FailureCode.MODEL_RETIRED,
            remedy=f"{_REMEDY} that is still served{_instead(price)}.",
        )


@dataclass(frozen=True, slots=True)
class Retirement:
    """A model in use that will not be served for long."""

    model: str
    on: date
    replacement: str | None


_FILE = DataFile("prices.toml", PriceList, FailureCode.BAD_PRICES, "XBOT_PRICES_PATH")


def load_prices(path: Path | None = None) -> PriceList:
    """Read a price file; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: code ``bad_prices``; the reason lists every problem in the file.
    """
    return _FILE.load(path)


def retiring(models: Iterable[str], prices: PriceList, today: date, within: timedelta) -> list[Retirement]:
    """Return which of these models end within a time, soonest first.

    Raises:
        PermanentFailure: as :meth:`PriceList.price_served`, for a model that cannot be used at all.
    """
    found = [prices.price_served(model, today) for model in sorted(set(models))]
    ending = [Retirement(p.model, p.retired_on, p.replacement) for p in found if p.retired_on]
    return sorted((one for one in ending if one.on - today <= within), key=lambda one: one.on)


def _instead(price: Price) -> str:
    return f"; the provider suggests {price.replacement}" if price.replacement else ""
