"""A post is recognised on X however X dresses it."""

import pytest

from xbot_assets.domain.posts import fingerprint, same_post

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
