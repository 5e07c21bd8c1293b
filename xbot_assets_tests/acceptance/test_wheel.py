"""A wheel works by itself: it holds what the package needs, asks for the locked versions, and starts anywhere."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.settings import CHECKOUT
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.acceptance.composing import composed
from xbot_assets_tests.acceptance.wheel import Somebody, built_wheel, metadata, packed_files, somebody_with

PASS_SECONDS = 300.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources."""
    return built_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_versions_that_a_wheel_asks_for_are_those_of_the_lock() -> None:
    """Without the hashes, which its metadata cannot carry."""
    lines = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [line.removesuffix(" \\") for line in lines if line[:1].isalnum()]
    assert (CHECKOUT / "requirements.pins").read_text(encoding="utf-8").splitlines() == locked


@pytest.mark.slow
def test_a_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    """Also those that are no Python; the rigs of the tests stay out."""
    source = wheel.parent / "source"
    ours = {
        str(path.relative_to(source))
        for path in (source / "xbot_assets").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "testing" not in path.relative_to(source).parts[:2]
    }
    assert packed_files(wheel) == ours
    asked = [str(one).replace(" ", "") for one in metadata(wheel).get_all("Requires-Dist") or []]
    pins = (CHECKOUT / "requirements.pins").read_text(encoding="utf-8").split("\n")
    assert [one.replace('"', "'") for one in asked] == [pin.replace(" ", "") for pin in pins if pin]


@pytest.fixture(scope="module")
def somebody(wheel: Path) -> Iterator[Somebody]:
    """A normal user with the wheel installed. Needs PyPI."""
    with somebody_with(wheel) as installed:
        yield installed


@pytest.mark.soak
def test_an_installed_wheel_runs_a_pass_in_an_empty_directory_for_a_normal_user(somebody: Somebody) -> None:
    """Nothing of the checkout is there; the data are in the directory where it was started."""
    done = somebody.runs("xbot", "once", "--json", seconds=PASS_SECONDS)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["ok"]
    assert {post["status"] for post in document["posts"]} == {"published"}
    assert (somebody.empty / ".xbot").is_dir()
    assert str(CHECKOUT) not in done.stderr


@pytest.mark.soak
def test_an_installed_wheel_keeps_the_whole_stack_up_for_a_normal_user(somebody: Somebody) -> None:
    """With Dagster, whose configuration comes with the wheel; it stops in order."""
    log = somebody.empty / "up.log"
    process = somebody.starts("xbot", "up", settings={"XBOT_HOME": str(somebody.empty / "up" / ".xbot")}, log=log)
    try:
        until(lambda: "Ctrl-C stops everything" in log.read_text() or process.poll() is not None, "the stack is up")
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, log.read_text()


@pytest.mark.soak
def test_the_services_of_the_compose_file_run_for_a_normal_user_with_stores_and_browser_elsewhere(
    somebody: Somebody, empty_database_url: str, valkey: EmbeddedValkey
) -> None:
    """Each with the command and the environment that the file gives it; the program is not theirs to write."""
    services = composed(database_url=empty_database_url, redis_url=valkey.url())
    browser = services["browser"]
    command = [str(somebody.python), *browser.words[browser.words.index("-P") :]]
    home = {"XBOT_HOME": str(somebody.empty / "data" / ".xbot")}
    process = somebody.starts(*command, settings=browser.environment | home, log=somebody.empty / "browser.log")
    try:
        done = somebody.runs(
            "xbot", "once", "--json", settings=services["xbot"].environment | home, seconds=PASS_SECONDS
        )
    finally:
        process.terminate()
        process.wait(PATIENCE)
    assert done.returncode == 0, done.stderr + (somebody.empty / "browser.log").read_text()
    document = json.loads(done.stdout)
    assert {post["status"] for post in document["posts"]} == {"published"}
    assert not {"database", "cache", "browser"} & set(document["start_seconds"])
