"""What is kept of a post for learning, and what hour it counts in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from xbot_assets.domain.learning.features import edited_features, post_features, text_features, with_hour
from xbot_assets.domain.pace.hours import local_hour

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)


def test_the_tone_is_a_column_of_its_own_and_stays_when_the_text_is_edited() -> None:
    """One column a tone, so that a regression can weigh it; a post without features is given none."""
    features = post_features("Three stars?", "wry")
    assert features["tone=wry"] == 1.0
    edited = edited_features(features, "No stars.")
    assert (edited["tone=wry"], edited["question"]) == (1.0, 0.0)
    assert edited_features({}, "No stars.") == {}
    assert not [name for name in post_features("No stars.") if name.startswith("tone")]


def test_the_hour_is_the_owner_s_and_replaces_any_that_was_noted_before() -> None:
    """The same hour that the weights of the hours count in: 20 in Berlin, in summer, is 18 in UTC."""
    noted = with_hour({"length": 1.0}, EVENING, ZoneInfo("UTC"))
    assert with_hour(noted, EVENING, BERLIN) == with_hour(
        {"length": 1.0}, EVENING.replace(hour=local_hour(EVENING, BERLIN)), ZoneInfo("UTC")
    )
    assert with_hour(noted, EVENING, BERLIN) != noted


def test_words_are_columns_that_a_text_shares_with_others_of_its_words() -> None:
    """Whatever their case and ending; links, names and short words are none, and an edit leaves no word behind."""

    def words(text: str) -> set[str]:
        return {name for name in text_features(text) if name.startswith("word_")}

    assert words("Planting MOSSES by the sea") == words("@sea_person mosses Plantings https://mosses.example/other")
    assert len(words("Mähen, möwen, 苔の世界です")) == 3
    assert words("a few new 1234 tips") == words("tips") != set()
    edited = edited_features(post_features("Moss.", "wry"), "Bread.")
    assert edited == post_features("Bread.", "wry")
