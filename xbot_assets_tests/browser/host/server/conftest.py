"""One host before one tiny site for each file of this room; each test has the site in its plain state."""

from collections.abc import Iterator

import pytest

from xbot_assets_tests.browser.host_rig import HostProcess, browser_host, ready
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

WITNESS = (200, {"data": {"create_tweet": {"tweet_results": {"result": {"rest_id": "777"}}}}})


@pytest.fixture(scope="module")
def shared_site() -> Iterator[TinySite]:
    """Serve one site for a file."""
    with tiny_site() as site:
        yield site


@pytest.fixture(scope="module")
def host(shared_site: TinySite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """Run one host for a file; every test leaves it working."""
    with browser_host(tmp_path_factory.mktemp("home"), shared_site.url) as running:
        ready(running)
        yield running


@pytest.fixture
def site(shared_site: TinySite) -> TinySite:
    """Return the site in its plain state."""
    shared_site.create, shared_site.state = WITNESS, "logged_in"
    shared_site.gone, shared_site.slow = set(), set()
    shared_site.mangle = shared_site.disabled = False
    shared_site.created.clear()
    shared_site.waiting.clear()
    return shared_site
