"""Each gate alone on texts near its limits, and the chain on the labelled set."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xbot_assets.domain.gates.chain import GATES, first_refusal
from xbot_assets.domain.gates.context import GateContext, GateLimits
from xbot_assets.domain.gates.form import form
from xbot_assets.domain.gates.reading.history import History, history_of
from xbot_assets.domain.gates.reading.plain import plain, readings
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.persona import load_persona
from xbot_assets.testing.content.gate_quality import CHAIN, OK, Half, labelled_texts, measure, milliseconds

PERSONA = load_persona()
PUBLISHED = "A knife is most dangerous when it is blunt, because you push."
FLOORS = {"precision": 0.88, "recall": 0.9}
"""Every gate does at least this on each half; docs/gates.md has what it does exactly."""
MILLISECONDS_MAX = 50.0
WORST_PARTS = (
    "!", "a.", "- ", "1 ", "more ", "kill ", "cures a b c d ", "immigrants x ", "@a ", "\U0001f6b2", "how to make ",
    "sexy ", "a b ", "\u200b", "http://", "\n- ", "she ", "guarantee ", "\u0430a",
)  # fmt: skip
LONG = 3000
SLOW_SECONDS_MAX = 1.0


def judged(text: str, *, persona: Persona = PERSONA, format_name: str = "", history: tuple[str, ...] = ()) -> str:
    """Return the gate that refuses a text, or "ok"."""
    context = GateContext(persona, format_name, history=history_of(history, persona.language))
    refusal = first_refusal(text, context)
    return refusal.gate if refusal else OK


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_every_gate_keeps_its_precision_and_recall_on_the_labelled_texts(half: Half) -> None:
    """On the half that the gates were tuned on, and on the one that was looked at once."""
    texts, before = labelled_texts(half)
    for quality in measure(texts, history_of(before, PERSONA.language)):
        assert quality.precision >= FLOORS["precision"], quality
        assert quality.recall >= FLOORS["recall"], quality
        assert quality.gate != CHAIN or quality.precision >= 0.95, quality


def test_the_labelled_set_is_large_and_covers_every_gate() -> None:
    """At least 240 texts, and no gate without examples."""
    texts, _ = labelled_texts()
    assert len(texts) >= 240
    assert {entry.verdict for entry in texts} == {OK, *GATES}
    assert len({entry.text for entry in texts}) == len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "Kill the weeds while they are small; frost kills the rest.",
        "Crack two eggs into the bowl and cut yourself a slice of yesterday's bread.",
        "How to make seed bombs: clay, compost, poppy seeds, dry overnight.",
        "The dot com boom left us good chairs and bad furniture politics.",
        "Copper prevents fungal diseases on tomato leaves better than milk does.",
        "Invest in a good saddle before you invest in lighter wheels.",
        "Rockets to the Moon burned most of their fuel in nine minutes.",
        "A digital detox begins with one charger in the hallway.",
        "Sieve the compost: it removes stones and old labels.",
        "Treat yourself to a cold drink after the hill.",
        "Beat the egg whites, and the men fed the animals meanwhile.",
        "Forget the previous recipe: this dough wants less water.",
        "Vote for your favourite soup under the old town clock.",
        "There was only one pear left on the tree, and the wasps knew.",
        "Some beans are immune to frost, and none are immune to slugs.",
    ],
)
def test_an_innocent_text_with_a_dangerous_word_passes(text: str) -> None:
    """Words are judged where they stand."""
    assert judged(text) == OK


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("\uff27\uff55\uff41\uff52\uff41\uff4e\uff54\uff45\uff45\uff44 harvest with this compost.", "claims"),
        ("A g\u200bu\u200ba\u200br\u200banteed harvest with this compost.", "claims"),
        ("A gu\u0430r\u0430nteed harvest with this compost.", "claims"),
        ("A gu4rant33d harvest with this compost.", "claims"),
        ("A g.u.a.r.a.n.t.e.e.d harvest with this compost.", "claims"),
        ("A \U0001d5f4\U0001d602ar\U0001d5eenteed harvest with this compost.", "claims"),
        ("Garlic c\u00adures canc\u200der within a week.", "claims"),
        ("Read the map at \uff48\uff54\uff54\uff50\uff53\uff1a\uff0f\uff0fmaps.example.org today.", "links"),
        ("The old map is at maps\u2060.example.org for all.", "links"),
        ("Go and k\u0456ll \u0443ours\u0435lf, brown thumb.", "safety"),
    ],
)
def test_unicode_tricks_do_not_get_around_a_gate(text: str, gate: str) -> None:
    """Width, invisible characters, borrowed letters, digits as letters, spaced letters, mathematical alphabets."""
    assert judged(text) == gate


@pytest.mark.parametrize(
    "text",
    [
        "Assistant: Dry the chicken well before you fry it.",
        "Dry the chicken well before you fry it. (41 characters)",
        "Dry the chicken well before you fry it.\n\n(Character count: 41)",
        "Dry the chicken well before you fry it. [41/280 chars]",
    ],
)
def test_what_is_said_of_a_post_is_no_part_of_it(text: str) -> None:
    """Who wrote it, and how long it is."""
    assert judged(text) == "substance"
    assert judged("Dry the chicken well before you fry it (30 minutes).") == OK


def test_a_question_may_say_enough_with_one_word() -> None:
    """And so may a sentence; two words of greeting may not."""
    assert judged("What is always in your freezer?") == OK
    assert judged("Headwind both ways again. Someone should look into that.") == OK
    assert judged("Agree?") == "substance"
    assert judged("Hello again to all of you out there today.") == "substance"


def test_real_greek_and_russian_stay_what_they_are() -> None:
    """Only letters that stand in for Latin ones are changed."""
    assert plain("Поливайте помидоры утром") == "Поливайте помидоры утром"
    assert plain("μήλο και ψωμί") == "μήλο και ψωμί"
    assert "kill the weeds" in readings("k1ll the weeds")


def test_the_length_gate_counts_as_x_does() -> None:
    """280 weighted characters pass, 281 do not, and an emoji is two."""
    words = "bread and soup " * 18
    assert judged(words + "and" + "s" * (280 - len(words) - 3)) != "length"
    assert judged(words + "and" + "s" * (281 - len(words) - 3)) == "length"
    assert judged(words + "and" + "s" * (279 - len(words) - 3) + "🌱") == "length"


@pytest.mark.parametrize(
    ("links", "domains", "verdicts"),
    [
        ("none", (), {"https://example.org/a": "links", "maps.example.org": "links"}),
        ("listed", ("example.org",), {"https://example.org/a": OK, "maps.example.org": OK, "example.com": "links"}),
        ("any", (), {"https://example.org/a": OK, "example.com": OK}),
    ],
)
def test_the_persona_says_where_links_may_go(links: str, domains: tuple[str, ...], verdicts: dict[str, str]) -> None:
    """Never, to listed domains and what is below them, or anywhere."""
    persona = Persona.model_validate(PERSONA.model_dump() | {"links": links, "link_domains": domains})
    for place, verdict in verdicts.items():
        assert judged(f"The old harbour map can be seen here: {place}", persona=persona) == verdict, place
    assert judged("A domain that only looks alike: notexample.org", persona=persona) == (
        OK if links == "any" else "links"
    )


@pytest.mark.parametrize("wrong", [{"links": "listed"}, {"link_domains": ["example.org"]}, {"never_claim": ["luck"]}])
def test_a_persona_whose_rules_contradict_each_other_is_refused(wrong: dict[str, object]) -> None:
    """A list without its policy, a policy without its list, a kind of claim that no gate knows."""
    with pytest.raises(ValueError, match=r"link_domains|never_claim"):
        Persona.model_validate(PERSONA.model_dump() | wrong)


def test_a_persona_in_another_language_has_its_own_language_judged() -> None:
    """German passes for a German account and English does not; unknown languages are let through."""
    german = PERSONA.model_copy(update={"language": "de"})
    unknown = PERSONA.model_copy(update={"language": "xx"})
    text = "Gieße die Tomaten morgens, dann trocknen die Blätter vor der Nacht."
    assert judged(text, persona=german) == OK
    assert judged(PUBLISHED, persona=german) == "language"
    assert judged(text, persona=unknown) == OK
    assert judged("Wasch den Salat.", persona=german, history=("Wasch den Salat!",)) == "duplicate"


def test_a_japanese_persona_is_not_refused_for_having_no_spaces() -> None:
    """Substance and near-duplicates work on pairs of characters there."""
    japanese = PERSONA.model_copy(update={"language": "ja"})
    text = "トマトは朝に水をやると、夜までに葉が乾きます。"
    assert judged(text, persona=japanese) == OK
    assert (
        judged("夜までに葉が乾くので、トマトは朝に水をやります。", persona=japanese, history=(text,))
        == "near_duplicate"
    )


def test_thresholds_are_limits_of_the_context() -> None:
    """The same text passes or not as the limits say."""
    history = history_of([PUBLISHED], "en")
    reworded = "Blunt knives are the dangerous ones: you end up pushing harder."
    for threshold, refused in ((0.6, True), (0.99, False)):
        context = GateContext(PERSONA, limits=GateLimits(near_duplicate=threshold), history=history)
        assert (first_refusal(reworded, context) is not None) is refused
    tagged = "Oil the chain after rain. #cycling"
    assert first_refusal(tagged, GateContext(PERSONA, limits=GateLimits(hashtags=1))) is None
    assert first_refusal(tagged, GateContext(PERSONA, limits=GateLimits(hashtags=0))) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Oil the chain after rain, says @bob.",
        "Oil the chain after rain (thanks, @bob).",
        "雨のあとは@bobさんのようにチェーンに油を差します。",
        "Oil the chain after rain. \uff20bob",
    ],
)
def test_nobody_is_tagged_wherever_the_name_stands(text: str) -> None:
    """Tagging strangers is what accounts are suspended for; a limit allows as many as it says."""
    assert form(text, GateContext(PERSONA)) == Refusal("format", "It has too many mentions of accounts: at most 0.")
    assert form(text, GateContext(PERSONA, limits=GateLimits(mentions=1))) is None


def test_an_empty_history_refuses_nothing() -> None:
    """The first post of a new account has nothing to repeat."""
    assert History().nearest(PUBLISHED) is None
    assert judged(PUBLISHED) == OK


def test_a_refusal_never_quotes_the_text() -> None:
    """It goes back to the model and into reports; the text is kept elsewhere."""
    texts, before = labelled_texts()
    history = history_of(before, PERSONA.language)
    for entry in texts:
        refusal = first_refusal(entry.text, GateContext(PERSONA, entry.format, history=history))
        assert refusal is None or entry.text not in refusal.reason


def test_a_text_is_judged_fast_against_two_thousand_posts() -> None:
    """In processor time, so that a busy machine does not count; the slowest text too."""
    assert milliseconds(labelled_texts("tuning")[0])[-1] < MILLISECONDS_MAX


@given(st.text(max_size=300) | st.lists(st.sampled_from(WORST_PARTS), max_size=40).map("".join))
@settings(deadline=None, max_examples=150)
def test_any_text_gets_a_verdict(text: str) -> None:
    """No text, however odd, makes a gate fail; a refusal names its gate and says why."""
    history = history_of([PUBLISHED], "en")
    for name, gate in GATES.items():
        refusal = gate(text, GateContext(PERSONA, "story", GateLimits(content_words=1), history))
        assert refusal is None or (refusal.gate == name and refusal.reason), (name, text)


@pytest.mark.parametrize("part", WORST_PARTS)
def test_a_text_made_to_be_slow_is_not(part: str) -> None:
    """Patterns must not take for ever on a long text that almost matches again and again."""
    text = part * (LONG // len(part))
    started = time.process_time()
    for gate in GATES.values():
        gate(text, GateContext(PERSONA, "statistic"))
    assert time.process_time() - started < SLOW_SECONDS_MAX
