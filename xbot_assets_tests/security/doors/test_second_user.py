"""A second local user finds every door of a running stack closed."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from xbot_assets.browser.host.server import Host
from xbot_assets.sandbox.server import application
from xbot_assets.settings import Settings
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.security.doors.addresses import SOCKET, addresses, dagster_ui, of_service
from xbot_assets_tests.security.doors.second_user import (
    SecondUser,
    listening_ports,
    listening_sockets,
    processes_of,
)
from xbot_assets_tests.security.shared_stack import SharedStack

if TYPE_CHECKING:
    from xbot_assets.browser.host.perform import Performer

pytestmark = pytest.mark.soak  # needs a whole stack

SOCKET_BYTES_MAX = 107
OPEN_TO_ALL = {
    "service": {
        "GET /health/live",
        "HEAD /health/live",
        "GET /static/css/base.css",
        "GET /login",
        "HEAD /login",
        "HEAD /opened",
    },
    "browser": {"GET /health", "HEAD /health"},
    "sandbox": {"GET /_sandbox/health", "HEAD /_sandbox/health"},
}
"""What says nothing of the account: whether a part lives, and the looks of the login page."""
CONTROLS = ("/_sandbox/", "/v1/")
"""Of the sandbox: what is no page of the look-alike site."""


def port_of(url: str | None) -> int:
    """Return an address's port."""
    port = httpx.URL(url or "").port
    assert port
    return port


def open_to_all(name: str, url: str | None) -> set[str]:
    """Return what a part answers to everybody, as the second user tells it."""
    return {what.replace(" ", f" {port_of(url)}", 1) for what in OPEN_TO_ALL[name]}


@pytest.fixture
def asks(parts: Settings, tmp_path: Path) -> list[list[str]]:
    """Every address of every server of the stack, as its application lists it."""
    host = Host(cast("Performer", None), "a token").app()
    sandbox = application(tmp_path, "a token")
    with dagster_ui(tmp_path / "dagster") as ui:
        listed = [*of_service(parts), *addresses(ui), *addresses(host)]
    listed += [address for address in addresses(sandbox) if address.path.startswith(CONTROLS)]
    return [[address.method, address.path] for address in listed if address.method != SOCKET]


def test_nothing_of_dagster_s_grpc_is_on_tcp(stack: SharedStack) -> None:
    """What listens is what the parts file names, and no process of the code server's is among it."""
    ports = listening_ports(stack.pid)
    assert len(ports) == 6, ports
    assert not [command for command in ports.values() if "code_server" in command or "forkserver" in command]


def test_dagster_s_sockets_are_short_and_only_their_owner_reaches_them(stack: SharedStack, parts: Settings) -> None:
    """However deep the clone is: the data directory's own path is too long for a socket."""
    assert len(os.fsencode(stack.home)) > SOCKET_BYTES_MAX
    assert parts.sockets is not None
    mine = [name for name in listening_sockets(stack.pid) if name.startswith(str(parts.sockets))]
    assert len(mine) == 2, "the code server's and its fork server's"
    assert max(len(os.fsencode(name)) for name in mine) <= SOCKET_BYTES_MAX
    status = parts.sockets.lstat()
    assert stat.S_ISDIR(status.st_mode)
    assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, os.geteuid())
    assert Path((stack.home / "run" / "sockets.location").read_text().strip()) == parts.sockets


def test_a_second_user_gets_into_nothing(
    stack: SharedStack, parts: Settings, other: SecondUser, asks: list[list[str]]
) -> None:
    """Ports, addresses, sockets, files and memory: the lists are taken from the running stack."""
    pid = stack.pid
    assert parts.sockets is not None
    files = [str(path) for place in (stack.home, parts.sockets) for path in (place, *place.rglob("*"))]
    succeeded = other.tries(
        {
            "ports": sorted(listening_ports(pid)),
            "asks": asks,
            "sockets": listening_sockets(pid),
            "files": files,
            "processes": [process.pid for process in processes_of(pid)],
        }
    )
    allowed = open_to_all("service", parts.service_url) | open_to_all("browser", parts.browser_url)
    sandbox = f"{port_of(parts.target_url)}/"
    got_in = [what for what in succeeded if what not in allowed and sandbox not in what]
    assert got_in == []
    assert allowed <= set(succeeded), "what is open answers, so that the others were refused"
    # The look-alike site is for all, and shows an account for every name; how it runs is not.
    controls = {what for what in succeeded if sandbox in what and (what.startswith("P") or "_sandbox" in what)}
    assert controls == open_to_all("sandbox", parts.target_url)


def test_no_file_of_the_stack_is_open_to_anybody_else(stack: SharedStack) -> None:
    """Not even inside a directory that nobody else enters: a copy of a log somewhere else keeps its mode."""
    paths = [path for path in stack.home.rglob("*") if not path.is_symlink()]
    with_modes = {path: path.lstat().st_mode for path in paths if path.exists()}
    assert {str(path): oct(mode) for path, mode in with_modes.items() if mode & 0o077} == {}


def test_a_session_s_cookie_is_worth_nothing_to_a_second_user(
    stack: SharedStack, parts: Settings, other: SecondUser, asks: list[list[str]]
) -> None:
    """Who serves a page on another port of this machine is sent it by the owner's own browser."""
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        client.get(stack.link()).raise_for_status()
        pages = [f"{parts.service_url}/", f"{parts.web_url}/server_info"]
        assert [client.get(url).status_code for url in pages] == [200, 200]
        stolen = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    ports = [port_of(parts.service_url), port_of(parts.web_url)]
    nothing: dict[str, list[str]] = {"sockets": [], "files": [], "processes": []}
    got_in = other.tries({"ports": ports, "asks": asks, "cookie": stolen, **nothing})
    assert set(got_in) == open_to_all("service", parts.service_url)


def test_with_the_token_the_same_attempts_get_in(parts: Settings) -> None:
    """So the refusals are the door's, and not those of something that does not answer at all."""
    assert parts.service_token is not None
    login = {"Authorization": f"Bearer {parts.service_token.get_secret_value()}"}
    asked = {"query": "{instance{concurrencyLimits{concurrencyKey}}}"}
    answer = httpx.post(f"{parts.web_url}/graphql", json=asked, headers=login, timeout=PATIENCE, trust_env=False)
    keys = {limit["concurrencyKey"] for limit in answer.json()["data"]["instance"]["concurrencyLimits"]}
    assert keys
    assert "second_user" not in keys
