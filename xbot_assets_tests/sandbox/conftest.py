"""One sandbox process and one browser for the whole folder; each test has an own account and no faults."""

import os
import shutil
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The process all tests of this folder share."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox data")).start()
    yield sandbox
    sandbox.stop()
    sandbox.http.close()


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The shared sandbox without faults."""
    yield running_sandbox
    running_sandbox.faults()


@pytest.fixture
def handle() -> str:
    """A handle that no other test has."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def account(sandbox: Sandbox, handle: str) -> Account:
    """An account of this test, speaking GraphQL."""
    return sandbox.client(handle)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real headless browser."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, sandbox: Sandbox, handle: str) -> Iterator[BrowserContext]:
    """A browser context logged in as this test's account."""
    opened = chromium.new_context(storage_state=sandbox.session(handle), viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE * 1000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that context."""
    return context.new_page()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A page of somebody who is not logged in."""
    opened = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE * 1000)
    yield opened.new_page()
    opened.close()
