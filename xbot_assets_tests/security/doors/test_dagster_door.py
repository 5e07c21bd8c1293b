"""The door before Dagster's UI without any login, as in the sandbox: no page of another origin gets past it."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from xbot_assets.door.dagster_ui import dagster_door
from xbot_assets.door.guard import COOKIE, Guard
from xbot_assets.door.peers import account_of
from xbot_assets.settings import Settings

ORIGIN = "http://127.0.0.1:3000"
EVIL = {"Origin": "https://evil.example"}
SOCKET = "ws://127.0.0.1:3000/graphql"
JSON = {"Content-Type": "application/json"}
IMAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FRAME = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PAGE = {"Accept": "text/html"}
TOKEN = "a-token-that-is-long-enough"  # noqa: S105 - of a test


def behind(settings: Settings) -> TestClient:
    """Return a client of an application that would answer anything, behind the door."""

    async def anything(request: Request) -> Response:
        return JSONResponse({"method": request.method})

    async def echo(opened: WebSocket) -> None:
        await opened.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await opened.send_text(await opened.receive_text())

    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
    inside = Starlette(routes=[WebSocketRoute("/graphql", echo), Route("/{path:path}", anything, methods=methods)])
    return TestClient(dagster_door(inside, lambda: settings), base_url=ORIGIN, follow_redirects=False)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The door of the sandbox, which asks for no login."""
    with behind(Settings(home=tmp_path)) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/graphql?query=mutation{x}", {}, 405),
        ("GET", "/graphql?query=mutation{x}", IMAGE, 403),
        ("GET", "/%67raphql?query=mutation{x}", {}, 405),
        ("GET", "/runs", IMAGE, 403),
        ("GET", "/runs", FRAME, 403),
        ("GET", "/runs", EVIL, 403),
        ("GET", "/runs", {"Origin": "null"}, 403),
        ("GET", "/runs", {"Host": "evil.example"}, 400),
        ("GET", "/runs", {"Host": "127.0.0.1.evil.example"}, 400),
        ("GET", "/runs", {"Host": "127.0.0.1:x"}, 400),
        ("GET", "/runs", {"Host": ""}, 400),
        ("POST", "/graphql", JSON | EVIL, 403),
        ("POST", "/graphql", JSON | {"Origin": "http://127.0.0.1:3001"}, 403),
        ("POST", "/graphql", JSON | {"Origin": "http://localhost:3000"}, 403),
        ("POST", "/graphql", JSON | LINK, 403),
        ("POST", "/graphql", {"Content-Type": "text/plain"}, 415),
        ("POST", "/graphql", {"Content-Type": "text/plain; application/json"}, 415),
        ("POST", "/graphql", {"Content-Type": "application/graphql"}, 415),
        ("POST", "/graphql", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("POST", "/report_asset_materialization/forged", {}, 415),
        ("PUT", "/graphql", JSON, 405),
        ("OPTIONS", "/graphql", {}, 405),
    ],
)
def test_what_a_foreign_page_can_send_is_refused(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """With the headers that a browser adds to it, and without those that an old one leaves out."""
    assert client.request(method, path, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/runs", LINK),
        ("GET", "/runs", {"Host": "localhost:3000"}),
        ("GET", "/graphql", PAGE),
        ("POST", "/graphql", JSON),
        ("POST", "/graphql", {"Content-Type": "Application/JSON; charset=utf-8", "Origin": ORIGIN}),
    ],
)
def test_the_ui_and_programs_get_past(client: TestClient, method: str, path: str, headers: dict[str, str]) -> None:
    """And a link elsewhere may lead here."""
    assert client.request(method, path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("Host", "127.0.0.1:3000", "evil.example"),
        ("Origin", ORIGIN, "https://evil.example"),
        ("Content-Type", "application/json", "text/plain"),
        ("Sec-Fetch-Site", "same-origin", "cross-site"),
        ("Authorization", "Bearer a", "Bearer b"),
    ],
)
def test_what_is_decided_by_may_be_said_once(client: TestClient, name: str, first: str, second: str) -> None:
    """Of two that differ, we would look at one, and a proxy or Dagster at the other."""
    given = {"Host": "127.0.0.1:3000", "Content-Type": "application/json"}
    headers = [pair for pair in given.items() if pair[0] != name]
    assert client.post("/graphql", headers=[*headers, (name, first)]).status_code == 200
    assert client.post("/graphql", headers=[*headers, (name, first), (name, second)]).status_code == 400


def test_every_answer_forbids_framing_and_says_nothing_to_other_origins(client: TestClient) -> None:
    """Refusals, too."""
    for headers in ({}, EVIL, {"Host": "evil.example"}):
        answer = client.get("/runs", headers=headers)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("headers", [{}, EVIL, {"Origin": "http://127.0.0.1:3001"}, {"Origin": "null"}])
def test_a_web_socket_opens_for_the_ui_s_own_pages_only(client: TestClient, headers: dict[str, str]) -> None:
    """A browser always says which page opens one."""
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=headers):
        pass
    with client.websocket_connect(SOCKET, headers={"Origin": ORIGIN}) as own:
        own.send_text("hello")
        assert own.receive_text() == "hello"


def test_one_session_opens_the_pages_and_the_ui_and_ends_for_both(tmp_path: Path) -> None:
    """Logging out at the pages closes the UI, and a WebSocket that is open there at its next message."""
    settings = shared_settings(tmp_path)
    pages = Guard(lambda: settings)
    session = pages.sessions.begin("anna")
    with behind(settings) as client:
        assert client.get("/runs").status_code == 401
        away = client.get("/runs", headers=PAGE)
        assert (away.status_code, away.headers["location"]) == (303, "http://127.0.0.1:4000/login?to=dagster")
        client.cookies.set(COOKIE, session.cookie)
        assert client.get("/runs").status_code == 200
        with client.websocket_connect(SOCKET, headers={"Origin": ORIGIN}) as own:
            own.send_text("hello")
            assert own.receive_text() == "hello"
            pages.sessions.end(session)
            own.send_text("still there?")
            with pytest.raises(WebSocketDisconnect):
                own.receive_text()
        assert client.get("/runs").status_code == 401
        assert client.get("/runs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def shared_settings(home: Path, **changes: Any) -> Settings:  # noqa: ANN401 - any field
    """Return the settings of two servers of one stack."""
    parts = {
        "service_token": SecretStr(TOKEN),
        "pages_key": SecretStr("k" * 43),
        "service_url": "http://127.0.0.1:4000",
    }
    return Settings(**{"home": home, **parts, **changes})


def test_another_token_or_a_new_start_ends_every_session(tmp_path: Path) -> None:
    """What they were signed with is gone."""
    session = Guard(lambda: shared_settings(tmp_path)).sessions.begin("anna")
    assert Guard(lambda: shared_settings(tmp_path)).sessions.read(session.cookie) == session
    for change in ({"service_token": SecretStr("b" * 24)}, {"pages_key": SecretStr("l" * 43)}):
        changed = shared_settings(tmp_path, **change)
        assert Guard(lambda: changed).sessions.read(session.cookie) is None  # noqa: B023 - asked at once


def test_a_link_is_worth_one_login_to_all_servers_together(tmp_path: Path) -> None:
    """And is no session, as a session is no link."""
    one, other = (Guard(lambda: shared_settings(tmp_path)).sessions for _ in range(2))
    code, session = one.link_code("anna"), one.begin("anna")
    assert one.read(code) is None
    assert one.name_of_link(session.cookie) is None
    assert [other.name_of_link(code), one.name_of_link(code), other.name_of_link(code)] == ["anna", None, None]


def test_a_session_holds_for_the_account_that_began_it(tmp_path: Path) -> None:
    """And one whose account is not known, for those whose is not."""
    sessions = Guard(lambda: shared_settings(tmp_path)).sessions
    for account in (None, 0, 1000):
        cookie = sessions.begin("anna", account).cookie
        assert [sessions.read(cookie, other) is not None for other in (None, 0, 1000)] == [
            account == other for other in (None, 0, 1000)
        ]


def test_the_account_at_the_other_end_is_the_one_that_connected() -> None:
    """Who has left the connection is nobody: the kernel then says account 0."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            accepted, ends = server.accept()[0], (client.getsockname(), server.getsockname())
            assert account_of(*ends) == (os.geteuid() if sys.platform == "linux" else None)
        assert account_of(*ends) is None
        accepted.close()
    assert account_of(("10.0.0.1", 1), ends[1]) is None
    assert account_of(None, None) is None
    assert account_of(("::1", 1), ("::1", 2)) is None
