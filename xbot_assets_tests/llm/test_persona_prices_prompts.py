"""The data files: personas, prices and prompts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.briefs.prompts import load_prompt, posts_messages
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.prices import Price, load_prices

TODAY = date(2026, 11, 23)
EVERY_MISTAKE = """
audience = "someone"
language = "English"
tones = ["plain", "Plain"]
colour = "red"
[[topics]]
name = "soil"
keywords = []
[[topics]]
name = "soil; and more"
keywords = ["x"]
[[formats]]
name = "tip"
"""


def test_the_shipped_persona_has_six_topics_and_five_formats() -> None:
    """Thirty arms."""
    persona = load_persona()
    assert persona.topic_names == ("technology", "science", "gardening", "cooking", "cycling", "local history")
    assert persona.format_names == ("question", "list", "tip", "story", "statistic")


def test_a_bad_persona_lists_every_problem_at_once(tmp_path: Path) -> None:
    """One reading tells the owner all there is to correct."""
    path = tmp_path / "persona.toml"
    path.write_text(EVERY_MISTAKE)
    with pytest.raises(PermanentFailure) as caught:
        load_persona(path)
    for place in ("name", "language", "tones", "colour", "topics[1].keywords", "topics[2].name", "formats[1].descr"):
        assert f"- {place}" in caught.value.reason
    assert caught.value.code == "bad_persona"
    assert "7 problem(s)" in caught.value.reason


def test_a_persona_without_topics_is_refused(tmp_path: Path) -> None:
    """There would be nothing to write about."""
    path = tmp_path / "persona.toml"
    path.write_text('name = "n"\naudience = "a"\ntones = ["t"]\ntopics = []\nformats = []\n')
    with pytest.raises(PermanentFailure, match=r"topics: at least one(.|\n)*formats: at least one"):
        load_persona(path)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"name = ", "is not TOML"), (b"\xff\xfe", "not UTF-8")]
)
def test_a_persona_that_cannot_be_read_says_why(content: bytes | None, said: str, tmp_path: Path) -> None:
    """Absent, half-written and binary files."""
    path = tmp_path / "persona.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PermanentFailure, match=said):
        load_persona(path)


@pytest.mark.parametrize(
    ("model", "tokens", "microusd"),
    [
        ("gpt-4o", (1000, 1000), 20_000),
        ("gpt-4o-mini", (1_000_000, 1_000_000), 750_000),
        ("gpt-4o-mini", (1, 0), 1),
        ("gpt-4o-mini", (0, 0), 0),
        ("gpt-4o-mini", (20, 0), 3),
        ("gpt-4o-mini", (21, 0), 4),
        ("gpt-6-luna", (1_000_000, 1_000_000), 600_000),
        ("gpt-6.1-terra", (1000, 1000), 6_000),
        ("gpt-6.1-sol", (1000, 1000), 12_000),
    ],
)
def test_a_cost_is_exact_and_rounded_up(model: str, tokens: tuple[int, int], microusd: int) -> None:
    """By the owner's figures, gpt-4o costs $0.005 and $0.015 a thousand."""
    assert load_prices().price(model, TODAY).cost_microusd(*tokens) == microusd


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_cost_is_never_below_the_exact_one_nor_a_microdollar_above(prompt: int, completion: int) -> None:
    """No float comes near the money."""
    price = Price(model="m", input=Decimal("0.15"), output=Decimal("0.6"), valid_from=TODAY, source="a test")
    exact = Decimal("0.15") * prompt + Decimal("0.6") * completion
    assert 0 <= price.cost_microusd(prompt, completion) - exact < 1


def test_an_unknown_model_is_an_error_and_not_free() -> None:
    """The sentence names the models that have a price."""
    with pytest.raises(PermanentFailure, match="gpt-4o-mini") as caught:
        load_prices().price("gpt-9", TODAY)
    assert caught.value.code == "unknown_model_price"


def test_the_latest_price_that_is_valid_already_holds(tmp_path: Path) -> None:
    """A price file of the owner's with an announced change; before its first price a model has none."""
    path = tmp_path / "mine.toml"
    path.write_text(
        "".join(
            f'[[prices]]\nmodel = "m"\ninput = {cost}\noutput = 0.1\nvalid_from = {day}\nsource = "bill"\n'
            for cost, day in ((1, "2026-01-01"), (3, "2026-03-01"), (2, "2026-02-01"))
        )
    )
    prices = load_prices(path)
    inputs = [prices.price("m", date(2026, month, 15)).input for month in (1, 2, 3)]
    assert inputs == [1, 2, 3]
    with pytest.raises(PermanentFailure, match="no price"):
        prices.price("m", date(2025, 12, 31))


def test_a_bad_price_file_lists_every_problem_at_once(tmp_path: Path) -> None:
    """No price may be negative, undated or from nowhere."""
    path = tmp_path / "prices.toml"
    path.write_text('[[prices]]\nmodel = "m"\ninput = -1\noutput = 1\ncolour = "red"\n')
    with pytest.raises(PermanentFailure) as caught:
        load_prices(path)
    for place in ("prices[1].input", "prices[1].valid_from", "prices[1].source", "prices[1].colour"):
        assert f"- {place}" in caught.value.reason
    assert caught.value.code == "bad_prices"


def test_the_prompt_says_what_is_asked(brief: PostBrief) -> None:
    """Topic, format, tone, length and what is never said."""
    system, user = posts_messages(load_prompt("posts"), brief)
    assert "1. topic: gardening (near: soil, compost" in user
    assert "tone: curious" in user
    assert "280 characters" in user
    assert "medical advice" in system


def test_an_arm_that_the_persona_lacks_is_refused(brief: PostBrief) -> None:
    """An edited persona makes old arms invalid; the model never sees them."""
    asks = (PostRequest(topic="astrology", format="tip"),)
    with pytest.raises(PermanentFailure, match="no topic 'astrology'"):
        posts_messages(load_prompt("posts"), PostBrief(persona=brief.persona, posts=asks))
