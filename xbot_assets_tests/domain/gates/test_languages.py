"""The gates in other languages: what is natural there passes, and what says nothing does not."""

import tomllib
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.language import KNOWN, WRITTEN_ALIKE
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import Topic
from xbot_assets.llm.persona import load_persona

POSTS = tomllib.loads(Path(__file__).with_name("posts_in_languages.toml").read_text("utf-8"))
EVERY = [(language, name, text) for language, posts in POSTS.items() for name, text in posts.items()]


def judged(text: str, language: str, format_name: str = "", **changed: object) -> Refusal | None:
    """Judge by the shipped persona in another language."""
    persona = load_persona().model_copy(update={"language": language, **changed})
    return first_refusal(text, GateContext(persona, format_name))


@pytest.mark.parametrize(("language", "name", "text"), EVERY)
def test_a_natural_post_of_every_format_passes(language: str, name: str, text: str) -> None:
    """Japanese, Chinese, Thai, Lao, Khmer and Burmese have no spaces to count words by."""
    assert judged(text, language, name) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("el", "Πώς αποθηκεύετε τα καρότα τον χειμώνα;"),
        ("el", "Πώς αποθηκεύετε τα καρότα τον χειμώνα\u037e"),
        ("zh", "你家厨房里最老的工具是什么"),
        ("zh", "冬天你們怎麼保存胡蘿蔔"),
        ("hy", "Ինչպե՞ս եք պահում գազարը ձմռանը։"),  # noqa: RUF001
        ("am", "ካሮትን በክረምት እንዴት ታስቀምጣላችሁ፧"),
    ],
)
def test_a_question_is_known_by_the_signs_and_words_of_its_language(language: str, text: str) -> None:
    """No format is impossible in a language that a persona may name."""
    assert judged(text, language, "question") is None


def test_a_semicolon_at_the_end_of_another_language_breaks_off() -> None:
    """It asks in Greek alone, and nowhere in the middle of a sentence."""
    refusal = judged("Dry the chicken well before you fry it;", "en")
    assert refusal is not None
    assert refusal.gate == "substance"
    statement = judged("Dry the chicken well; wet skin never turns brown.", "en", "question")
    assert statement is not None
    assert statement.gate == "format"


@pytest.mark.parametrize(
    ("language", "text"),
    [("ja", "おはよう"), ("zh", "同意"), ("th", "สวัสดี"), ("km", "ល្អ"), ("lo", "ດີ"), ("my", "ဟုတ်တယ်")],
)
def test_a_greeting_says_nothing_there_either(language: str, text: str) -> None:
    """By its few characters."""
    refusal = judged(text, language)
    assert refusal is not None
    assert refusal.gate == "substance"


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("ja", "story", "鈍い包丁は力が入るので危ない。"),
        ("ja", "question", "鈍い包丁は力が入るので危ない。"),
        ("th", "question", "มีดทื่ออันตรายกว่ามีดคม เพราะต้องออกแรงกดมากกว่า"),
        ("th", "story", "มีดทื่ออันตรายกว่ามีดคม"),
    ],
)
def test_what_is_not_of_the_format_is_refused_there_too(language: str, name: str, text: str) -> None:
    """A sentence is no story, and a statement no question."""
    refusal = judged(text, language, name)
    assert refusal is not None
    assert refusal.gate == "format"


def test_forbidden_words_are_seen_inside_a_text_without_spaces() -> None:
    """No space marks where they begin."""
    text = "今日は絶対に儲かる話を市場で聞いた。"
    assert judged(text, "ja") is None
    said = judged(text, "ja", never_say=("絶対に儲かる",))
    about = judged(text, "ja", avoid_topics=(Topic(name="市場", keywords=("市場",)),))
    assert said is not None
    assert about is not None
    assert (said.gate, about.gate) == ("claims", "claims")


def test_the_languages_a_persona_may_name_are_those_of_the_model() -> None:
    """Bokmål is judged as the Norwegian that the model knows."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    two_letters = {name for name, _ in model.rank("") if len(name) == 2}
    assert set(KNOWN) - set(WRITTEN_ALIKE) == two_letters - set(WRITTEN_ALIKE)


def test_a_persona_of_an_unknown_language_is_refused_with_the_sentence(tmp_path: Path) -> None:
    """Its posts could not be judged."""
    path = tmp_path / "persona.toml"
    shipped = Path(__file__).parents[3] / "xbot_assets" / "llm" / "persona.toml"
    path.write_text(shipped.read_text("utf-8").replace('language = "en"', 'language = "xx"'), "utf-8")
    with pytest.raises(PermanentFailure, match="none that the gates can tell") as caught:
        load_persona(path)
    assert caught.value.code == "bad_persona"
