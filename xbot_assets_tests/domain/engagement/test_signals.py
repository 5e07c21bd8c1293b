"""How a post is made, what it earned, and which conclusions may be kept."""

from datetime import UTC, datetime

import pytest

from xbot_assets.domain.engagement.insights import SENTENCE_MAX, cited_among, sentence_of
from xbot_assets.domain.engagement.seen import SeenCounts
from xbot_assets.domain.engagement.signals import earned, format_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Three rules:\n1. Water deeply\n2. Water rarely", "list"),
        ("What is one tool you still use?", "question"),
        ("苗はいつ植えますか\uff1f", "question"),
        ("How to read a stack trace: start at the bottom.", "how-to"),
        ("When I was an intern I dropped a table.", "story"),
        ("87% of our pages came from two services.", "figure"),
        ("Compost is patience.", "one line"),
        ("Compost is patience, " * 8, "statement"),
        ("", "one line"),
    ],
)
def test_a_post_is_made_in_the_first_form_that_fits(text: str, made: str) -> None:
    """Lists before questions, words before pictures, and what fits nothing is a statement."""
    assert format_of(text) == made


def test_what_is_not_told_is_left_out_of_what_a_post_earned_and_nothing_told_is_nothing() -> None:
    """A thousand views are the measure where views are told; a reply counts thrice, as in outcomes."""
    assert earned(SeenCounts(NOON, likes=10, reposts=5, replies=1, views=2000)) == pytest.approx(11.5)
    assert earned(SeenCounts(NOON, likes=10)) == 10
    assert earned(SeenCounts(NOON, likes=10, views=0)) == 10
    assert earned(SeenCounts(NOON, views=500)) is None


@pytest.mark.parametrize(
    ("answer", "text", "ids", "reason"),
    [
        ("Lists are liked. [12, 345]", "Lists are liked.", ("12", "345"), None),
        ("Lists are liked [12;12 345].", "Lists are liked", ("12", "345"), None),
        ("Lists are liked.", "Lists are liked.", (), "It cites no post."),
        ("Lists are liked. []", "Lists are liked.", (), "It cites no post."),
        ("Lists are liked. [the first]", "Lists are liked.", (), "It cites what is no id."),
        ("[12]", "", (), "It says nothing."),
        ("x" * (SENTENCE_MAX + 1) + " [12]", "x" * SENTENCE_MAX, (), f"It is longer than {SENTENCE_MAX} characters."),
        ("Lists [12] are liked.", "Lists [12] are liked.", (), "It cites no post."),
    ],
)
def test_a_sentence_ends_with_the_ids_that_it_rests_on(
    answer: str, text: str, ids: tuple[str, ...], reason: str | None
) -> None:
    """Anything else at its end is no citation, and a sentence without one is dropped with the reason."""
    read = sentence_of(answer)
    assert (read.text, read.x_post_ids, read.dropped) == (text, ids, reason)


def test_a_sentence_that_cites_one_unknown_post_among_known_ones_is_dropped() -> None:
    """It names the post; a sentence dropped before keeps its reason."""
    assert cited_among(sentence_of("So it is. [1, 2]"), {"1", "2"}).dropped is None
    assert "post 3" in (cited_among(sentence_of("So it is. [1, 3]"), {"1", "2"}).dropped or "")
    assert cited_among(sentence_of("So it is."), set()).dropped == "It cites no post."
