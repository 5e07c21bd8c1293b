"""Shadow mode on a whole stack, before a sandbox that stands for X: everything is done but the click."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from xbot_assets.settings import load_settings
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.acceptance.command import environment, remove_database, running, xbot
from xbot_assets_tests.browser.sessions import new_key
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

pytestmark = pytest.mark.soak  # needs a whole stack

HANDLE = "owner"
WORDS = "Salt the water, not the pasta: it takes up what it swims in."
STATE = "select status from xbot.posts where text = %s"
TYPED = "select kind, failure_code from xbot.browser_operations where kind = 'publish' and ended_at is not null"


@pytest.fixture
def x(tmp_path: Path) -> Iterator[Sandbox]:
    """A site that the stack did not start and knows nothing of."""
    site = Sandbox(tmp_path / "x").start()
    yield site
    site.stop()
    site.http.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory of the stack's own."""
    place = tmp_path / "clone" / ".xbot"
    yield place
    remove_database(place)


def test_in_shadow_mode_a_post_is_typed_into_the_page_and_not_sent(x: Sandbox, home: Path, tmp_path: Path) -> None:
    """The owner's session is sealed, the pages ask for the token that was made, and the site's ledger stays empty."""
    given = {"mode": "shadow", "handle": HANDLE, "target_url": x.url, "session_key": new_key().text}
    exported = tmp_path / "session.json"
    exported.write_text(json.dumps(x.session(HANDLE)))
    sealed = xbot(home, "login", "--import", str(exported), **given)
    assert (sealed.returncode, exported.exists()) == (0, False), sealed.stderr
    before = x.texts(HANDLE)
    with running(home, **given) as stack:
        settings = load_settings(environment(home, **given))
        assert settings.database_url is not None
        asked = httpx.get(f"{settings.service_url}/", timeout=PATIENCE, trust_env=False)
        assert asked.status_code == httpx.codes.UNAUTHORIZED
        queued = xbot(home, "post", WORDS, **given)
        assert queued.returncode == 0, queued.stderr
        with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
            until(lambda: connection.execute(STATE, [WORDS]).fetchone() == ("shadowed",), "the post was typed")
            typed = connection.execute(TYPED).fetchall()
        assert ("publish", None) in typed
        assert stack.process.poll() is None
        assert x.texts(HANDLE) == before
        assert x.posted(WORDS) == []
