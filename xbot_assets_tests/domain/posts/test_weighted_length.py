"""X's weighted length: examples after twitter-text's published rules, version 3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.posts.weighted_length import weighted_length


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
        ("end.It goes", 11),
        ("e.g. 3.5 km/h", 13),
        ("mail me@example.com", 19),
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
