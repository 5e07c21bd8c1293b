"""A persona from first answers: the file that is written is read back as what was meant, whatever was typed."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xbot_assets.domain.persona_advice import advice
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.persona_writing import FirstAnswers, FirstTopic, persona_file, persona_of

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, min_size=1, max_size=3))
def test_what_a_persona_may_hold_is_read_back_as_it_was(audience: str, topics: list[str], tones: list[str]) -> None:
    """Quotes, backslashes, DEL and letters of any script."""
    try:
        answers = FirstAnswers(topics=tuple(FirstTopic(name=name) for name in topics), audience=audience, tones=tones)
        persona = persona_of(answers)
    except ValidationError:
        return  # what no persona may hold is refused, and nothing is written
    with TemporaryDirectory() as directory:
        path = Path(directory) / "persona.toml"
        path.write_text(persona_file(persona), "utf-8")
        assert load_persona(path) == persona


def test_the_shipped_persona_needs_no_advice_and_survives_being_written(tmp_path: Path) -> None:
    """It is what an owner starts from."""
    shipped = load_persona()
    (tmp_path / "p.toml").write_text(persona_file(shipped), "utf-8")
    assert load_persona(tmp_path / "p.toml") == shipped
    assert advice(shipped) == []


def test_few_topics_and_topics_that_the_persona_itself_refuses_are_told() -> None:
    """Each in a sentence that says what to change."""
    answers = FirstAnswers(
        topics=(FirstTopic(name="tea"), FirstTopic(name="money", keywords=("bitcoin",))),
        audience="a",
        tones=("dry",),
    )
    told = advice(persona_of(answers))
    assert len(told) == 3
    assert told[0].startswith("With 2 topic(s)")
    assert "'money' will be refused where it says 'bitcoin'" in told[2]
