"""A post is recognised on X however X dresses it."""

import pytest

from xbot_assets.domain.posts.post import fingerprint, same_post

WRITTEN = "Why do bread crusts crackle?\n\nSteam — 98 °C inside. https://example.org/a/very/long/path #baking"


@pytest.mark.parametrize(
    "shown",
    [
        "Why do bread crusts crackle? Steam — 98 °C inside. https://t.co/Ab12Cd34 #baking",
        "Why do bread crusts crackle?  Steam \u2014 98\u00a0°C inside. https://t.co/x  #baking ",
    ],
)
def test_links_and_white_space_do_not_change_a_post(shown: str) -> None:
    """X wraps links and collapses white space."""
    assert same_post(WRITTEN, shown)
    assert fingerprint(WRITTEN) == fingerprint(shown)


def test_another_number_is_another_post() -> None:
    """Near is not same."""
    assert not same_post(WRITTEN, WRITTEN.replace("98", "99"))


def test_a_cut_text_matches_its_beginning_only_when_the_page_says_it_is_cut() -> None:
    """A short post is not every longer post."""
    assert same_post(WRITTEN, "Why do bread crusts", truncated=True)
    assert not same_post(WRITTEN, "Why do bread crusts")


def test_a_post_of_emoji_only_is_compared_as_it_is() -> None:
    """Nothing is left after normalising, and two such posts must still differ."""
    assert same_post("🦊🦊", "🦊🦊")
    assert not same_post("🦊🦊", "🦊")
    assert fingerprint("🦊") != fingerprint("🐻")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Salt & pepper, 3 < 4.", "Salt &amp; pepper, 3 &lt; 4."),
        ("More on example.org/bread today.", "More on https://example.org/bread… today."),
        ("@anna Thanks, that helped.", "Thanks, that helped."),
        ("Caf\u00e9 first 🍞👩\u200d🍳, then bread.", "Cafe\u0301 first 🍞👩\u200d🍳, then\u00a0bread."),
        ("One.\n\n\nTwo.", "One. Two."),
        ("\uff11\uff12 eggs", "12 eggs"),
    ],
)
def test_what_a_page_makes_of_a_text_does_not_change_the_post(written: str, shown: str) -> None:
    """Entities, addresses without https, the names a reply begins with, composed letters, widths, lines."""
    assert same_post(written, shown)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("Thanks @anna.", "Thanks @ben."), ("Bread.", ""), ("See example.org", "Look at example.org")],
)
def test_other_words_are_another_post(written: str, shown: str) -> None:
    """What is left out of the comparison must not hide a difference."""
    assert not same_post(written, shown)


def test_a_text_cut_within_a_word_is_still_its_beginning() -> None:
    """The page cuts where the line ends, not where a word does."""
    assert same_post(WRITTEN, "Why do bread crusts cra", truncated=True)
    assert not same_post(WRITTEN, "Why do bread loaves cra", truncated=True)
