"""Bad input with real parts beside it: one clear sentence, a non-zero exit, no traceback and no secret.

What needs no parts is in ``test_cli_arguments.py`` and ``test_scripts.py``.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from xbot_assets.cli.entry import EXIT_FAILED
from xbot_assets.process_identity import identity_of
from xbot_assets.runtime.machine.processes import wait_until
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.acceptance.command import Stack, remove_database, running, xbot

pytestmark = pytest.mark.slow

PASSWORD = "hunter2secret"  # noqa: S105 - of nobody
SMALL_DISK = "20m"
"""Too little for a database."""
ROOMY_DISK = "200m"
"""Enough for a database, soon filled."""
FILL_BYTES = 1024 * 1024


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the endpoints of parts that run for the whole file."""
    home = tmp_path_factory.mktemp("good parts") / ".xbot"
    try:
        with running(home, "--parts"):
            yield json.loads((home / "parts.json").read_text())
    finally:
        remove_database(home)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Return a data directory of the test's own."""
    path = tmp_path / "my clone" / ".xbot"
    yield path
    remove_database(path)


@pytest.fixture
def borrowed(parts: dict[str, str]) -> Iterator[dict[str, str]]:
    """Return settings that borrow every part, so that a pass starts little; faults are cleared afterwards."""
    names = ("database_url", "redis_url", "browser_url", "browser_token", "target_url", "sandbox_token")
    yield {name: parts[name] for name in (*names, "openai_base_url")}
    set_faults(parts)


def set_faults(parts: dict[str, str], **faults: object) -> None:
    """Make these the sandbox's faults."""
    url, key = f"{parts['target_url']}/_sandbox/faults", {"Authorization": f"Bearer {parts['sandbox_token']}"}
    httpx.put(url, json=faults, headers=key, trust_env=False).raise_for_status()


def refused(home: Path, *words: str, **settings: str) -> str:
    """Run a command that has to fail in words, and return them."""
    done = xbot(home, *words, **settings)
    assert done.returncode == EXIT_FAILED, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "unexpectedly" not in done.stderr
    assert not (home / "parts.json").exists()
    return done.stderr


@pytest.mark.soak
def test_a_wrong_database_password_is_shown_nowhere(home: Path, parts: dict[str, str]) -> None:
    """Neither on the terminal nor in a file below the data directory."""
    wrong = parts["database_url"].replace("xbot:", f"xbot:{PASSWORD}", 1)
    for words in (("up",), ("post", "Hello")):
        said = refused(home, *words, database_url=wrong)
        assert "The database refused the user, the password or this machine." in said
        assert PASSWORD not in said
    told = xbot(home, "doctor", database_url=wrong).stdout
    assert "fail  Database" in told
    assert "Correct the user and password in XBOT_DATABASE_URL." in told
    written = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in written if PASSWORD.encode() in path.read_bytes()] == []
    assert PASSWORD not in told


def test_a_database_that_does_not_answer_stops_a_start(home: Path) -> None:
    """Nothing is left running, and the address's password is not told."""
    said = refused(home, "up", database_url=f"postgresql://me:{PASSWORD}@127.0.0.1:1/db")
    assert "The database does not answer" in said
    assert "correct XBOT_DATABASE_URL" in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        pytest.param(
            {"llm_garbage": True},
            "content_plan failed: The language model gave no usable answer in 3 attempt(s).",
            marks=pytest.mark.soak,
        ),
        ({"down": True}, "published_posts failed: X answered with HTTP 503."),
    ],
    ids=["garbage", "the site is down"],
)
def test_a_pass_that_fails_says_which_step_and_why(
    home: Path, parts: dict[str, str], borrowed: dict[str, str], faults: dict[str, object], sentence: str
) -> None:
    """The reason is the step's own, and the log is named."""
    set_faults(parts, **faults)
    said = refused(home, "once", "--json", **borrowed)
    assert sentence in said
    assert str(home / "logs" / "once.log") in said


@pytest.mark.soak
def test_a_sandbox_that_does_not_answer_is_said_in_one_sentence(home: Path, borrowed: dict[str, str]) -> None:
    """As after a crash of one that runs elsewhere."""
    gone = borrowed | {"target_url": "http://127.0.0.1:1"}
    assert "The sandbox did not take the new clock." in refused(home, "once", **gone)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("change", "undo", "sentence"),
    [
        (
            "insert into xbot.schema_migrations (version, name, checksum) values (9999, '9999_later', 'x')",
            "delete from xbot.schema_migrations where version = 9999",
            "The database schema is newer than this program: it has migration 9999_later.",
        ),
        (
            "create table xbot.aside as table xbot.schema_migrations; truncate xbot.schema_migrations",
            "insert into xbot.schema_migrations select * from xbot.aside; drop table xbot.aside",
            "The database schema is older than this program",
        ),
    ],
    ids=["newer", "older"],
)
def test_a_schema_that_does_not_fit_is_told_by_every_command(
    home: Path, parts: dict[str, str], change: str, undo: str, sentence: str
) -> None:
    """Starting brings an older schema up to date; a newer one stops the start too."""
    url = parts["database_url"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(change.encode())
        try:
            said = [refused(home, "post", "Never stored", database_url=url)]
            if "newer" in sentence:
                said += [refused(home, verb, database_url=url) for verb in ("up", "once", "migrate")]
        finally:
            connection.execute(undo.encode())
    assert [text for text in said if sentence not in text] == []


def test_addresses_that_are_none_are_listed_at_once_before_anything_starts(home: Path) -> None:
    """By the start and by the doctor; the addresses themselves are not repeated."""
    bad = {"target_url": "notaurl", "browser_url": "http://x:99999", "redis_url": "foo", "database_url": "garbage"}
    for said in (refused(home, "up", **bad), xbot(home, "doctor", **bad).stdout):
        assert "4 problem(s) in the settings" in said
        assert [name for name in bad if f"XBOT_{name.upper()}: write it as" not in said] == []
        assert "garbage" not in said
    assert not home.exists()


def test_files_that_are_missing_stop_the_start(home: Path) -> None:
    """The persona and the session are looked at before anything starts."""
    said = refused(home, "once", persona_path="/nowhere/persona.toml")
    assert "/nowhere/persona.toml" in said
    assert "cannot be read: No such file or directory" in said
    shadow = {"mode": "shadow", "handle": "me", "session_path": "/nowhere/session.sealed"}
    assert "The session file /nowhere/session.sealed cannot be read: No such file" in refused(home, "up", **shadow)


def test_one_port_for_two_parts_is_refused(home: Path) -> None:
    """Before either of them is started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
    said = refused(home, "up", sandbox_port=port, service_port=port)
    assert f"Port {port}, asked for by XBOT_SANDBOX_PORT, is already used by another part of this stack." in said


def test_a_data_directory_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    """A file is in its place."""
    home = tmp_path / "a file"
    home.write_text("")
    done = xbot(home, "up")
    assert done.returncode == EXIT_FAILED
    assert f"{home} cannot be written" in done.stderr


@contextmanager
def disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a small disk; only root can."""
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]).returncode:  # noqa: PLW1510
        pytest.skip("only root can mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(place: Path) -> None:
    """Write until nothing fits any more."""
    with (place / "filler").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(bytes(FILL_BYTES)):
            pass
    assert shutil.disk_usage(place).free == 0


def test_a_disk_without_room_is_named_as_the_cause(tmp_path: Path) -> None:
    """With the floor at its default, and without a floor when nothing at all fits."""
    with disk(tmp_path / "disk", SMALL_DISK) as place:
        home = place / ".xbot"
        assert "at least 200 MB are needed" in refused(home, "up")
        fill(place)
        assert "No space left on device" in refused(home, "once", disk_free_min_mb="0")


@pytest.mark.soak
def test_a_disk_that_fills_while_the_stack_runs_does_not_keep_it_from_stopping(tmp_path: Path) -> None:
    """The status names the disk; Ctrl-C ends every process, without a traceback."""
    with disk(tmp_path / "disk", ROOMY_DISK) as place:
        stack = Stack(place / ".xbot", "--parts", disk_free_min_mb="0")
        try:
            stack.wait_until_up()
            everyone = [entry.pid for entry in read_record(stack.home)]
            fill(place)
            status = xbot(stack.home, "status")
            assert status.returncode == EXIT_FAILED
            assert f"The disk that holds {stack.home} is full" in status.stdout
        finally:
            code = stack.stop()
            remove_database(stack.home)
        assert code == 0, stack.said()
        assert "Traceback" not in stack.said()
        assert wait_until(lambda: not [pid for pid in everyone if identity_of(pid)], PATIENCE)


def test_a_settings_file_that_may_not_be_read_is_named(home: Path) -> None:
    """Root may read everything."""
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    home.parent.mkdir()
    (home.parent / ".env").touch(mode=0o000)
    done = xbot(home, "status")
    assert done.returncode == EXIT_FAILED
    assert f"{home.parent / '.env'}: Permission denied." in done.stderr
