"""Candidate texts: how many are asked for, which one is taken, and with what chance."""

import numpy as np
import pytest

from xbot_assets.domain.budget.tiers import TierName
from xbot_assets.domain.learning.bandit import Arm, Choice
from xbot_assets.llm.briefs.brief import WrittenPost
from xbot_assets.settings import Settings
from xbot_assets.steps.content.candidates import asked_for, by_slot, take, texts_per_slot

CHOICES = (Choice(Arm("bread", "list"), 0.4, {}), Choice(Arm("moss", "tip"), 0.1, {}))


def text(number: int, words: str = "w") -> WrittenPost:
    """Return a text of a brief."""
    return WrittenPost(text=words, topic="bread", format="list", tone="dry", number=number, llm_call_id=1)


def test_more_texts_are_asked_for_only_while_they_are_ranked_and_money_is_plenty() -> None:
    """And never more than one brief may ask for."""
    settings = Settings(text_candidates=3)
    assert texts_per_slot(settings, TierName.HIGH, 2, ranks=True) == 3
    assert texts_per_slot(settings, TierName.HIGH, 4, ranks=True) == 2
    assert texts_per_slot(settings, TierName.HIGH, 10, ranks=True) == 1
    assert texts_per_slot(settings, TierName.MEDIUM, 2, ranks=True) == 1
    assert texts_per_slot(settings, TierName.HIGH, 2, ranks=False) == 1


def test_each_slot_has_its_arm_as_often_as_it_has_texts() -> None:
    """In tones at random."""
    asked = asked_for(CHOICES, 3, ("dry", "warm"), np.random.default_rng(1))
    assert [arm for arm, _ in asked] == [CHOICES[0].arm] * 3 + [CHOICES[1].arm] * 3
    assert {tone for _, tone in asked} == {"dry", "warm"}


def test_a_slot_with_one_good_text_of_three_is_filled_and_one_without_is_not() -> None:
    """Of nine texts those of the second slot were all refused."""
    slots = by_slot([text(8), text(1), text(6)], 3)
    assert [[one.number for one in slot] for slot in slots] == [[1], [6, 8]]


def test_the_predicted_best_is_taken_most_often_by_the_chance_that_is_kept() -> None:
    """With a fifth explored and three texts: 0.867 for the best, 0.067 for each other; nothing is drawn for one."""
    texts, rng = [text(0, "a"), text(1, "better"), text(2, "b")], np.random.default_rng(1)
    taken = [take(texts, CHOICES[0], lambda one: len(one.text) / 10, 0.2, rng) for _ in range(3000)]
    chances = {one.text.text: one.chance for one in taken}
    assert chances == pytest.approx({"better": 0.8 + 0.2 / 3, "a": 0.2 / 3, "b": 0.2 / 3})
    seen = sum(one.text.text == "better" for one in taken) / len(taken)
    assert seen == pytest.approx(chances["better"], abs=0.02)
    before = rng.bit_generator.state
    alone = take([text(5)], CHOICES[1], lambda _: None, 0.2, rng)
    assert (alone.chance, alone.candidates, rng.bit_generator.state) == (1.0, 1, before)
