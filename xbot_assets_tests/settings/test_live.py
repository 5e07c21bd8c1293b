"""Live mode asks for the owner's own words, and says which."""

from pathlib import Path

import pytest

from xbot_assets.settings import Settings, SettingsError, load_settings
from xbot_assets.settings.acknowledgement import live_sentence

SUBJECTS = ("@me", "automated", "permanent suspension", "official API", "replies written by AI", "engaged", "training")
"""What rule 8 is about; the sentence names each."""


def load(tmp_path: Path, **environ: str) -> Settings:
    """Load live mode for @me with an empty home."""
    return load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_MODE": "live", "XBOT_HANDLE": "me", **environ})


def test_live_without_the_sentence_is_refused_with_the_sentence(tmp_path: Path) -> None:
    """What to type is in the refusal, and names what X's rules say."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    (problem,) = caught.value.problems
    assert live_sentence("me") in problem
    assert [subject for subject in SUBJECTS if subject not in problem] == []


def test_the_sentence_can_be_typed_from_the_refusal_into_the_env_file(tmp_path: Path) -> None:
    """Unquoted, as the refusal shows it."""
    (tmp_path / ".env").write_text(f"XBOT_LIVE_ACKNOWLEDGEMENT={live_sentence('me')}\n", encoding="utf-8")
    assert load(tmp_path).mode == "live"


def test_spaces_and_capitals_of_the_sentence_do_not_matter(tmp_path: Path) -> None:
    """It is a declaration, not a password."""
    typed = f"  {live_sentence('ME').upper().replace(' ', '  ')} "
    assert load(tmp_path, XBOT_LIVE_ACKNOWLEDGEMENT=typed).mode == "live"


@pytest.mark.parametrize("typed", ["yes", "true", live_sentence("other"), live_sentence("me")[:-20], " "])
def test_anything_but_the_whole_sentence_for_this_account_is_refused(tmp_path: Path, typed: str) -> None:
    """A yes, a sentence copied from another account, or the first half of one is no acknowledgement."""
    with pytest.raises(SettingsError, match="XBOT_LIVE_ACKNOWLEDGEMENT"):
        load(tmp_path, XBOT_LIVE_ACKNOWLEDGEMENT=typed)


@pytest.mark.parametrize("mode", ["shadow", "live"])
def test_a_real_site_needs_the_accounts_handle(tmp_path: Path, mode: str) -> None:
    """The sandbox's own handle is nobody's account on X."""
    with pytest.raises(SettingsError, match=f"XBOT_MODE={mode} needs XBOT_HANDLE"):
        load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_MODE": mode})


def test_a_handle_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    """A secret pasted into the wrong setting must not end in the sentence."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, XBOT_HANDLE="hunter2; of course")
    assert "hunter2" not in str(caught.value)


def test_the_key_is_masked_when_the_settings_are_shown(tmp_path: Path) -> None:
    """Settings end in logs; the session's key must not."""
    settings = load(tmp_path, XBOT_LIVE_ACKNOWLEDGEMENT=live_sentence("me"), XBOT_SESSION_KEY="hunter2")
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()
