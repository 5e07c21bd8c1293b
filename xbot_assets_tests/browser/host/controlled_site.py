"""A sandbox that a test can steer and a host that works on it, and an image as a caller hands it over."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from xbot_assets.x.operations import Image
from xbot_assets_tests.browser.host_rig import HostProcess, browser_host, ready
from xbot_assets_tests.sandbox.sandbox_rig import TOKEN, Sandbox

SiteAndHost = tuple[Sandbox, HostProcess]


@contextmanager
def site_and_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteAndHost]:
    """Run one sandbox and one host until the block ends."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox")).start()
    try:
        with browser_host(tmp_path_factory.mktemp("home"), sandbox.url, extra={"XBOT_SANDBOX_TOKEN": TOKEN}) as host:
            ready(host)
            yield sandbox, host
    finally:
        sandbox.stop()
        sandbox.http.close()


def image(content: bytes, alt_text: str = "", mime_type: Any = "image/png") -> Image:  # noqa: ANN401 - a literal
    """Return an image as a caller hands it over."""
    name = f"image.{mime_type.rpartition('/')[2]}"
    return Image(file_name=name, mime_type=mime_type, data=base64.b64encode(content), alt_text=alt_text)
