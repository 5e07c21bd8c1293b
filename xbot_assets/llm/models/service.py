"""Until when a model is served, and what is called instead afterwards.

Days are the provider's calendar. The price file knows announced ends; what the API itself says of a model
(``shutdown_date`` in ``GET /v1/models``) is newer and stands before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.presentable import storable
from xbot_assets.llm.prices import PRICE_REMEDY, Price, PriceList

SHUTDOWN_DATE = "shutdown_date"
"""OpenAI's name, in an entry of the list of models, for the day from which the model is not served."""

_CHOOSE = "set XBOT_PLAN_MODEL and XBOT_SAVING_MODEL"


@dataclass(frozen=True, slots=True)
class Ending:
    """A model in use that will not be served for long.

    Attributes:
        model: its name.
        on: the first day without it; it may be past.
        successor: the price of what is called from then on; ``None`` when nothing is.
        suggested: what the provider says to use instead, priced or not.
    """

    model: str
    on: date
    successor: Price | None
    suggested: str | None

    def remedy(self, *, succession: bool) -> str:
        """Say what happens on that day, and what can be done before; ``succession`` as in :class:`ModelService`."""
        if self.successor is not None:
            cost = f"${self.successor.input} and ${self.successor.output} per million tokens of prompt and answer"
            return f"From that day on {self.successor.model} is called ({cost}); to choose another, {_CHOOSE} before."
        if not succession:
            suggested = f"; the provider suggests {self.suggested}" if self.suggested else ""
            return (
                f"Before that, {_CHOOSE} to others{suggested}. XBOT_MODEL_SUCCESSION is off: nothing follows by itself."
            )
        if self.suggested is None:
            return f"Before that, {_CHOOSE} to others: the provider suggests none."
        return (
            f"Before that, {_CHOOSE} to others, or name the price of {self.suggested}, which the provider suggests, in "
            "XBOT_PRICES_PATH."
        )


@dataclass(frozen=True, slots=True)
class ModelService:
    """Which models can be called, and at what price.

    Attributes:
        prices: the price file.
        announced: ends that the API itself announced, by model.
        retires: false for a server that goes on serving what the provider ended.
        succession: whether the successor of a model that has ended is called.
    """

    prices: PriceList
    announced: Mapping[str, date] = field(default_factory=dict)
    retires: bool = True
    succession: bool = False

    def price(self, model: str, today: date) -> Price:
        """Return the price of what is called for a model: its own while it is served, then its successor's.

        Raises:
            PermanentFailure: ``unknown_model_price``; ``model_retired`` when it has ended and nothing priced and served
                succeeds it.
        """
        own = self.prices.price(model, today)
        end = self.end_of(own)
        if end is None or today < end:
            return own
        successor = self._successor(own, today) if self.succession else None
        if successor is not None:
            return successor
        suggested = f"; the provider suggests {own.replacement}" if own.replacement else ""
        raise PermanentFailure(
            f"The provider ended the model {model!r} on {end}.",
            code=FailureCode.MODEL_RETIRED,
            remedy=f"{PRICE_REMEDY} that is still served{suggested}.",
        )

    def end_of(self, price: Price) -> date | None:
        """Return the first day on which a model is not served; ``None`` when no end is known."""
        return self.announced.get(price.model, price.retired_on) if self.retires else None

    def ending(self, models: Iterable[str], today: date, within: timedelta) -> list[Ending]:
        """Return which of these models end within a time or have ended, soonest first.

        Raises:
            PermanentFailure: ``unknown_model_price``.
        """
        owns = [self.prices.price(model, today) for model in sorted(set(models))]
        dated = [(own, end) for own in owns if (end := self.end_of(own)) is not None and end - today <= within]
        endings = [Ending(own.model, end, self._next(own, max(end, today)), own.replacement) for own, end in dated]
        return sorted(endings, key=lambda one: one.on)

    def _next(self, own: Price, day: date) -> Price | None:
        return self._successor(own, day) if self.succession else None

    def _successor(self, own: Price, day: date) -> Price | None:
        """Follow the provider's suggestions to the first model that has a price and is served on a day."""
        seen = {own.model}
        while own.replacement is not None and own.replacement not in seen:
            seen.add(own.replacement)
            following = self.prices.known_price(own.replacement, day)
            if following is None:
                return None
            own, end = following, self.end_of(following)
            if end is None or day < end:
                return own
        return None


def announced_ends(listed: Iterable[object]) -> dict[str, date | None]:
    """Return the models of an API's list with the end that each announces; a date that cannot be read is absent."""
    named = ((storable(str(getattr(one, "id", None) or "")), one) for one in listed)
    return {name: _day(getattr(one, SHUTDOWN_DATE, None)) for name, one in named if name}


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said[: len("2027-01-14")]) if isinstance(said, str) else None
    except ValueError:
        return None
