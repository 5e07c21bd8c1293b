"""A product over real parts: PostgreSQL, Valkey, the sandbox and the browser host with its Chromium.

The sandbox and the host run once a session; each test has its own database and no faults.
"""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.servers import SettingsFor, empty_cache
from xbot_assets_tests.browser.host_rig import CONTROL_TOKEN, TOKEN, browser_host
from xbot_assets_tests.steps.site import Site

HANDLE = "xbot_demo"
UNHURRIED = {"rate_start_per_hour": 60.0, "rate_ceiling_per_hour": 60.0, "posts_per_hour_max": 60}
"""The pace lets a post go whenever spacing does; what the pace itself does has tests of its own."""


@contextlib.contextmanager
def running_site(data: Path, *options: str) -> Iterator[Site]:
    """Run the sandbox as its own process."""
    url = f"http://127.0.0.1:{_free_port()}"
    command = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(data), "--token", CONTROL_TOKEN]
    port = url.rpartition(":")[2]
    process = subprocess.Popen([*command, "--port", port, *options], stderr=subprocess.DEVNULL)
    running = Site(url, CONTROL_TOKEN, HANDLE)
    try:
        until(running.is_up, "the sandbox answers")
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextlib.contextmanager
def running_host(folder: Path, site: Site) -> Iterator[str]:
    """Run a browser host that is logged in to the sandbox, and return its address."""
    with browser_host(folder / ".xbot", site.url, extra={"XBOT_HANDLE": HANDLE}) as host:
        until(lambda: _answers(host.health), "the host is ready")
        yield host.url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sandbox as its own process."""
    with running_site(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
def host_url(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The browser host's address, logged in to the sandbox."""
    with running_host(tmp_path_factory.mktemp("host"), site) as url:
        yield url


@pytest.fixture
def loop_settings(settings_for: SettingsFor, site: Site, host_url: str) -> Callable[..., Settings]:
    """Build settings for this test's parts."""

    def build(**overrides: Any) -> Settings:  # noqa: ANN401 - any field
        parts = {
            "handle": HANDLE,
            "target_url": site.url,
            "sandbox_token": SecretStr(CONTROL_TOKEN),
            "openai_base_url": f"{site.url}/v1",
            "browser_url": host_url,
            "browser_token": SecretStr(TOKEN),
            **UNHURRIED,
        }
        return settings_for(**{**parts, **overrides})

    return build


@pytest.fixture
def product(loop_settings: Callable[..., Settings], site: Site) -> Iterator[Product]:
    """This test's product, with its clock on the sandbox's line and no fault active."""
    site.set_faults()
    settings = loop_settings()
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        empty_cache(settings)
        yield opened
    site.set_faults()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _answers(health: Callable[[], httpx.Response]) -> bool:
    try:
        return health().is_success
    except httpx.HTTPError:
        return False
