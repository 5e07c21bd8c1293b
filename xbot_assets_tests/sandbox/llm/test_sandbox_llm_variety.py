"""The sandbox's model has enough to say: against the product's own gates, and across a restart."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import history_of
from xbot_assets.llm.persona import load_persona
from xbot_assets.sandbox.llm import cards, grammar
from xbot_assets.sandbox.llm.asked import AskedPost
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.llm.writer import Writer

PERSONA = load_persona()
POSTS_OF_AN_ARM = 45
"""Nearly two posts of one arm a day for a month: past the depth at which the writer used to repeat itself."""
TRIES = 3
"""How often the product has a post written before it falls back."""
MOST_REFUSED_AT_FIRST, MOST_LOST = 0.04, 0.005
LEAST_CARDS = 50


def own_cards(topic: str, form: str) -> tuple[str, ...]:
    """Return what the writer says first about an arm."""
    if form == "story":
        return cards.stories(topic)[0]
    return cards.lists(topic)[0] if form == "list" else cards.sentences(topic, f"{form}s")[0]


def asks(topics: list[str], count: int) -> Iterator[AskedPost]:
    """Return posts of every arm of these topics in turn, in changing tones."""
    arms = list(itertools.product(PERSONA.format_names, topics))
    for number in range(count):
        for place, (form, topic) in enumerate(arms):
            yield AskedPost(topic, form, PERSONA.tones[(number + place) % len(PERSONA.tones)])


def tried(writer: Writer, ask: AskedPost, kept: list[str], dice: Random) -> list[str]:
    """Write a post until all gates let it pass or no try is left; return every text, the last the one that counts."""
    context = GateContext(PERSONA, ask.format, history=history_of(kept, PERSONA.language))
    texts: list[str] = []
    while len(texts) <= TRIES and (not texts or first_refusal(texts[-1], context)):
        texts.append(writer.write(ask, PERSONA.language, 280, dice))
    return texts


def test_a_month_of_an_arm_is_hardly_ever_refused() -> None:
    """All gates, against everything before: few refusals at first, next to none after the product's tries."""
    writer, dice = Writer(), Random(3)  # noqa: S311 - for variety
    kept: list[str] = []
    counts: list[int] = []
    for ask in asks(["local history"], POSTS_OF_AN_ARM):
        texts = tried(writer, ask, kept, dice)
        counts.append(len(texts))
        kept += texts[-1:] if len(texts) <= TRIES else []
    assert sum(count > 1 for count in counts) <= MOST_REFUSED_AT_FIRST * len(counts)
    assert sum(count > TRIES for count in counts) <= MOST_LOST * len(counts)


@pytest.mark.parametrize(("topic", "form"), list(itertools.product(PERSONA.topic_names, PERSONA.format_names)))
def test_every_arm_has_many_cores_and_each_passes_the_gates(topic: str, form: str) -> None:
    """No twins, nothing that the shipped persona would not say, and all of the format asked for."""
    of_the_arm = own_cards(topic, form)
    context = GateContext(PERSONA, form)
    assert len(set(of_the_arm)) == len(of_the_arm) >= LEAST_CARDS
    assert not [(text, refusal) for text in of_the_arm if (refusal := first_refusal(text, context))]


def test_two_lists_of_a_group_share_one_item_at_most() -> None:
    """Else two lists under the same title would say the same."""
    for topic in grammar.topics():
        lines = [frozenset(card.split("\n")[1:]) for card in cards.lists(topic)[0]]
        assert max(len(a & b) for a, b in itertools.combinations(lines, 2)) <= 1


def test_no_core_comes_back_after_a_restart(tmp_path: Path) -> None:
    """The books outlive the process, and the deck goes on where it was."""
    half = len(own_cards("science", "tip")) // 2
    said: list[str] = []
    for run in range(2):
        usage = UsageLog(tmp_path / "books.sqlite")
        writer = Writer(usage.is_new_text)
        said += [writer.write(AskedPost("science", "tip", "plain"), "en", 280, Random(run)) for _ in range(half)]  # noqa: S311
        usage.close()
    told = [sum(tip in post for post in said) for tip in own_cards("science", "tip")]
    assert sum(told) == 2 * half
    assert max(told) == 1


def test_general_sentences_come_only_when_a_topics_own_are_through() -> None:
    """They fit every topic, so they say less."""
    writer, dice = Writer(), Random(1)  # noqa: S311 - for variety
    own, general = cards.sentences("gardening", "questions")
    said = [writer.write(AskedPost("gardening", "question"), "en", 280, dice) for _ in range(len(own) + 20)]
    assert all(any(core in post for core in own) for post in said[: len(own)])
    assert all(any(core in post for core in general) for post in said[len(own) :])
