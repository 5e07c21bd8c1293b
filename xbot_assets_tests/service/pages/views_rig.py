"""A browser before the served pages: what it was asked to fetch, what went wrong, and what axe-core says."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.settings import load_settings
from xbot_assets_tests.acceptance.pictures import PAGE_MILLISECONDS

DESK, PHONE = (1280, 900), (390, 844)
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
SERIOUS = ("serious", "critical")
PICTURES = os.environ.get("XBOT_TEST_PICTURES")
"""A folder for pictures of the pages; none is kept without it."""
Scheme = Literal["light", "dark"]


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    """Start Chromium."""
    binary = find_browser(load_settings({}, use_parts=False))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person's window: ``elsewhere`` is what it fetched of other servers, ``troubles`` what its console said."""

    page: Page
    origin: str
    elsewhere: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(f"{self.origin}{path}")
        self.page.wait_for_load_state("load")
        if self.page.locator("#live").count():  # it follows, and asks for its part once more when it begins to
            self.page.locator("body[data-stream=open]").wait_for()

    def axe(self) -> list[str]:
        """Return what axe-core calls serious or critical here, with where it is."""
        source = AXE.read_text(encoding="utf-8")
        self.page.evaluate(f"(() => {{ {source} }})()")  # outside the page's policy, as a test's own
        result: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in result["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    def keep(self, name: str) -> None:
        """Keep a picture of what is seen, if pictures are wanted."""
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=not name.startswith("page-"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _asked_for(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        # A refused decision answers with a status that Chromium writes to its console as an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)


@contextlib.contextmanager
def visiting(browser: Browser, origin: str, size: tuple[int, int] = DESK, scheme: Scheme = "light") -> Iterator[Visit]:
    """Open a window of this size."""
    width, height = size
    phone = size == PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=phone, is_mobile=phone
    )
    page = context.new_page()
    page.set_default_timeout(PAGE_MILLISECONDS)
    visit = Visit(page, origin)
    page.on("request", visit._asked)  # noqa: SLF001 - its own
    page.on("console", visit._said)  # noqa: SLF001
    page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    page.on("dialog", visit._asked_for)  # noqa: SLF001
    yield visit
    context.close()
