"""``xbot init`` and ``xbot persona check`` as a new owner runs them."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.cli.init import check, init
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import load_settings
from xbot_assets_tests.acceptance.command import xbot

ANSWERS = """
topics = [{name = "tea", keywords = ["pots", "leaves"]}, {name = "casinos"}, {name = "maps"}]
audience = "People who sit down for a moment"
tones = ["dry", "warm"]
handle = "tea_and_maps"
timezone = "Europe/Berlin"
daily_budget_usd = 2
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory that does not exist yet, below a path that .env has to quote."""
    return tmp_path / "my 'new' #clone" / ".xbot"


def answers(folder: Path, text: str = ANSWERS) -> str:
    """Write a file of answers."""
    path = folder / "answers.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_an_owner_gets_a_persona_settings_samples_with_verdicts_and_a_price(home: Path, tmp_path: Path) -> None:
    """And the program reads back what it wrote; what is there already is left alone."""
    done = xbot(home, "init", "--from", answers(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("passes  ") + done.stdout.count("refused  ") >= 3
    assert "tea, question" in done.stdout
    assert "the wall is $60.00" in done.stdout
    assert "'casinos' will be refused" in done.stdout
    settings = load_settings({"XBOT_HOME": str(home)})
    assert (settings.handle, settings.timezone, settings.daily_budget_usd) == ("tea_and_maps", "Europe/Berlin", 2)
    assert settings.persona_path == home.parent / "persona.toml"
    assert stat.S_IMODE((home.parent / ".env").stat().st_mode) == 0o600
    written = (home.parent / "persona.toml").read_bytes()
    again = xbot(home, "init", "--from", answers(tmp_path), "--no-samples")
    assert (again.returncode, "already; nothing was written" in again.stderr) == (1, True)
    assert (home.parent / "persona.toml").read_bytes() == written
    checked = xbot(home, "persona", "check", str(home.parent / "persona.toml"))
    assert "3 topics in 5 formats are 15 arms" in checked.stdout


def test_answers_can_be_typed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics with commas between them; what has a default is taken with an empty line."""
    monkeypatch.setenv("XBOT_HOME", str(home))
    done = CliRunner().invoke(app, ["init", "--no-samples"], input="tea, maps , bread\nPeople who wait\n\n\n\n\n")
    assert done.exit_code == 0, done.output
    assert load_settings({"XBOT_HOME": str(home)}).daily_budget_usd == 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ANSWERS.replace("Europe/Berlin", "Europe/Atlantis"), "TIMEZONE"),
        (ANSWERS.replace('handle = "tea_and_maps"', 'handle = "not a handle"'), "HANDLE"),
        (ANSWERS.replace('tones = ["dry", "warm"]', "tones = []"), "tones"),
        (ANSWERS.replace('"maps"', '"TEA"'), "is there twice"),
        (ANSWERS + 'mood = "good"', "mood"),
        (ANSWERS + 'language = "qq"', "language"),
        ("topics = ", "not TOML"),
    ],
)
def test_answers_that_cannot_be_used_write_nothing(
    home: Path, tmp_path: Path, text: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named."""
    monkeypatch.setenv("XBOT_HOME", str(home))
    with pytest.raises(PermanentFailure, match=why):
        init(Path(answers(tmp_path, text)), samples=False)
    assert not (home.parent / "persona.toml").exists()
    assert not (home.parent / ".env").exists()


def test_a_persona_that_cannot_be_used_is_refused_with_every_problem(tmp_path: Path) -> None:
    """A file that is not there, too."""
    path = tmp_path / "p.toml"
    path.write_text('name = ""\naudience = "a"\ntones = []\ntopics = []\nformats = []\n', "utf-8")
    with pytest.raises(PermanentFailure, match=r"4 problem\(s\)"):
        check(path)
    with pytest.raises(PermanentFailure, match="cannot be read"):
        check(tmp_path / "none")
