"""One sandbox and one host for a module; each test has the sandbox without faults."""

from collections.abc import Iterator

import pytest

from xbot_assets_tests.browser.host.controlled_site import SiteAndHost, site_and_host
from xbot_assets_tests.browser.host_rig import HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteAndHost]:
    """Run one sandbox and one host for the module."""
    with site_and_host(tmp_path_factory) as both:
        yield both


@pytest.fixture
def sandbox(running: SiteAndHost) -> Iterator[Sandbox]:
    """Return the sandbox without faults, and leave it so."""
    running[0].faults()
    yield running[0]
    running[0].faults()


@pytest.fixture(scope="module")
def host(running: SiteAndHost) -> HostProcess:
    """Return the host."""
    return running[1]
