"""The service shows the pictures of assets, only those, and only to whom it shows everything else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import PLOTS_DIRECTORY, load_settings

TOKEN = "a-token-of-more-than-twenty-characters"  # noqa: S105 - a test's own
PLOT = "bars-20260101-120000-0123abcd.png"
PICTURE = b"\x89PNG picture"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory with one picture, and beside it what nobody may ask for."""
    directory = tmp_path / ".xbot" / PLOTS_DIRECTORY / "bandit_model"
    directory.mkdir(parents=True)
    (directory / PLOT).write_bytes(PICTURE)
    (directory / "notes.txt").write_text("secret")
    (tmp_path / ".xbot" / "parts.png").write_text("secret")
    (directory / "link-20260101-120000-0123abcd.png").symlink_to(tmp_path / ".xbot" / "parts.png")
    return tmp_path / ".xbot"


def client_of(home: Path, **more: str) -> TestClient:
    """Return a client of the service of that directory."""
    environ = {"XBOT_HOME": str(home), "XBOT_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/db"} | more
    return TestClient(build_app(Connections(lambda: load_settings(environ))), base_url="http://127.0.0.1")


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    """The service as it is on a machine of one's own."""
    with client_of(home) as opened:
        yield opened


def test_a_picture_is_shown_as_such(client: TestClient) -> None:
    """With its type, which no browser may guess."""
    answer = client.get(f"/{PLOTS_DIRECTORY}/bandit_model/{PLOT}")
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "bandit_model/bars-20200101-120000-0123abcd.png",
        "bandit_model/notes.txt",
        "bandit_model/link-20260101-120000-0123abcd.png",
        "..%2f/parts.png",
        "%2e%2e/parts.png",
        "bandit_model/..%2f..%2fparts.png",
    ],
)
def test_nothing_else_can_be_asked_for(client: TestClient, path: str) -> None:
    """Neither what was pruned, nor another file, nor a way out of the directory."""
    assert client.get(f"/{PLOTS_DIRECTORY}/{path}").status_code == 404


def test_the_token_guards_the_pictures_too(home: Path) -> None:
    """They tell what the account is about to do."""
    with client_of(home, XBOT_SERVICE_TOKEN=TOKEN) as guarded:
        path = f"/{PLOTS_DIRECTORY}/bandit_model/{PLOT}"
        assert guarded.get(path, follow_redirects=False).status_code in {303, 401, 403}
        assert guarded.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).content == PICTURE
