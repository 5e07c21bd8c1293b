"""Our prices beside a LiteLLM price file."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.models.price_comparison import Verdict, compare_with
from xbot_assets.llm.prices import Price, load_prices

TODAY = date(2026, 11, 30)
SAMPLE = {"sample_spec": {"deprecation_date": "date when the model becomes deprecated", "input_cost_per_token": 0.0}}
OURS = Price(
    model="m", input=Decimal("0.1"), output=Decimal("0.5"), valid_from=TODAY, retired_on=date(2027, 1, 14), source="t"
)
SAME = {"input_cost_per_token": 1e-07, "output_cost_per_token": 5e-07, "deprecation_date": "2027-01-14"}


def written(folder: Path, document: object) -> Path:
    """Write a price file."""
    path = folder / "prices.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "verdicts"),
    [
        ({}, (Verdict.SAME,)),
        ({"input_cost_per_token": 1.1e-07}, (Verdict.LOWER,)),
        ({"output_cost_per_token": 4e-07}, (Verdict.HIGHER,)),
        ({"input_cost_per_token": 2e-07, "output_cost_per_token": 4e-07}, (Verdict.LOWER, Verdict.HIGHER)),
        ({"output_cost_per_reasoning_token": 6e-07}, (Verdict.LOWER,)),
        ({"deprecation_date": "2026-12-01"}, (Verdict.END_DIFFERS,)),
        ({"deprecation_date": None}, (Verdict.END_DIFFERS,)),
        ({"input_cost_per_token_above_272k_tokens": 9e-07, "mode": "chat"}, (Verdict.SAME,)),
    ],
)
def test_a_price_is_the_same_higher_lower_or_ends_on_another_day(
    change: dict[str, object], verdicts: tuple[Verdict, ...], tmp_path: Path
) -> None:
    """To the last digit: a tenth of a millionth is no float."""
    (comparison,) = compare_with(written(tmp_path, SAMPLE | {"m": SAME | change}), [OURS])
    assert comparison.verdicts == verdicts


def test_a_model_under_a_sellers_name_is_another_price(tmp_path: Path) -> None:
    """It is absent rather than guessed."""
    (comparison,) = compare_with(written(tmp_path, SAMPLE | {"azure/m": SAME}), [OURS])
    assert (comparison.verdicts, comparison.input) == ((Verdict.ABSENT,), None)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("no json", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ([SAME], "no price file of LiteLLM"),
        ({"m": "dear"}, "no price file of LiteLLM"),
        ({}, "no price file of LiteLLM"),
        (SAMPLE | {"m": SAME | {"input_cost_per_token": "1e-07"}}, "m.input_cost_per_token"),
        (SAMPLE | {"m": SAME | {"input_cost_per_token": -1}}, "m.input_cost_per_token"),
        (SAMPLE | {"m": SAME | {"input_cost_per_token": True}}, "m.input_cost_per_token"),
        (SAMPLE | {"m": SAME | {"output_cost_per_token": float("nan")}}, "m.output_cost_per_token"),
        (SAMPLE | {"m": SAME | {"output_cost_per_token": 5}}, "m.output_cost_per_token"),
        (SAMPLE | {"m": {"input_cost_per_token": 1e-07}}, "m.output_cost_per_token"),
        (SAMPLE | {"m": SAME | {"deprecation_date": "soon"}}, "m.deprecation_date"),
        (SAMPLE | {"m": SAME | {"deprecation_date": 0}}, "m.deprecation_date"),
        (SAMPLE | {"m": None}, "m: this is no entry of a model"),
    ],
)
def test_a_file_that_is_none_or_has_a_bad_entry_is_refused_whole(document: object, said: str, tmp_path: Path) -> None:
    """The reason names the entry."""
    with pytest.raises(PermanentFailure) as caught:
        compare_with(written(tmp_path, document), [OURS])
    assert caught.value.code == "bad_prices"
    assert said in caught.value.reason


@pytest.mark.parametrize("content", [None, b"\xff\xfe{"])
def test_a_file_that_cannot_be_read_says_why(content: bytes | None, tmp_path: Path) -> None:
    """Absent, or no text."""
    path = tmp_path / "prices.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PermanentFailure, match=r"cannot be read|not UTF-8"):
        compare_with(path, [OURS])


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes into it."""
    os.mkfifo(tmp_path / "prices.json")
    with pytest.raises(PermanentFailure, match="not a regular file"):
        compare_with(tmp_path / "prices.json", [OURS])


def test_the_shipped_prices_are_those_of_the_named_source() -> None:
    """The values of litellm 1.110.2: dollars per million, the first day without it, what follows."""
    expected = {
        "gpt-4o": ("5", "15", "2027-01-14", "gpt-6-luna"),  # the owner's figures; litellm has 2.5 and 10
        "gpt-4o-mini": ("0.15", "0.60", "2027-01-14", "gpt-6-luna"),
        "gpt-4.1": ("2", "8", "2027-01-14", "gpt-6-luna"),
        "gpt-4.1-mini": ("0.40", "1.60", "2027-01-14", "gpt-6-luna"),
        "gpt-4.1-nano": ("0.10", "0.40", "2026-10-23", "gpt-5.6-luna"),
        "gpt-5.6-luna": ("0.20", "1.20", "None", None),
        "gpt-6-luna": ("0.10", "0.50", "None", None),
        "gpt-6.1-terra": ("1", "5", "None", None),
        "gpt-6.1-sol": ("2", "10", "None", None),
    }
    prices = load_prices().current(TODAY)
    assert {p.model: (str(p.input), str(p.output), str(p.retired_on), p.replacement) for p in prices} == expected
