"""Until when a model is served, what succeeds it, and what the owner is told before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.models.service import ModelService, announced_ends
from xbot_assets.llm.prices import Price, PriceList, load_prices
from xbot_assets_tests.llm.model_rig import ListBooks

LAST, FIRST_WITHOUT = date(2027, 1, 13), date(2027, 1, 14)
SHIPPED = ModelService(load_prices(), succession=True)
DEFAULTS = ("gpt-4o", "gpt-4o-mini")


def priced(model: str, *, ends: date | None = None, then: str | None = None) -> Price:
    """Make a price."""
    start = date(2024, 1, 1)
    return Price(model=model, input=1, output=1, valid_from=start, retired_on=ends, replacement=then, source="a test")


def service(*prices: Price) -> ModelService:
    """Make a service of these prices, which follows successions."""
    return ModelService(PriceList(prices=prices), succession=True)


@pytest.mark.parametrize("model", [*DEFAULTS, "gpt-4.1", "gpt-4.1-mini"])
def test_on_the_day_of_its_end_a_models_successor_is_called_at_its_own_price(model: str) -> None:
    """The shipped defaults are served through 2027-01-13; what follows has a price."""
    assert SHIPPED.price(model, LAST).model == model
    successor = SHIPPED.price(model, FIRST_WITHOUT)
    assert (successor.model, str(successor.input), str(successor.output)) == ("gpt-6-luna", "0.10", "0.50")


def test_without_succession_a_model_that_ended_is_refused_with_the_providers_suggestion() -> None:
    """Its price is still known, for what was spent."""
    with pytest.raises(PermanentFailure, match=r"ended the model 'gpt-4o-mini' on 2027-01-14.*gpt-6-luna") as caught:
        replace(SHIPPED, succession=False).price("gpt-4o-mini", FIRST_WITHOUT)
    assert caught.value.code == "model_retired"
    assert load_prices().price("gpt-4o-mini", FIRST_WITHOUT).model == "gpt-4o-mini"


def test_a_server_of_ones_own_goes_on_serving() -> None:
    """As the sandbox does."""
    own = replace(SHIPPED, retires=False)
    assert own.price("gpt-4o", date(2030, 1, 1)).model == "gpt-4o"
    assert own.ending(DEFAULTS, FIRST_WITHOUT, timedelta(days=45)) == []


@pytest.mark.parametrize(
    "prices",
    [
        [priced("a", ends=LAST)],
        [priced("a", ends=LAST, then="unpriced")],
        [priced("a", ends=LAST, then="a")],
        [priced("a", ends=LAST, then="b"), priced("b", ends=LAST, then="a")],
        [priced("a", ends=LAST, then="b"), priced("b", ends=LAST)],
    ],
)
def test_nothing_without_a_price_or_an_end_of_its_own_is_called(prices: list[Price]) -> None:
    """Nor is a circle of suggestions walked for ever."""
    with pytest.raises(PermanentFailure) as caught:
        service(*prices).price("a", FIRST_WITHOUT)
    assert caught.value.code == "model_retired"


def test_a_succession_may_have_several_steps() -> None:
    """A successor that has ended too is passed over."""
    three = service(priced("a", ends=LAST, then="b"), priced("b", ends=LAST, then="c"), priced("c"))
    assert three.price("a", FIRST_WITHOUT).model == "c"


def test_what_the_api_announces_stands_before_the_price_file() -> None:
    """Whether it ends a model earlier, later, or one whose end was not known."""
    earlier = replace(SHIPPED, announced={"gpt-4o": date(2026, 12, 1), "gpt-6-luna": FIRST_WITHOUT})
    assert earlier.price("gpt-4o", date(2026, 12, 1)).model == "gpt-6-luna"
    with pytest.raises(PermanentFailure):
        earlier.price("gpt-4o", FIRST_WITHOUT)
    later = replace(SHIPPED, announced={"gpt-4o": date(2027, 3, 1)})
    assert later.price("gpt-4o", FIRST_WITHOUT).model == "gpt-4o"


def test_an_end_is_told_from_45_days_before() -> None:
    """With what happens then; once for each model, soonest first."""
    within = timedelta(days=45)
    assert SHIPPED.ending(DEFAULTS, date(2026, 11, 29), within) == []
    endings = SHIPPED.ending([*DEFAULTS, "gpt-4o"], date(2026, 11, 30), within)
    assert [(one.model, one.on) for one in endings] == [(model, FIRST_WITHOUT) for model in DEFAULTS]
    assert "gpt-6-luna is called ($0.10 and $0.50" in endings[0].remedy(succession=True)
    off = replace(SHIPPED, succession=False).ending(["gpt-4o"], date(2026, 11, 30), within)[0]
    assert "XBOT_MODEL_SUCCESSION is off" in off.remedy(succession=False)


def test_an_end_that_nothing_follows_says_what_is_missing() -> None:
    """A price, or a suggestion."""
    unpriced, alone = priced("a", ends=LAST, then="z"), priced("b", ends=LAST)
    endings = service(unpriced, alone).ending(["a", "b"], LAST, timedelta(days=1))
    told = [ending.remedy(succession=True) for ending in endings]
    assert "the price of z" in told[0]
    assert "suggests none" in told[1]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("2027-01-14", FIRST_WITHOUT),
        ("2027-01-14T00:00:00Z", FIRST_WITHOUT),
        (None, None),
        ("soon", None),
        ("14.01.2027", None),
        (1_800_000_000, None),
        ("", None),
    ],
)
def test_an_announced_date_that_cannot_be_read_is_absent(said: object, end: date | None) -> None:
    """Never guessed."""
    assert announced_ends([SimpleNamespace(id="m", shutdown_date=said)]) == {"m": end}


def test_a_list_without_dates_or_names_announces_nothing() -> None:
    """Other servers know no such field."""
    nameless = [SimpleNamespace(id=None), SimpleNamespace(), SimpleNamespace(id="\x00")]
    assert announced_ends([SimpleNamespace(id="m\x00\ud800"), *nameless]) == {"m": None}


def test_the_wall_books_a_succession_under_the_model_that_was_called(
    writer_for: Callable[..., LanguageModel], brief: PostBrief, ledger: ListBooks
) -> None:
    """At the successor's price."""
    ends = {"gpt-4o": date(2026, 1, 1)}
    model = writer_for(model="gpt-4o", models_retire=True, succession=True, ends=lambda: ends)
    written = model.write_posts(brief)
    (call,) = ledger.calls
    assert (written.model, call.model, call.model_version) == ("gpt-6-luna", "gpt-6-luna", "gpt-6-luna-2026-09-22")
    price = load_prices().price("gpt-6-luna", date(2026, 11, 30))
    assert call.cost_microusd == price.cost_microusd(call.prompt_tokens, call.completion_tokens)
    with pytest.raises(PermanentFailure, match="ended the model"):
        writer_for(model="gpt-4o", models_retire=True, ends=lambda: ends).write_posts(brief)


def test_the_api_is_asked_for_its_ends(writer_for: Callable[..., LanguageModel]) -> None:
    """The list costs nothing and books nothing."""
    served = writer_for().served_models()
    assert (served["gpt-4o"], served["gpt-6-luna"]) == (FIRST_WITHOUT, None)
