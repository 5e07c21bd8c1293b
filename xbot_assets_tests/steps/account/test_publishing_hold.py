"""Live mode and the sealed session's troubles: publishing stops with one alert, and goes on after a new login."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from xbot_assets.browser.session.key import find_or_make_key, key_path
from xbot_assets.browser.session.source import session_path
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.settings.acknowledgement import live_sentence
from xbot_assets.steps.account.publishing_hold import resume_publishing
from xbot_assets.steps.account.session_checks import check_session
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing.posts import enqueue_posts, queue_counts
from xbot_assets.x.account_state import AccountState
from xbot_assets_tests.browser.host_rig import HostProcess, browser_host, ready
from xbot_assets_tests.browser.sessions import a_state, new_key, sealed, store
from xbot_assets_tests.steps.conftest import HANDLE
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

READY_FOR_LIVE: dict[str, Any] = {"mode": "live", "automated_label_set": True, "account_created_on": date(2020, 1, 1)}
"""What the policy rules want to know before a live account posts."""


@dataclass
class Owner:
    """The owner of a live account: who logs in, and spoils what was sealed."""

    site: Site
    settings: Settings

    def log_in(self) -> None:
        """Seal a new session, as ``xbot login`` does."""
        headers = {"Authorization": f"Bearer {self.site.token}"}
        url = f"{self.site.url}/_sandbox/session"
        state = httpx.post(url, json={"handle": HANDLE}, headers=headers, trust_env=False).raise_for_status().json()
        self.put(state)

    def put(self, state: object, handle: str = HANDLE) -> None:
        """Seal this as the session."""
        key = find_or_make_key(self.settings)
        store(session_path(self.settings), sealed(key, handle, self.site.url, state))

    def cut(self) -> None:
        """Lose the end of the file."""
        path = session_path(self.settings)
        path.write_text(path.read_text()[:-50])

    def change(self) -> None:
        """Change one character of it."""
        path = session_path(self.settings)
        text = path.read_text()
        path.write_text(f"{text[:-60]}{'A' if text[-60] != 'A' else 'B'}{text[-59:]}")

    def remove(self) -> None:
        """Lose the file."""
        session_path(self.settings).unlink()

    def change_key(self) -> None:
        """Put another key in the key's place."""
        key_path(self.settings).write_text(new_key().text)

    def let_expire(self) -> None:
        """Let the login's time run out."""
        self.put(a_state(expires=(system_now() - timedelta(days=1)).timestamp(), domain="127.0.0.1"))

    def be_another(self) -> None:
        """Seal the session of another account."""
        self.put(a_state(domain="127.0.0.1"), "somebody_else")

    def be_logged_out(self) -> None:
        """Have a session that the site does not know, or no longer."""
        self.put(a_state(domain="127.0.0.1"))


@pytest.fixture
def owner(site: Site, tmp_path: Path) -> Owner:
    """Return an owner with a data directory and a key of this test's."""
    home, key_file = tmp_path / "live" / ".xbot", tmp_path / "session.key"
    settings = Settings(mode="live", handle=HANDLE, target_url=site.url, home=home, session_key_path=key_file)
    return Owner(site, settings)


@contextmanager
def live_host(owner: Owner) -> Iterator[HostProcess]:
    """Run a host in live mode, which starts whatever its session is."""
    extra = {
        "XBOT_MODE": "live",
        "XBOT_HANDLE": HANDLE,
        "XBOT_LIVE_ACKNOWLEDGEMENT": live_sentence(HANDLE),
        "XBOT_SESSION_KEY_PATH": str(owner.settings.session_key_path),
    }
    with browser_host(owner.settings.home, owner.site.url, extra=extra) as host:
        ready(host)
        yield host


def queue(product: Product, text: str) -> None:
    """Queue a post that is due now."""
    now = product.clock.now()
    enqueue_posts(product.database, [NewPost(text=text, topic="cooking", format="tip", scheduled_at=now)], now)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (Owner.cut, "session_damaged"),
        (Owner.change, "session_damaged"),
        (Owner.remove, "session_missing"),
        (Owner.change_key, "session_key"),
        (Owner.let_expire, "session_expired"),
        (Owner.be_another, "session_other_account"),
        (Owner.be_logged_out, "logged_out"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_session_that_is_no_good_holds_publishing_with_one_alert_until_it_is_resumed(
    owner: Owner,
    product: Product,
    loop_settings: Callable[..., Settings],
    spoil: Callable[[Owner], None],
    code: str,
) -> None:
    """The post stays queued, the host stays up, and after a new login it is posted once, without a restart."""
    text = f"Held by {spoil.__name__}, posted after the next login."
    owner.log_in()
    spoil(owner)
    queue(product, text)
    with live_host(owner) as host:
        with open_product(loop_settings(browser_url=host.url, **READY_FOR_LIVE), worker="live") as live:
            held_with_one_alert(product, live, code)
            assert check_session(live).state is AccountState.LOGGED_OUT
            assert [told.key for told in open_alerts(live.database)] == [f"account:{code}"]
            owner.log_in()
            assert len(resume_publishing(live.database, "owner", live.clock.now())) == 1
            assert publish_next(live).x_post_id is not None
        assert "Traceback" not in host.log
    assert owner.site.posted(text) == 1


def held_with_one_alert(product: Product, live: Product, code: str) -> None:
    """Check that nothing more is tried, and that one alert says why and what to do."""
    with pytest.raises(PermanentFailure) as caught:
        publish_next(live)
    assert caught.value.code == code
    for _ in range(3):
        later(product)  # only the sandbox's clock can be moved
        live.clock.refresh()
        assert publish_next(live).post_id is None
    (told,) = open_alerts(live.database)
    assert told.key == f"account:{code}"
    assert told.reason == str(publish_wait(live))
    assert [word for word in ("xbot login", "xbot resume") if word not in told.remedy] == []
    assert queue_counts(live.database) == {"queued": 1}
