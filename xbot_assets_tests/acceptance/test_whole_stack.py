"""Everything started by one command and left alone: it posts and measures by itself, and can be looked at.

Set ``TEST_PICTURES`` to a directory to keep the pictures; those in the README were made that way.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.processes import asked, living
from xbot_assets_tests.acceptance.command import Stack, remove_database, running
from xbot_assets_tests.acceptance.pictures import lineage, timeline

pytestmark = pytest.mark.slow

TURN_SECONDS = 360.0
"""For a first post to be planned, published, measured and learned from at 600 times real speed."""
ASSETS = ("content_plan", "published_posts", "post_metrics", "account_metrics", "bandit_model", "champion_models")
MEMORY_MAX_MB = 2500
FAILED_RUNS = "{ runsOrError(filter: {statuses: [FAILURE, CANCELED]}) { ... on Runs { results { id jobName } } } }"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data directory whose database is removed at the end."""
    path = tmp_path_factory.mktemp("whole stack") / ".xbot"
    yield path
    remove_database(path)


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    """Return the running stack, with ten hours passing each minute."""
    with running(home, sandbox_clock_rate="600") as running_stack:
        wait_for_a_turn(status_of(home), TURN_SECONDS)
        yield running_stack


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where pictures go."""
    kept = os.environ.get("TEST_PICTURES")
    return Path(kept) if kept else tmp_path_factory.mktemp("pictures")


def parts(home: Path) -> dict[str, str]:
    """Return the endpoints of the running parts."""
    endpoints: dict[str, str] = json.loads((home / "parts.json").read_text())
    return endpoints


def status_of(home: Path) -> str:
    """Return the address of the status document."""
    return f"{parts(home)['service_url']}/api/status.json"


def wait_for_a_turn(url: str, seconds: float) -> dict[str, Any]:
    """Wait until a post was published, measured and learned from; return the status then."""
    deadline = time.monotonic() + seconds
    while True:
        status: dict[str, Any] = httpx.get(url, timeout=PATIENCE, trust_env=False).json()
        product = status["product"]
        if product["models"] and any(post["views"] for post in product["posts"]):
            return status
        assert time.monotonic() < deadline, json.dumps(status, indent=1)
        time.sleep(1)


def test_left_alone_it_posts_measures_and_learns(stack: Stack, home: Path) -> None:
    """Nobody pressed anything."""
    status = httpx.get(status_of(home), timeout=PATIENCE, trust_env=False).json()
    assert stack.process.poll() is None
    assert status["ready"]
    assert status["product"]["alerts"] == []
    assert [post for post in status["product"]["posts"] if post["status"] == "published"]


def test_no_run_has_failed(stack: Stack, home: Path) -> None:
    """Every asset is green."""
    assert stack.process.poll() is None
    asked = {"query": FAILED_RUNS}
    answer = httpx.post(f"{parts(home)['web_url']}/graphql", json=asked, timeout=PATIENCE, trust_env=False).json()
    assert answer["data"]["runsOrError"]["results"] == []


def test_the_loop_is_drawn_in_the_dagster_ui(stack: Stack, home: Path, pictures: Path) -> None:
    """The lineage from champions to champions can be seen and read."""
    assert stack.process.poll() is None
    assert lineage(parts(home)["web_url"], pictures / "lineage.png", ASSETS) == list(ASSETS)


def test_the_posts_are_on_the_sandbox_s_timeline(stack: Stack, home: Path, pictures: Path) -> None:
    """What the database calls published, a reader can read."""
    assert stack.process.poll() is None
    known = parts(home)
    session = httpx.post(
        f"{known['target_url']}/_sandbox/session",
        json={"handle": "xbot_demo"},
        headers={"Authorization": f"Bearer {known['sandbox_token']}"},
        timeout=PATIENCE,
        trust_env=False,
    ).json()
    posts = httpx.get(status_of(home), timeout=PATIENCE, trust_env=False).json()["product"]["posts"]
    # X shows what the account answers in another list.
    newest = next(post for post in posts if post["status"] == "published" and not post["reply_to_handle"])
    shown = timeline(known["target_url"], "xbot_demo", session, pictures / "timeline.png")
    assert " ".join(newest["text"].split()[:4]) in " ".join(shown.split())


def test_the_whole_stack_fits_into_a_small_machine(stack: Stack) -> None:
    """Proportional memory: pages that processes share count once."""
    root = psutil.Process(stack.process.pid)
    held = asked([root, *root.children(recursive=True)], lambda process: process.memory_full_info().pss)
    assert 0 < sum(held.values()) / 1e6 < MEMORY_MAX_MB


def test_run_workers_come_from_a_warm_process(stack: Stack) -> None:
    """An upgrade of Dagster that moves the place we reach for would quietly cost seconds for each run."""
    below = living(psutil.Process(stack.process.pid).children(recursive=True))
    commands = asked(below, lambda process: " ".join(process.cmdline()))
    servers = [process for process, command in commands.items() if "instance.code_server" in command]
    above = asked(servers, lambda process: process.ppid())
    assert set(above.values()) & {server.pid for server in servers}, "no fork server shares the code server's memory"
    assert not any("multiprocessing.spawn" in command for command in commands.values())


def test_ctrl_c_stops_everything_and_keeps_the_data(stack: Stack, home: Path) -> None:
    """No process is left, and the data are there for the next start. The last test of this file: it stops the stack."""
    below = psutil.Process(stack.process.pid).children(recursive=True)
    assert stack.stop() == 0
    assert living(below) == []
    assert not (home / "parts.json").exists()
    assert (home / "secrets.json").exists()
