"""What commands write for their owner is for the owner only, whatever the umask, and so is what they need meanwhile."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.runtime.machine.files import write_for_owner
from xbot_assets.store.backup.programs import ClientPrograms

NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
ANSWERS = 'topics = [{name = "tea"}, {name = "maps"}]\naudience = "People who sit down"\ntones = ["dry"]\n'


@pytest.fixture(params=[0o000, 0o022], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Every file that is made may be read and changed by all, or read by all."""
    wanted: int = request.param
    before = os.umask(wanted)
    yield wanted
    os.umask(before)


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> dict[Path, int]:
    """The directories in which PostgreSQL's programs are given files, with their modes while the program runs."""
    seen: dict[Path, int] = {}
    run = ClientPrograms.run

    def noted(self: ClientPrograms, name: str, arguments: list[str], *rest: object) -> None:
        files = [Path(word.partition("=")[2] or word) for word in arguments if os.sep in word]
        seen.update({file.parent: mode(file.parent) for file in files if file.parent.name.startswith(".")})
        run(self, name, arguments, *rest)  # type: ignore[arg-type]  # as they were given

    monkeypatch.setattr(ClientPrograms, "run", noted)
    return seen


def mode(path: Path) -> int:
    """Return the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def told(home: Path, *words: str, **settings: str) -> None:
    """Run a command in this process, as the umask is this process's."""
    given = {"XBOT_HOME": str(home), "XBOT_REDIS_URL": "off", "XBOT_BROWSER_URL": "http://127.0.0.1:9"}
    given |= {"XBOT_BROWSER_TOKEN": "a-token"} | {f"XBOT_{name.upper()}": value for name, value in settings.items()}
    done = CliRunner().invoke(app, list(words), env=given)
    assert done.exit_code == 0, (done.output, done.exception)


@pytest.mark.usefixtures("umask")
def test_reports_backups_and_what_a_restore_unpacks_are_the_owner_s_only(
    tmp_path: Path, scratch: dict[Path, int], database_url: str, empty_database_url: str
) -> None:
    """Over a file that was open to all, too."""
    home, report, backup = tmp_path / ".xbot", tmp_path / "learned.html", tmp_path / "new" / "all.backup"
    report.write_text("an older one, and longer than what comes" * 9_999)
    report.chmod(0o666)
    told(home, "learn", "report", database_url=database_url)
    told(home, "learn", "report", "--out", str(report), database_url=database_url)
    told(home, "backup", "--to", str(backup), database_url=database_url)
    told(home, "backup", database_url=database_url)
    told(home, "restore", str(backup), database_url=empty_database_url)
    assert report.read_text().rstrip().endswith("</html>")
    files = [report, home / "learned.html", backup, *(home / "backups").iterdir()]
    assert {str(file): oct(mode(file)) for file in files if mode(file) != 0o600} == {}
    assert scratch
    assert {str(place): oct(bits) for place, bits in scratch.items() if bits != 0o700} == {}
    assert not [place for place in scratch if place.exists()], "nothing stays"
    open_to_others = [path for path in home.rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


@pytest.mark.usefixtures("umask")
def test_what_an_owner_is_first_asked_is_written_for_the_owner_only(tmp_path: Path) -> None:
    """The persona, and the settings, which will hold a key."""
    place = tmp_path / "clone"
    answers = tmp_path / "answers.toml"
    answers.write_text(ANSWERS)
    answers.chmod(0o600)
    told(place / ".xbot", "init", "--from", str(answers), "--no-samples")
    assert {file.name: oct(mode(file)) for file in place.iterdir()} == {".env": "0o600", "persona.toml": "0o600"}


@AS_ROOT
def test_a_report_is_not_written_into_another_user_s_file(tmp_path: Path) -> None:
    """Who makes the file first, where all may, would read it; a device is written to as it is."""
    theirs = tmp_path / "learned.html"
    theirs.write_text("theirs")
    os.chown(theirs, NOBODY, NOBODY)
    with pytest.raises(PermissionError, match="another user's file"):
        write_for_owner(theirs, "ours")
    assert theirs.read_text() == "theirs"
    device = Path(os.devnull)
    before = device.stat().st_mode
    write_for_owner(device, "ours")
    assert device.stat().st_mode == before
