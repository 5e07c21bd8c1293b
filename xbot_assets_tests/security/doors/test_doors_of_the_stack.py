"""What a stack makes for its doors before anything runs: the token, the sockets' directory, the servers' patience."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import dagster as dg
import httpx
import pytest
from starlette.testclient import TestClient

from xbot_assets.defs.instance import web_server
from xbot_assets.defs.instance.dagster_internals import DEVELOPING
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.door.half_sent import complete_within
from xbot_assets.runtime.environment import PACKAGE_ROOT, child_environment
from xbot_assets.runtime.machine import sockets
from xbot_assets.runtime.machine.sockets import remove_socket_directory, socket_directory
from xbot_assets.runtime.progress import Progress
from xbot_assets.runtime.stack import Stack
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.serving import served

if TYPE_CHECKING:
    from xbot_assets.runtime.supervision.supervisor import Supervisor

TOKEN_CHARS_MIN = 24
UNREAD = cast("Supervisor", None)
SILENT = Progress(lambda _step, _seconds: None, lambda _sentence: None)
DEEP = "/".join(["deep down in a clone"] * 8)


def parts_of(home: Path, **settings: str) -> tuple[str | None, str]:
    """Return the token and the key that a start in this mode gives to the pages."""
    home.mkdir(mode=0o700, exist_ok=True)
    made = Stack(Settings.model_validate({"home": home, **settings}), UNREAD, SILENT, dagster=False).parts
    return made.service_token, made.pages_key


@pytest.mark.parametrize("mode", ["shadow", "live"])
def test_off_the_sandbox_a_token_is_made_at_the_first_start_and_kept(tmp_path: Path, mode: str) -> None:
    """For its owner only; what signs the sessions is new with each start."""
    home = tmp_path / ".xbot"
    (token, key), (again, other_key) = (parts_of(home, mode=mode, handle="me") for _ in range(2))
    assert token == again
    assert token is not None
    assert len(token) >= TOKEN_CHARS_MIN
    assert key != other_key
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600


def test_the_owner_s_token_goes_before_and_the_sandbox_needs_none(tmp_path: Path) -> None:
    """In the sandbox nothing can be lost."""
    chosen = "the owner's own long token"
    assert parts_of(tmp_path / ".xbot", mode="live", handle="me", service_token=chosen)[0] == chosen
    assert parts_of(tmp_path / ".xbot")[0] is None


def test_off_the_sandbox_a_lost_token_opens_nothing(tmp_path: Path) -> None:
    """A parts file that was removed or damaged under the running service."""
    settings = Settings(home=tmp_path, mode="live", handle="me")
    with TestClient(build_app(Connections(lambda: settings), []), base_url="http://127.0.0.1") as client:
        assert [client.get(path).status_code for path in ("/", "/approvals", "/api/status.json")] == [401] * 3
        login = client.post("/login", data={"name": "me", "token": ""}, headers={"Origin": "http://127.0.0.1"})
        assert login.status_code == 403


@pytest.fixture
def deep() -> Iterator[Path]:
    """A data directory whose own path is too long for a socket."""
    base = Path(tempfile.mkdtemp(dir="/tmp"))
    home = base / DEEP / ".xbot"
    home.mkdir(parents=True, mode=0o700)
    yield home
    remove_socket_directory(home)
    shutil.rmtree(base)


def test_the_directory_is_below_the_data_directory_or_short_elsewhere(
    tmp_path: Path, deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever TMPDIR is."""
    monkeypatch.setenv("TMPDIR", str(deep))
    monkeypatch.setattr(tempfile, "tempdir", None)
    near, far = Path(tempfile.mkdtemp(dir="/tmp")), socket_directory(deep)
    assert socket_directory(near).parent == near / "run"
    assert far.parent == Path("/tmp")  # noqa: S108 - made by mkdtemp
    for made in (socket_directory(near), far):
        assert stat.S_IMODE(made.lstat().st_mode) == 0o700
        assert len(os.fsencode(made / sockets.LONGEST_NAME)) <= 107
    assert socket_directory(deep) == far
    remove_socket_directory(deep)
    assert not far.exists()
    shutil.rmtree(near)
    assert tmp_path.exists()


def test_a_directory_that_others_could_enter_or_replaced_is_not_used_again(deep: Path) -> None:
    """Open to others, somebody else's, a link to another, gone, or a note that is none."""
    first = socket_directory(deep)
    first.chmod(0o755)
    second = socket_directory(deep)
    assert second != first
    first.chmod(0o700)
    second.rmdir()
    second.symlink_to(first)
    third = socket_directory(deep)
    assert third not in {first, second}
    second.unlink()
    first.rmdir()
    (deep / "run" / "sockets.location").write_bytes(b"\xff\0")
    fourth = socket_directory(deep)
    assert fourth != third
    third.rmdir()


def test_without_a_place_for_sockets_the_start_is_refused_in_one_sentence(
    deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No fall-back to an address that everybody reaches."""
    monkeypatch.setattr(sockets, "SHARED_PLACES", ())
    with pytest.raises(PermanentFailure, match="no place for a socket") as caught:
        socket_directory(deep)
    assert caught.value.code == "unsafe_directory"


def test_dagster_s_own_variables_do_not_move_the_doors(tmp_path: Path) -> None:
    """A shell's DAGSTER_GRPC_PORT would open the code server to everybody, or stop it."""
    shell = {"DAGSTER_GRPC_PORT": "4000", "DAGSTER_GRPC_HOST": "0.0.0.0", "DAGSTER_WEBSERVER_HOST": "0.0.0.0"}  # noqa: S104
    assert not set(child_environment(Settings(home=tmp_path), shell)) & set(shell)


def test_whoever_starts_dagster_s_web_server_gets_the_door_once() -> None:
    """``dagster dev`` starts Dagster's own program; a Dagster that has changed does not start without."""
    server = ModuleType("server")
    with pytest.raises(AttributeError):
        web_server.hang_door(server)
    server.__dict__.update(create_app_from_workspace_process_context=lambda: None, uvicorn=object())
    web_server.hang_door(server)
    once = server.create_app_from_workspace_process_context
    web_server.hang_door(server)
    assert server.create_app_from_workspace_process_context is once
    assert once.has_door


def test_dagster_dev_puts_its_sockets_where_only_the_owner_enters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster's own choice is the directory of temporary files."""
    monkeypatch.setenv("TMPDIR", "/somewhere/long")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delitem(sys.modules, "dagster_webserver.cli", raising=False)
    settings = Settings(home=tmp_path, sockets=tmp_path)
    web_server.guard_this_process(settings)
    assert os.environ["TMPDIR"] == "/somewhere/long"
    monkeypatch.setenv(DEVELOPING, "1")
    web_server.guard_this_process(settings)
    assert tempfile.gettempdir() == str(tmp_path)


@contextmanager
def connected(origin: str, words: bytes) -> Iterator[socket.socket]:
    """Connect to a server and send it words."""
    host, port = origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(words)
        yield connection


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HT",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
        (
            b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 99\r\nOrigin: http://127.0.0.1\r\n\r\nname="
        ),
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HT",
    ],
)
def test_a_request_that_never_becomes_whole_is_ended(tmp_path: Path, half: bytes) -> None:
    """In its first line, a header or its body, before any of it, and after a whole one."""
    app = build_app(Connections(lambda: Settings(home=tmp_path)), [])
    with served(app, http=complete_within(0.2)) as origin, connected(origin, half) as connection:
        said = b""
        while piece := connection.recv(4096):  # until the server closes
            said += piece
    assert said.count(b"408") == (0 if b"live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" in half else 1)


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
    ],
)
def test_a_request_whose_headers_have_no_end_is_refused_before_its_time_is_over(tmp_path: Path, endless: bytes) -> None:
    """What whoever connects sends is not kept in memory without a bound."""
    app = build_app(Connections(lambda: Settings(home=tmp_path)), [])
    with served(app, http=complete_within(PATIENCE)) as origin, connected(origin, endless) as connection:
        assert _bytes_taken(connection) < 16 * 1024 * 1024


def _bytes_taken(connection: socket.socket) -> int:
    """Send until the server closes; return how much that was."""
    taken, piece = 0, b"a" * 65_536
    with suppress(ConnectionError):
        while taken < 64 * 1024 * 1024:
            taken += connection.send(piece)
    return taken


def test_a_long_form_is_still_read(tmp_path: Path) -> None:
    """The bound is on what is beside a request's body, also in one that comes in pieces."""
    app = build_app(Connections(lambda: Settings(home=tmp_path)), [])
    form = "name=me&token=" + "x" * 300_000
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with (
        served(app, http=complete_within(PATIENCE)) as origin,
        httpx.Client(trust_env=False, timeout=PATIENCE) as client,
    ):
        for content in (form, iter([form[:150_000].encode(), form[150_000:].encode()])):
            said = client.post(f"{origin}/login", content=content, headers=kind | {"Origin": origin})
            assert said.status_code == 403
            assert "This is not the token" in said.text


def test_what_a_stack_starts_makes_files_for_its_owner_only_and_leaves_no_core() -> None:
    """Whatever the umask and the limits of the shell were: Dagster's and SQLite's files follow them."""
    told = "import os,resource; print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    program = (
        "import os,resource,subprocess,sys; os.umask(0)\n"
        "from xbot_assets.runtime.machine.files import keep_to_ourselves; keep_to_ourselves()\n"
        f"subprocess.run([sys.executable, '-c', {told!r}], check=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PACKAGE_ROOT)
    assert done.stdout.split() == ["0o77", "0"]


def test_who_launches_a_run_can_name_no_directory() -> None:
    """Dagster's own way to hand results on takes one, and keeps pickles there: programs, to who reads them."""
    from xbot_assets.build import build_defs  # noqa: PLC0415 - takes seconds, and the other tests here do without

    definitions = build_defs()
    jobs = list(definitions.resolve_all_job_defs())
    assert len(jobs) > 10
    for job in jobs:
        with pytest.raises(dg.DagsterInvalidConfigError, match="base_dir"):
            dg.validate_run_config(job, {"resources": {"io_manager": {"config": {"base_dir": "/somewhere"}}}})
