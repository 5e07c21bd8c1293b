"""X's weighted length: examples after twitter-text's published rules, version 3."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.sandbox.counting.weight import weighted_length as sandbox_length
from xbot_assets.testing.weighted.oracle import counted_by_x, why_absent
from xbot_assets.testing.weighted.texts import drawn_texts

TABLE = [tuple(row) for row in json.loads(Path(__file__).with_name("weighted_lengths.json").read_text("utf-8"))]
"""Texts with the counts of twitter-text 3.1.0; ``python -m benchmarks.weighted_length --table`` makes it."""
COMPARED = 2_500
HALVES = COMPARED // 1_000
"""Texts in which X's library links half of a character, which the sandbox counts higher: 1 of 3,000 drawn ones."""
ABSURD = [
    ("a." * 2_000, 4_000),
    ("a." * 2_000 + " x.com", 4_000 + 1 + 23),
    ("語." * 2_000 + " x.com", 6_000 + 1 + 23),
    ("語." * 2_000 + ".com", 6_000 + 4),
    ("a-" * 2_000 + ".com_", 4_000 + 5),
    ("a_a." * 1_000 + "com_", 4_000 + 4),
    ("x.com/" + "(" * 4_000, 23 + 4_000),
]
"""Long runs that look like names of a domain at every place: a reader that begins anew at each would take minutes."""


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("hello", 5),
        ("naïve café", 10),
        ("cafe\u0301", 4),
        ("привет", 6),
        ("“quoted” \u2013 and…", 14 + 2),
        ("漢字", 4),
        ("こんにちは", 10),
        ("한국어", 6),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇩🇪", 2),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("☀", 2),
        ("©️ ©", 4),
        ("💡 idea", 7),
        ("https://example.com", 23),
        ("see https://example.com/" + "a" * 200, 4 + 23),
        ("(https://example.com/a).", 1 + 23 + 2),
        ("http://x.org/a https://x.org/b", 23 + 1 + 23),
        ("go to example.com now", 6 + 23 + 4),
        ("bbc.co.uk", 23),
        ("t.co/abc", 23),
        ("end.It goes", 23 + 5),
        ("e.g. 3.5 km/h", 13),
        ("mail me@example.com", 19),
        ("詳しくはhttps://example.com/aを見て。", 8 + 23 + 8),
        ("見てexample.com", 4 + 23),
        ("README.md", 23),
        ("mystore.cloud", 23),
        ("https://en.example.org/wiki/Fox_(animal)", 23),
        ("🐦‍🔥", 5),
        ("a" * 280, 280),
    ],
)
def test_a_text_counts_as_x_counts_it(text: str, length: int) -> None:
    """Letters one, pictures and East Asian characters two, links twenty-three."""
    assert weighted_length(text) == length


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="./:"), max_size=80))
def test_without_links_it_lies_between_nothing_and_two_a_character(text: str) -> None:
    """No text, however strange, breaks the count."""
    assert 0 <= weighted_length(text) <= 3 * 2 * len(text)


def test_texts_count_as_they_did_when_x_s_library_was_asked() -> None:
    """Links of every kind beside neighbours of every kind, emoji old and new, many scripts."""
    assert [(text, weighted_length(text)) for text, _ in TABLE] == TABLE


def test_the_sandbox_never_counts_more_than_x() -> None:
    """So what X would take, the sandbox takes; only emoji newer than X's library count less there."""
    assert [(text, weight) for text, weight in TABLE if sandbox_length(text) > weight] == []
    plain = [(text, weight) for text, weight in TABLE if "\u200d" not in text and "\U0001f1e8\U0001f1f6" not in text]
    assert [(text, sandbox_length(text)) for text, _ in plain] == plain


@pytest.mark.parametrize(("text", "length"), ABSURD)
def test_an_absurd_text_is_counted_too(text: str, length: int) -> None:
    """By both, in the time that a text of this length takes."""
    assert (weighted_length(text), sandbox_length(text)) == (length, length)


@pytest.mark.slow
@pytest.mark.skipif(why_absent() is not None, reason=str(why_absent()))
def test_thousands_of_texts_count_as_x_s_library_counts_them_now() -> None:
    """Asked for the count of each, where node and the package are."""
    texts = list(drawn_texts(7, COMPARED))
    by_x = counted_by_x(texts)
    assert list(zip(texts, map(weighted_length, texts), strict=True)) == list(zip(texts, by_x, strict=True))
    above = [text for text, most in zip(texts, by_x, strict=True) if sandbox_length(text) > most]
    assert len(above) <= HALVES, above
