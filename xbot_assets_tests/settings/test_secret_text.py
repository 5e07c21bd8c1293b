"""Keys as people paste them: left out is what surely does not belong, refused is the rest, shown is nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.settings import Settings, SettingsError, load_settings
from xbot_assets.settings.secret_text import IN_HEADERS, cleaned_secret

KEY = "sk-proj-Abc_123-xyZ0123456789"


def load(tmp_path: Path, tell: list[str], **environ: str) -> Settings:
    """Load an environment with an empty home."""
    return load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_LLM": "openai", **environ}, tell=tell.append)


@pytest.mark.parametrize(
    "written",
    [
        f"\u201c{KEY}\u201d",
        f"\u2018{KEY}\u2019",
        f"\u201e{KEY}\u201c",
        f"\u00ab{KEY}\u00bb",
        f'"{KEY}"',
        f"'{KEY}'",
        f"`{KEY}`",
        f"  {KEY} ",
        f"{KEY}\n",
        f"{KEY}\r\n",
        f"\t{KEY}",
        f"\u00a0{KEY}\u00a0",
        f"\ufeff{KEY}",
        f"{KEY}\u200b",
        f" \u201c {KEY}\n\u201d\n",
    ],
)
def test_blanks_and_quotes_around_a_key_are_left_out_with_a_sentence(written: str, tmp_path: Path) -> None:
    """Whatever kind of quote the text editor made of them."""
    told: list[str] = []
    settings = load(tmp_path, told, XBOT_OPENAI_API_KEY=written)
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == KEY
    assert told == ["XBOT_OPENAI_API_KEY: the quotes or blanks around it were left out; write it without them."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (f"{KEY}\n{KEY}", "a line break"),
        (f"sk-proj {KEY}", "a blank"),
        (f"Bearer {KEY}", "without 'Bearer'"),
        (f"\u201c{KEY}", "LEFT DOUBLE QUOTATION MARK"),
        (f"{KEY[:7]}\u2013{KEY[8:]}", "EN DASH"),
        (f"{KEY[:7]}\u200b{KEY[8:]}", "ZERO WIDTH SPACE"),
        (f"{KEY[:7]}\u0430{KEY[8:]}", "not plain ASCII"),
        (f"{KEY[:7]}\x00{KEY[8:]}", "not plain ASCII"),
        (f'"{KEY}', "a quote at one end only"),
        (f"{KEY}'", "a quote at one end only"),
        (f"OPENAI_API_KEY={KEY}", "the name of a variable"),
        ("${OPENAI_API_KEY}", "the name of a variable"),
        ("$OPENAI_API_KEY", "the name of a variable"),
        ("%OPENAI_API_KEY%", "the name of a variable"),
        (f"Authorization: Bearer {KEY}", "a blank"),
        (f"{KEY} # mine", "a blank"),
        (f"{KEY},", "ends in a comma"),
        (f"{KEY};", "ends in a semicolon"),
    ],
)
def test_what_cannot_be_a_key_is_refused_and_never_shown(written: str, said: str, tmp_path: Path) -> None:
    """The sentence names the character."""
    with pytest.raises(SettingsError, match=said) as caught:
        load(tmp_path, [], XBOT_OPENAI_API_KEY=written)
    (problem,) = caught.value.problems
    assert problem.startswith("XBOT_OPENAI_API_KEY ")
    assert "proj" not in str(caught.value)
    assert "Abc" not in str(caught.value)


@pytest.mark.parametrize("written", ['""', "\u201c\u201d", "  ", "\n", '"'])
def test_nothing_but_quotes_is_no_key(written: str, tmp_path: Path) -> None:
    """It counts as not set."""
    with pytest.raises(SettingsError, match="XBOT_LLM=openai needs XBOT_OPENAI_API_KEY"):
        load(tmp_path, [], XBOT_OPENAI_API_KEY=written)


@pytest.mark.parametrize("secret", IN_HEADERS)
def test_every_token_is_read_like_the_key_from_either_place(secret: str, tmp_path: Path) -> None:
    """A plain one is taken as it is, and nothing is said."""
    told: list[str] = []
    (tmp_path / ".env").write_text(f"XBOT_{secret.upper()}=\u201c{KEY}\u201d\n", "utf-8")
    environ = {"XBOT_HOME": str(tmp_path / ".xbot")}
    value = getattr(load_settings(environ, tell=told.append), secret)
    assert (value.get_secret_value(), len(told)) == (KEY, 1)
    again = getattr(load_settings({**environ, f"XBOT_{secret.upper()}": KEY}, tell=told.append), secret)
    assert (again.get_secret_value(), len(told)) == (KEY, 1)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'`,;$%="), min_size=1))
def test_a_plain_key_is_never_changed(key: str) -> None:
    """Whatever it consists of."""
    problems: list[str] = []
    assert cleaned_secret("XBOT_OPENAI_API_KEY", key, problems, problems.append) == key
    assert problems == []


@given(st.text())
def test_a_foreign_letter_is_refused_whatever_is_around_it(text: str) -> None:
    """And no sentence holds what stands beside it."""
    problems: list[str] = []
    cleaned_secret("XBOT_X", "Q7\u00e9" + text, problems, problems.append)
    assert problems
    assert not any("Q7" in sentence for sentence in problems)
