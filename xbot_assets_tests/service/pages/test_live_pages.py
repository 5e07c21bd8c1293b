"""The stream of changes: what it says, and when it ends."""

import json
from collections.abc import Iterator

import httpx
import pytest

from xbot_assets.domain.clock import system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages import live
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.queueing import new_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served

TOKEN = "a-token-that-no-one-can-guess-42"  # noqa: S105 - a made-up one
UNTOLD = "A text that no stream tells."


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Pages behind a token."""
    return settings_for(service_token=TOKEN)


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Somebody at a served service; looks and beats come quickly."""
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    with (
        served(build_app(Connections(lambda: settings), [])) as origin,
        httpx.Client(base_url=origin, trust_env=False, timeout=PATIENCE, headers={"Origin": origin}) as opened,
    ):
        yield opened


def test_the_stream_names_topics_and_ends_with_its_session(database: Database, client: httpx.Client) -> None:
    """Nobody without a session has it, and a log-out ends it, wherever it came from."""
    assert client.get("/events").status_code == 401
    assert client.post("/login", data={"name": "Anna", "token": TOKEN}).status_code == 303
    form_token = client.get("/inbox").text.partition('name="form_token" value="')[2].partition('"')[0]
    with client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        posts.enqueue_posts(database, [new_post(UNTOLD)], system_now())
        told = next(line for line in lines if line.startswith("data: "))
        assert json.loads(told.removeprefix("data: ")) == ["posts"]
        assert client.post("/logout", data={"form_token": form_token}).status_code == 303
        rest = list(lines)
    assert UNTOLD not in "".join(rest)
    assert client.get("/events").status_code == 401
