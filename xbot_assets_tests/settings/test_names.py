"""Names that are no settings are refused, each with the setting that was meant."""

from pathlib import Path

import pytest

from xbot_assets.settings import Settings, SettingsError, load_settings
from xbot_assets.settings.names import nearest
from xbot_assets.settings.renamed import RENAMED

KNOWN = {name.upper() for name in Settings.model_fields}


def problems(tmp_path: Path, **environ: str) -> list[str]:
    """Return what is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), **environ})
    return caught.value.problems


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HANDL", "HANDLE"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("API_KEY", "OPENAI_API_KEY"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("OPENAI_URL", "OPENAI_BASE_URL"),
        ("BUDGET", "DAILY_BUDGET_USD"),
        ("DAILY_BUDGET", "DAILY_BUDGET_USD"),
        ("DATABASE", "DATABASE_URL"),
        ("WEBPORT", "WEB_PORT"),
        ("MODEL_SUCESSION", "MODEL_SUCCESSION"),
        ("POSTS_PER_DAY", "POSTS_PER_DAY_MAX"),
        ("TIME_ZONE", "TIMEZONE"),
        ("PLAN-MODEL", "PLAN_MODEL"),
        ("plan_model", "PLAN_MODEL"),
        ("MODEL_PLAN", "PLAN_MODEL"),
        ("MODEL", "PLAN_MODEL"),
        ("LLM_MODEL", "PLAN_MODEL"),
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        ("DB_URL", "DATABASE_URL"),
        ("POSTGRES_URL", "DATABASE_URL"),
        ("CHROME_PATH", "BROWSER_PATH"),
        ("USERNAME", "HANDLE"),
        ("TZ", "TIMEZONE"),
        ("_LLM", "LLM"),
        ("LLM_API_KEY", "OPENAI_API_KEY"),
        ("LLM_KEY", "OPENAI_API_KEY"),
        ("LLM_BASE_URL", "OPENAI_BASE_URL"),
        ("OPENAI_ENDPOINT", "OPENAI_BASE_URL"),
        ("MODEL_NAME", "PLAN_MODEL"),
        ("PRICE_FILE", "PRICES_PATH"),
        ("BACKUP_FOLDER", "BACKUP_PATH"),
        ("DATA_DIR", "HOME"),
        ("DRY_RUN", "MODE"),
        ("LANGUAGE", "PERSONA_PATH"),
        ("MAX_POSTS", "POSTS_PER_DAY_MAX"),
        ("WEBHOOK_URL", "ALERT_URLS"),
        ("CACHE_URL", "REDIS_URL"),
    ],
)
def test_the_nearest_right_name_is_told(written: str, meant: str, tmp_path: Path) -> None:
    """A slip of the hand, a forgotten word, words in another order."""
    told = f"XBOT_{written} is not a setting; the nearest is XBOT_{meant}."
    assert problems(tmp_path, **{f"XBOT_{written}": "1"}) == [told]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_name_with_a_letter_missing_leads_back_to_itself(name: str) -> None:
    """The most common slip."""
    middle = len(name) // 2
    slip = name[:middle] + name[middle + 1 :]
    assert slip in KNOWN or nearest(slip, KNOWN) == name


@pytest.mark.parametrize(
    "name", ["FOO", "NONSENSE", "TYPO", "QQQQ", "TEMPERATURE", "MAX_TOKENS", "LOG_LEVEL", "SECRET"]
)
def test_a_name_like_none_is_given_no_advice(name: str, tmp_path: Path) -> None:
    """A wrong suggestion is worse than none."""
    assert problems(tmp_path, **{f"XBOT_{name}": "1"}) == [
        f"XBOT_{name} is not a setting; see .env.example for the names."
    ]


def test_a_name_in_small_letters_is_refused_from_either_place(tmp_path: Path) -> None:
    """It would do nothing, in silence; an empty value makes no difference, and none is shown."""
    (tmp_path / ".env").write_text("xbot_handle=from_file\nexport XBOT_DAILY_BUDGE=5hidden\nOTHER=1\n", "utf-8")
    assert problems(tmp_path, Xbot_Mode="") == [
        "XBOT_DAILY_BUDGE is not a setting; the nearest is XBOT_DAILY_BUDGET_USD.",
        "Xbot_Mode is not a setting; the nearest is XBOT_MODE.",
        "xbot_handle is not a setting; the nearest is XBOT_HANDLE.",
    ]


def test_settings_old_names_and_the_tests_own_are_taken(tmp_path: Path) -> None:
    """And names of other programs are nobody's business."""
    old = {f"XBOT_{next(iter(RENAMED)).upper()}": "4"}
    environ = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_TEST_PICTURES": "x", "XBOTHER": "1", "PATH": "/bin", **old}
    assert load_settings(environ).handle == "xbot_demo"
