"""Settings: everything wrong is said at once, and nothing secret is ever said."""

from pathlib import Path

import pytest

from xbot_assets.settings import CHECKOUT, Settings, SettingsError, load_settings
from xbot_assets.settings.renamed import RENAMED
from xbot_assets.settings_document import env_example

SECRET = "postgresql://me:hunter2@127.0.0.1/db"  # noqa: S105 - a made-up one


def load(tmp_path: Path, **environ: str) -> Settings:
    """Load with an empty home, so that no running stack leaks in."""
    return load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), **environ})


def test_every_problem_is_reported_in_one_message(tmp_path: Path) -> None:
    """A user corrects everything in one go, not one error per start."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, XBOT_WEB_PORT="http", XBOT_BROWSER_SLOTS="9", XBOT_TYPO="1", XBOT_LLM="openai")
    told = str(caught.value)
    for name in ("XBOT_WEB_PORT", "XBOT_BROWSER_SLOTS", "XBOT_TYPO", "XBOT_OPENAI_API_KEY"):
        assert name in told
    assert len(caught.value.problems) == 4


def test_a_wrong_value_is_never_printed(tmp_path: Path) -> None:
    """A secret pasted into the wrong setting must not end in a log."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, XBOT_WEB_PORT=SECRET)
    assert "hunter2" not in str(caught.value)


def test_a_secret_is_masked_when_the_settings_are_shown(tmp_path: Path) -> None:
    """Settings end in logs; their secrets must not."""
    assert "hunter2" not in repr(load(tmp_path, XBOT_DATABASE_URL=SECRET))


def test_a_half_written_env_file_is_refused_with_its_line(tmp_path: Path) -> None:
    """An editor that died while saving must not start a half-configured bot."""
    (tmp_path / ".env").write_text('XBOT_HANDLE=me\nXBOT_DATABASE_URL="postgres', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\.env, line 2"):
        load(tmp_path)


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    """What is typed for one start outranks what is kept."""
    (tmp_path / ".env").write_text("XBOT_HANDLE=from_file\nXBOT_BROWSER_SLOTS=4\n", encoding="utf-8")
    settings = load(tmp_path, XBOT_HANDLE="from_shell")
    assert (settings.handle, settings.browser_slots) == ("from_shell", 4)


def test_running_parts_are_found_and_outranked(tmp_path: Path) -> None:
    """`dagster dev` finds the parts by itself, and an explicit address still wins."""
    home = tmp_path / ".xbot"
    home.mkdir()
    (home / "parts.json").write_text('{"target_url": "http://127.0.0.1:1", "redis_url": "off"}', encoding="utf-8")
    settings = load(tmp_path, XBOT_TARGET_URL="http://127.0.0.1:2")
    assert settings.target_url == "http://127.0.0.1:2"
    assert settings.redis_url is not None


def test_half_of_a_parts_file_is_damage_and_is_named(tmp_path: Path) -> None:
    """It is replaced in one step, so no reader sees half of one by chance."""
    home = tmp_path / ".xbot"
    home.mkdir()
    (home / "parts.json").write_text('{"target_url": "http', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"parts\.json is damaged"):
        load(tmp_path)


def test_the_example_file_is_what_the_settings_say() -> None:
    """`.env.example` documents every setting, always."""
    assert (CHECKOUT / ".env.example").read_text(encoding="utf-8") == env_example()


def test_every_setting_is_described() -> None:
    """A setting nobody can understand is not a setting."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    "values",
    [
        {"requeue_after_minutes": 17},
        {"claim_lease_minutes": 28},
        {"publish_deadline_seconds": 600, "claim_lease_minutes": 20},
    ],
)
def test_an_unconfirmed_post_is_not_queued_again_while_its_worker_may_live(
    tmp_path: Path, values: dict[str, float]
) -> None:
    """Whatever is set together: the lease and the longest click must be over by then."""
    environ = {f"XBOT_{name.upper()}": str(value) for name, value in values.items()}
    with pytest.raises(SettingsError, match="XBOT_REQUEUE_AFTER_MINUTES must be more than"):
        load(tmp_path, **environ)


def test_a_live_unconfirmed_post_waits_for_a_person_unless_the_owner_says_otherwise() -> None:
    """A doubled post on X cannot be taken back unseen."""
    assert Settings().requeues_unconfirmed
    assert not Settings(mode="live").requeues_unconfirmed
    assert Settings(mode="live", requeue_unconfirmed=True).requeues_unconfirmed


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_name_works_and_says_what_it_is_called_now(tmp_path: Path, old: str) -> None:
    """An owner's file of the last version goes on working, and its owner learns what to change."""
    told: list[str] = []
    environ = {"XBOT_HOME": str(tmp_path / ".xbot"), f"XBOT_{old.upper()}": "9"}
    if Settings.model_fields[RENAMED[old]].annotation is not int:
        environ[f"XBOT_{old.upper()}"] = "true"
    settings = load_settings(environ, tell=told.append)
    assert getattr(settings, RENAMED[old]) in {9, True}
    assert [f"XBOT_{RENAMED[old].upper()}" in sentence for sentence in told] == [True]


def test_an_old_name_beside_the_new_one_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of the two is meant, even where one stands in the file and one in the environment."""
    (tmp_path / ".env").write_text("XBOT_RECONCILE_LOOKS_MAX=4\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="XBOT_RECONCILE_LOOKS_MAX and XBOT_RECOVERY_LOOKS_MAX are the same"):
        load(tmp_path, XBOT_RECOVERY_LOOKS_MAX="5")
