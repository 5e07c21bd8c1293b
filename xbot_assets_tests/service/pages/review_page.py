"""The service over a real database, for tests of the approval page."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from starlette.testclient import TestClient

from xbot_assets.domain.clock import system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import policy, posts
from xbot_assets.testing.queueing import new_post

ORIGIN = {"Origin": "http://127.0.0.1"}


def hold(db: Database, settings: Settings, text: str, due: datetime | None = None) -> int:
    """Queue a post and hold it; return its number."""
    now = system_now()
    (post_id,) = posts.enqueue_posts(db, [new_post(text, due or now + timedelta(hours=1))], now)
    assert policy.hold_unapproved(db, settings, now) == [post_id]
    return post_id


def status_of(db: Database, post_id: int) -> str:
    """Return the state of a post."""
    return next(str(row.status) for row in posts.recent_posts(db, 100) if row.id == post_id)


@contextlib.contextmanager
def visitor(settings: Settings) -> Iterator[TestClient]:
    """Open the service as a browser on this machine would; answers are not followed."""
    app = build_app(Connections(lambda: settings), [])
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def without_own(page: str) -> str:
    """Return a page without what every page of ours has: scripts of its own by address, and the brand's icon."""
    without_scripts = re.sub(r'<script src="/static/[\w/.-]+\.js" defer></script>', "", page)
    return without_scripts.replace('<img src="/static/icon.svg" alt="" width="28" height="28">', "")


def form_of(client: TestClient) -> dict[str, str]:
    """Load the page and return what its first form sends."""
    page = client.get("/approvals").text
    form = page.partition('/approve">')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([\w-]+)">', form))
