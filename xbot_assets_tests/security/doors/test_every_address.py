"""Every address of the pages and of Dagster's UI, as their applications list them: what each lets whom do.

An address that is added to an application is tried here without anybody having to think of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from xbot_assets.domain.clock import system_now
from xbot_assets.door.dagster_ui import dagster_door
from xbot_assets.door.guard import COOKIE, TOKEN_FIELD, Guard
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages import live
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.alert_delivery import deliver
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.learned_scene import play_learned
from xbot_assets.testing.page_scene import play
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.security.doors.addresses import SOCKET, Address, addresses, dagster_ui, of_service
from xbot_assets_tests.security.secrets.database_dump import dump_of

ORIGIN = "http://127.0.0.1:4000"
TOKEN = "a-token-that-is-long-enough"  # noqa: S105 - of a test
KEY = "k" * 43
OPEN = {
    "GET /health/live", "HEAD /health/live", "GET /static/css/base.css", "GET /login", "HEAD /login", "POST /login",
    "GET /opened", "HEAD /opened",
}  # fmt: skip
"""What anybody may ask of the pages: whether they live, their looks, and the ways in."""
ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:4001"},
    {"Origin": "http://localhost:4000"},
    {"Origin": "https://127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
)
HOSTS = ("evil.example", "127.0.0.1.evil.example", "evil.example:4000", "")
FORM, FILES, JSON = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "application/json",
)
READS = frozenset({"GET", "HEAD"})
LOOKED = {
    HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST,
    HTTPStatus.SERVICE_UNAVAILABLE,
}  # fmt: skip
"""What looking is answered with: no picture was drawn here, a link's word was missing, no stretch of time was named."""
ROW = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Pages behind a token, where everything needs approval."""
    return settings_for(
        approval="all", handle="kitchen", service_token=SecretStr(TOKEN), pages_key=SecretStr(KEY), service_url=ORIGIN
    )


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Somebody at the pages; the stream of changes ends at once, which it says by itself to one page too many."""
    monkeypatch.setattr(live, "PAGES_MAX", 0)
    with TestClient(build_app(Connections(lambda: settings), []), base_url=ORIGIN, follow_redirects=False) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class DagsterUi:
    """Somebody at Dagster's UI behind our door, and what it answers at."""

    client: TestClient
    addresses: list[Address]


@pytest.fixture
def ui(tmp_path: Path, settings: Settings) -> Iterator[DagsterUi]:
    """Dagster's own application."""
    with dagster_ui(tmp_path) as app, TestClient(dagster_door(app, lambda: settings), base_url=ORIGIN) as client:
        client.follow_redirects = False
        yield DagsterUi(client, addresses(app))


def cookie(settings: Settings, name: str = "Anna") -> dict[str, str]:
    """Return the header of somebody who is logged in."""
    return {"Cookie": f"{COOKIE}={Guard(lambda: settings).sessions.begin(name).cookie}"}


def asked(client: TestClient, address: Address, headers: dict[str, str], content: str = "") -> int:
    """Ask, and return the status: that of a WebSocket is 101 when it opens, and 403 when not."""
    if address.method != SOCKET:
        return client.request(address.method, address.path, headers=headers, content=content).status_code
    with suppress(WebSocketDisconnect), client.websocket_connect(f"ws{ORIGIN[4:]}{address.path}", headers=headers):
        return HTTPStatus.SWITCHING_PROTOCOLS
    return HTTPStatus.FORBIDDEN


def test_what_the_applications_list_is_what_is_tried(settings: Settings, ui: DagsterUi) -> None:
    """Were the list empty, or a part of it not seen, the tests below would say nothing."""
    ours, theirs = ({str(address) for address in listed} for listed in (of_service(settings), ui.addresses))
    assert ours >= OPEN
    assert ours >= {"GET /events", "GET /metrics", "GET /calendar/posts.json", "POST /write", "POST /inbox/1/approve"}
    assert theirs >= {"POST /graphql", f"{SOCKET} /graphql", "POST /report_asset_materialization/1", "GET /logs/1"}


def test_without_a_session_nothing_is_answered_but_the_ways_in(client: TestClient, settings: Settings) -> None:
    """With a token set: pages, their data, the stream and the figures alike."""
    nobody: tuple[dict[str, str], ...] = ({}, {"Cookie": f"{COOKIE}=forged"}, {"Authorization": "Bearer wrong"})
    for address in of_service(settings):
        for headers in nobody:
            status = asked(client, address, headers)
            assert (status == HTTPStatus.UNAUTHORIZED) is (str(address) not in OPEN), (address, headers, status)
        if address.method == "GET" and str(address) not in OPEN:
            led = client.get(address.path, headers={"Accept": "text/html"})
            assert (led.status_code, led.headers["location"]) == (HTTPStatus.SEE_OTHER, "/login"), address


def test_without_a_session_dagster_s_ui_answers_nothing(ui: DagsterUi) -> None:
    """Not even its pictures, nor a WebSocket of its own page."""
    refused = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}
    for address in ui.addresses:
        assert asked(ui.client, address, {"Content-Type": JSON, "Origin": ORIGIN}, "{}") in refused, address


def test_a_page_of_another_origin_is_answered_nowhere(client: TestClient, settings: Settings, ui: DagsterUi) -> None:
    """Though the session's cookie goes along, and whatever it asks; nor under a name that was pointed here."""
    session = cookie(settings)
    for at, listed in ((client, of_service(settings)), (ui.client, ui.addresses)):
        for address in listed:
            # A WebSocket always says its origin; the other words of a browser are about what is fetched.
            for headers in ELSEWHERE if address.method != SOCKET else ELSEWHERE[:5]:
                for kind in (FORM, JSON) if address.method == "POST" else (FORM,):
                    status = asked(at, address, session | headers | {"Content-Type": kind})
                    assert status in {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}, (address, headers, status)
            for host in HOSTS if address.method != SOCKET else ():
                assert asked(at, address, session | {"Host": host}) == HTTPStatus.BAD_REQUEST, (address, host)


def test_every_change_needs_the_token_of_a_form_that_was_shown_to_the_session(
    client: TestClient, settings: Settings, database_url: str
) -> None:
    """A missing, a wrong and another session's one are refused, with every kind of form; nothing is changed."""
    anna, other = (Guard(lambda: settings).sessions.begin(name) for name in ("Anna", "Anna"))
    theirs = Guard(lambda: settings).sessions.form_token(other)
    before = dump_of(database_url)
    changes = [address for address in of_service(settings) if address.method not in READS]
    assert len(changes) > 20
    for address in changes:
        own = {"Cookie": f"{COOKIE}={anna.cookie}", "Origin": ORIGIN}
        for token in ("", "wrong", "é", theirs):
            form = asked(client, address, own | {"Content-Type": FORM}, urlencode({TOKEN_FIELD: token, "text": "x"}))
            files = ROW.format(TOKEN_FIELD, token) + ROW.format("text", "x") + "--b--\r\n"
            upload = asked(client, address, own | {"Content-Type": FILES}, files)
            json = asked(client, address, own | {"Content-Type": JSON}, "{}")
            assert HTTPStatus.FORBIDDEN in {form, upload}, (address, token, form, upload)
            assert {form, upload, json} <= {HTTPStatus.FORBIDDEN, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}, address
    assert dump_of(database_url) == before


def test_looking_changes_nothing_wherever_one_looks(
    client: TestClient, settings: Settings, database: Database, database_url: str
) -> None:
    """Every page and everything that pages ask for, of an account in the middle of its day; no row is different."""
    now = system_now()
    play_learned(database, settings, now - timedelta(hours=2))
    numbers = play(database, settings, now)
    held, draft = str(numbers["held"][0]), str(numbers["draft"][0])
    app = build_app(Connections(lambda: settings), [])
    known = {"post_id": [held, str(numbers["queued"][0])], "draft_id": [draft], "position": ["0"]}
    reads = [address for address in addresses(app, known) if address.method in READS]
    deliver(
        database, DatabaseClock(database), settings
    )  # beside the pages it is noted that nobody is to be sent alerts
    before = dump_of(database_url)
    statuses: set[int] = set()
    for address in reads:
        for query in ("", "?done=approve&post=1&start=2026-03-01T00:00&end=2026-03-08T00:00&page=2&to=dagster"):
            asking = Address(address.method, address.path + query)
            statuses.add(asked(client, asking, cookie(settings)))
    assert statuses <= LOOKED, statuses
    assert HTTPStatus.OK in statuses
    assert dump_of(database_url) == before


def test_the_stream_is_for_who_is_logged_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a real connection: refused at once without a session, open with one, and with the token of a program."""
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    with (
        served(build_app(Connections(lambda: settings), [])) as origin,
        httpx.Client(base_url=origin, trust_env=False, timeout=PATIENCE) as nobody,
    ):
        for path in ("/events", "/metrics", "/api/metrics.json"):
            assert nobody.get(path).status_code == HTTPStatus.UNAUTHORIZED
        with nobody.stream("GET", "/events", headers={"Authorization": f"Bearer {TOKEN}"}) as stream:
            assert stream.status_code == HTTPStatus.OK
            assert next(stream.iter_lines()).startswith("retry:")
