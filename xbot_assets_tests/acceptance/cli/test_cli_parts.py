"""``xbot up --parts`` with the real parts, and the commands that need them."""

import json
import os
import signal
import stat
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from xbot_assets.process_identity import identity_of
from xbot_assets.runtime.machine.processes import wait_until
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.acceptance.command import Stack, remove_database, running, xbot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data directory on a path with spaces, whose database is removed at the end."""
    path = tmp_path_factory.mktemp("a clone") / ".xbot"
    yield path
    remove_database(path)


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    """Return the running parts."""
    with running(home, "--parts") as running_stack:
        yield running_stack


def parts(home: Path) -> dict[str, str]:
    """Return what the parts file says."""
    endpoints: dict[str, str] = json.loads((home / "parts.json").read_text())
    return endpoints


def product_time(home: Path) -> datetime:
    """Return the time the command line shows."""
    shown = xbot(home, "sandbox", "clock").stdout
    return datetime.fromisoformat(shown.split(" UTC")[0] + "+00:00")


def test_the_parts_are_ready_and_their_file_is_private(stack: Stack, home: Path) -> None:
    """Everything but Dagster answers; nobody else may read the passwords."""
    assert stat.S_IMODE((home / "parts.json").stat().st_mode) == 0o600
    done = xbot(home, "status", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["ready"]
    assert {part["name"]: part["state"] for part in document["components"]} == {
        "Database": "ok",
        "Schema": "ok",
        "Cache": "ok",
        "Browser host": "ok",
        "Target site": "ok",
        "Language model": "ok",
        "Dagster daemons": "off",
        "Disk": "ok",
    }
    assert "Status page" in stack.said()


def test_a_second_stack_is_refused(stack: Stack, home: Path) -> None:
    """Both ways of starting one say so in one sentence."""
    assert stack.process.poll() is None
    for words in (("up",), ("once", "--json")):
        done = xbot(home, *words)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "A stack is already running from" in done.stderr


@pytest.mark.usefixtures("stack")
def test_a_post_of_hostile_text_is_queued_and_shown_as_text(home: Path) -> None:
    """The page holds no element of the post's making."""
    assert "holds HTML" in xbot(home, "post", 'Hello <script>alert("x")</script> & <b>you</b>').stderr
    done = xbot(home, "post", 'Hello <img src=x onerror=alert("x") & you')
    assert done.returncode == 0
    assert done.stdout.strip().isdecimal()
    page = httpx.get(parts(home)["service_url"], trust_env=False, timeout=PATIENCE).text
    assert "Hello &lt;img src=x onerror=alert(&#34;x&#34;) &amp; you" in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page


@pytest.mark.usefixtures("stack")
def test_a_post_that_cannot_be_posted_is_refused_with_the_reason(home: Path) -> None:
    """Empty, too long, or already waiting."""
    assert "needs words" in xbot(home, "post", "  ").stderr
    assert "X counts 300 where 280 are allowed" in xbot(home, "post", "x" * 300).stderr
    assert xbot(home, "post", "Once only").returncode == 0
    assert "same text is already waiting" in xbot(home, "post", "Once only").stderr


@pytest.mark.usefixtures("stack")
def test_the_clocks_move_forward_together(home: Path) -> None:
    """The sandbox shows the same time as the command line."""
    before = product_time(home)
    done = xbot(home, "sandbox", "clock", "--advance", "26h", "--rate", "60")
    assert "60x" in done.stdout
    after = product_time(home)
    assert (after - before).total_seconds() > 26 * 3600
    shown = httpx.get(f"{parts(home)['target_url']}/_sandbox/health", trust_env=False).json()["now"]
    assert abs((datetime.fromisoformat(shown) - after).total_seconds()) < 600


@pytest.mark.usefixtures("stack")
def test_faults_are_set_listed_refused_and_cleared(home: Path) -> None:
    """Unknown names are refused with the known ones."""
    assert "slow_seconds" in xbot(home, "sandbox", "fault", "--list").stdout
    assert xbot(home, "sandbox", "fault", "slow_seconds=0.1").stdout == "slow_seconds=0.1\n"
    refused = xbot(home, "sandbox", "fault", "no_such_fault=1")
    assert refused.returncode == 1
    assert "no_such_fault" in refused.stderr
    assert xbot(home, "sandbox", "fault", "--clear").stdout == "No faults.\n"


@pytest.mark.usefixtures("stack")
def test_a_wrong_database_password_is_one_clear_sentence(home: Path) -> None:
    """And the password is not in it."""
    wrong = parts(home)["database_url"].replace("xbot:", "xbot:hunter2", 1)
    done = xbot(home, "migrate", database_url=wrong)
    assert done.returncode == 1
    assert "The database refused the user" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("change", "undo", "word"),
    [
        (
            "insert into xbot.schema_migrations (version, name, checksum) values (9999, '9999_later', 'x')",
            "delete from xbot.schema_migrations where version = 9999",
            "newer than this program",
        ),
        (
            "update xbot.schema_migrations set version = -version",
            "update xbot.schema_migrations set version = -version",
            "schema",
        ),
    ],
    ids=["newer", "unknown"],
)
def test_a_schema_that_does_not_fit_is_refused_by_what_does_not_migrate(
    home: Path, change: str, undo: str, word: str
) -> None:
    """One sentence; nothing is written."""
    with psycopg.connect(parts(home)["database_url"], autocommit=True) as connection:
        connection.execute(change.encode())
        try:
            done = xbot(home, "post", "Never stored")
        finally:
            connection.execute(undo.encode())
    assert done.returncode == 1
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dead_database_leaves_the_health_page_up_and_comes_back(stack: Stack, home: Path) -> None:
    """Live is 200 throughout; ready tells why it is not, then recovers by itself."""
    url = parts(home)["service_url"]
    postgres = next(entry for entry in read_record(home) if entry.name == "postgres")
    seen: set[int] = set()
    watch = threading.Event()

    def look() -> None:
        while not watch.is_set():
            seen.add(httpx.get(f"{url}/health/live", trust_env=False).status_code)

    watcher = threading.Thread(target=look)
    watcher.start()
    os.kill(postgres.pid, signal.SIGKILL)
    try:
        assert wait_until(lambda: "postgres stopped (signal 9)" in stack.said(), PATIENCE)
        assert wait_until(lambda: _ready(url), PATIENCE)
    finally:
        watch.set()
        watcher.join()
    assert seen == {200}


def _ready(url: str) -> bool:
    return httpx.get(f"{url}/health/ready", trust_env=False, timeout=PATIENCE).status_code == 200


@pytest.mark.soak
def test_time_goes_on_over_a_restart_and_a_stop_leaves_nothing(home: Path, stack: Stack) -> None:
    """The last test of the module: it stops the parts by Ctrl-C, starts them again and kills the supervisor."""
    before = product_time(home)
    everyone = [entry.pid for entry in read_record(home)]
    assert stack.stop() == 0
    assert alive(everyone) == []
    assert not (home / "parts.json").exists()
    with running(home, "--parts") as again:
        assert product_time(home) >= before
        everyone = [entry.pid for entry in read_record(home)]
        again.stop(signal.SIGKILL)
        assert wait_until(lambda: not alive(everyone), PATIENCE)
        assert wait_until(lambda: not (home / "parts.json").exists(), PATIENCE)


def alive(pids: list[int]) -> list[int]:
    """Return which of the processes still run."""
    return [pid for pid in pids if identity_of(pid) is not None]
