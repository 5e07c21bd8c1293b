"""A real browser for page tests, with the network replaced by what a test hands it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.pages.reading import Snapshot, script
from xbot_assets.settings import load_settings

Read = Callable[..., Snapshot]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for a module's page tests."""
    settings = load_settings({}, use_parts=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(settings), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page that reaches no network."""
    opened = chromium.new_page()
    opened.route("**/*", lambda route: route.abort())
    yield opened
    opened.close()


@pytest.fixture
def read(page: Page) -> Read:
    """Return a function that shows HTML at a path of the site and reads it as the product does."""

    def shown(html: str, path: str = "/home") -> Snapshot:
        url = f"https://x.com{path}"
        page.route(url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(url, wait_until="domcontentloaded")
        return Snapshot.model_validate(page.evaluate(script(), {"what": "read", "scroll": 0}))

    return shown
