"""The status service: live without anything, ready with reasons."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.service.app import SECURITY_HEADERS, build_app
from xbot_assets.service.health.components import Component, Components, NotUsed, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.daemons import heartbeats, silent
from xbot_assets.testing.patience import PATIENCE, growing
from xbot_assets_tests.service.pages.review_page import without_own
from xbot_assets_tests.service.service_rig import NOW, unreachable, verdict


@pytest.fixture
def connections(tmp_path: Path) -> Connections:
    """Return connections to a database that is not there."""
    return unreachable(tmp_path)


@pytest.fixture
def client(connections: Connections) -> Iterator[TestClient]:
    """Return a client of the whole application."""
    with TestClient(build_app(connections), base_url="http://127.0.0.1") as client:
        yield client


def component(name: str, error: Exception | None = None, *, required: bool = True) -> Component:
    """Return a component that answers, or fails with ``error``."""

    def ping() -> str:
        if error is not None:
            raise error
        return "Answers."

    return Component(name, ping, required=required)


def test_live_is_200_and_ready_tells_why_not_while_the_database_is_down(client: TestClient) -> None:
    """The password is in no answer."""
    assert client.get("/health/live").json() == {"live": True}
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    verdicts = {part["name"]: part for part in ready.json()["components"]}
    assert "The database does not answer" in verdicts["Database"]["detail"]
    assert verdicts["Database"]["remedy"]
    page = client.get("/")
    assert page.status_code == 200
    assert "The product's data cannot be read" in page.text
    assert "hunter2" not in ready.text + page.text + client.get("/api/status.json").text


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    """Pages, data, style sheet and errors alike."""
    for path in ("/", "/api/status.json", "/static/css/base.css", "/health/live", "/nothing"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_request_for_another_host_name_is_refused(client: TestClient) -> None:
    """A web page elsewhere cannot reach in by pointing its own name at this machine."""
    assert client.get("/api/status.json", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_uses_no_inline_script_and_no_inline_style(client: TestClient) -> None:
    """The content security policy would block them."""
    page = client.get("/").text
    assert "<script" not in without_own(page)
    assert "style=" not in page
    assert "<style" not in page
    assert not re.findall(r" on[a-z]+=", page)


def test_ready_is_200_when_only_what_is_optional_or_off_is_missing(connections: Connections) -> None:
    """A registered component is on the page without the page knowing its name."""
    failure = TransientFailure("It is gone.", code=FailureCode.GONE, remedy="Bring it back.")
    parts = [component("One"), component("Two", failure, required=False), component("Three", NotUsed("Off."))]
    with TestClient(build_app(connections, parts), base_url="http://localhost") as client:
        ready = client.get("/health/ready")
        assert ready.status_code == 200
        assert [part["state"] for part in ready.json()["components"]] == ["ok", "failed", "off"]
        assert "Bring it back." in client.get("/").text


def test_an_unexpected_exception_of_one_ping_is_a_failed_component(connections: Connections) -> None:
    """The page survives, and says nothing of the exception's text, which could hold a secret."""
    with TestClient(
        build_app(connections, [component("Odd", ValueError("hunter2"))]), base_url="http://localhost"
    ) as c:
        ready = c.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["components"][0]["detail"] == "Unexpected ValueError."


@pytest.mark.anyio
async def test_a_component_that_hangs_is_asked_once_and_fails_in_time() -> None:
    """Readers of the page do not pile up threads."""
    asked: list[int] = []
    answer = threading.Event()

    def hang() -> str:
        asked.append(1)
        answer.wait(PATIENCE)
        return "At last."

    try:
        for seconds in growing(0.05):  # so short that a busy machine may miss it for the quick one, too
            asked.clear()
            components = Components([Component("Slow", hang), component("Quick")], ping_seconds=seconds)
            seen = [await components.check() for _ in range(3)]
            assert {(slow.state, slow.detail) for slow, _ in seen} == {("failed", f"No answer within {seconds:g} s.")}
            assert asked == [1]
            if all(quick.state == "ok" for _, quick in seen):
                break
            components.close()
    finally:
        answer.set()
        components.close()


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"


def test_not_ready_means_that_something_required_has_failed() -> None:
    """Optional failures and what is off do not count."""
    assert is_ready([verdict(), verdict(state="failed", required=False), verdict(state="off")])
    assert not is_ready([verdict(state="failed")])


def test_a_daemon_is_silent_when_its_last_beat_is_old_or_never_came() -> None:
    """The names are told as words."""
    beats = {"SENSOR": NOW, "QUEUED_RUN_COORDINATOR": None, "SCHEDULER": NOW.replace(hour=11)}
    assert silent(beats, NOW) == ["queued run coordinator", "scheduler"]


def test_heartbeats_of_a_web_server_that_is_not_there_are_a_transient_failure() -> None:
    """Port 1 answers nobody."""
    with pytest.raises(TransientFailure) as caught:
        heartbeats("http://127.0.0.1:1", None, 1)
    assert caught.value.code == "unreachable"
