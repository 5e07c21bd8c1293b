"""Our prices beside those of a LiteLLM price file, ``model_prices_and_context_window.json`` of the project litellm.

That file holds US dollars per token by the name of the model, and in ``deprecation_date`` the first day without it. A
model is compared under its own name only: with a provider's name before it, it is another seller's.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.prices import Price
from xbot_assets.regular_files import read_regular_text

TOKENS = 1_000_000
"""Our prices are for so many."""
_SHOWN = 8
"""Problems of a file that are listed."""


def _no_bool(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("this is no number")  # noqa: TRY004 - pydantic takes a ValueError
    return value


def _only_text(value: object) -> object:
    """Refuse a number, which pydantic would take for seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("this is no date")  # noqa: TRY004 - pydantic takes a ValueError
    return value


_PerToken = Annotated[Decimal, BeforeValidator(_no_bool), Field(ge=0, lt=1, allow_inf_nan=False)]


class Verdict(StrEnum):
    """What a comparison says of one model."""

    SAME = "same"
    HIGHER = "ours is higher"
    """Spending is overrated: the day's budget ends early, and no bill surprises."""
    LOWER = "ours is lower"
    """Spending is underrated: the wall of the budget stands too far out."""
    END_DIFFERS = "the end differs"
    ABSENT = "not in the file"

    @property
    def is_harmful(self) -> bool:
        """Whether the price file has to be corrected."""
        return self in {Verdict.LOWER, Verdict.END_DIFFERS}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One model: our price, and what the file says, in US dollars per million tokens."""

    ours: Price
    verdicts: tuple[Verdict, ...]
    input: Decimal | None = None
    output: Decimal | None = None
    ends: date | None = None


class _Listed(BaseModel):
    """What is used of one entry of the file."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    input_cost_per_token: _PerToken
    output_cost_per_token: _PerToken
    output_cost_per_reasoning_token: _PerToken | None = None
    deprecation_date: Annotated[date, BeforeValidator(_only_text)] | None = None

    @property
    def input(self) -> Decimal:
        return self.input_cost_per_token * TOKENS

    @property
    def output(self) -> Decimal:
        """What a token of an answer costs at most: thinking may be priced apart, and we book it as answer."""
        return max(self.output_cost_per_token, self.output_cost_per_reasoning_token or Decimal(0)) * TOKENS


def compare_with(path: Path, prices: Iterable[Price]) -> list[Comparison]:
    """Compare prices with a LiteLLM price file.

    Raises:
        PermanentFailure: ``bad_prices``; the file cannot be read, or an entry of one of these models is none.
    """
    document = _document(path)
    problems: list[str] = []
    listed = {price.model: _listed(document, price.model, problems) for price in prices if price.model in document}
    if problems:
        raise _bad(path, problems)
    return [_compared(price, listed.get(price.model)) for price in prices]


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read_regular_text(path), parse_float=Decimal)
    except OSError as error:
        raise _bad(path, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise _bad(path, ["is not UTF-8 text"]) from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, ["is not JSON"]) from error
    if not isinstance(document, dict) or not any(_looks_priced(entry) for entry in document.values()):
        raise _bad(path, ["is no price file of LiteLLM: no entry has an input_cost_per_token"])
    return document


def _looks_priced(entry: object) -> bool:
    return isinstance(entry, dict) and "input_cost_per_token" in entry


def _listed(document: dict[str, Any], model: str, problems: list[str]) -> _Listed | None:
    try:
        if not isinstance(document[model], dict):
            problems.append(f"{model}: this is no entry of a model")
            return None
        return _Listed.model_validate(document[model])
    except ValidationError as error:
        problems += [
            f"{'.'.join(map(str, (model, *item['loc'])))}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)
        ]
        return None


def _compared(ours: Price, theirs: _Listed | None) -> Comparison:
    if theirs is None:
        return Comparison(ours, (Verdict.ABSENT,))
    checks = (
        (Verdict.LOWER, ours.input < theirs.input or ours.output < theirs.output),
        (Verdict.HIGHER, ours.input > theirs.input or ours.output > theirs.output),
        (Verdict.END_DIFFERS, ours.retired_on != theirs.deprecation_date),
    )
    verdicts = tuple(verdict for verdict, holds in checks if holds) or (Verdict.SAME,)
    return Comparison(ours, verdicts, theirs.input, theirs.output, theirs.deprecation_date)


def _bad(path: Path, problems: list[str]) -> PermanentFailure:
    listed = "\n".join(f"  - {problem}" for problem in problems[:_SHOWN])
    return PermanentFailure(
        f"{len(problems)} problem(s) in {path}:\n{listed}",
        code=FailureCode.BAD_PRICES,
        remedy="Name a file model_prices_and_context_window.json, as in the package litellm. Nothing was compared.",
    )
