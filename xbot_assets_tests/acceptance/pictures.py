"""Looks at the stack's pages as a person would, in headless Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.settings import load_settings
from xbot_assets.testing.patience import PATIENCE

PAGE_MILLISECONDS = PATIENCE * 1000
LINEAGE = "/assets/published_posts?view=lineage&lineageScope=neighbors&lineageDepth=4"
"""The one view that draws every asset of the loop without folding the groups."""


@contextmanager
def looking(width: int, height: int, session: dict[str, Any] | None = None) -> Iterator[Page]:
    """Open a page of this size, logged in to the sandbox when a session is given."""
    binary = find_browser(load_settings({}, use_parts=False))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        state: Any = session
        page = browser.new_context(viewport={"width": width, "height": height}, storage_state=state).new_page()
        page.set_default_timeout(PAGE_MILLISECONDS)
        yield page
        browser.close()


def lineage(web_url: str, picture: Path, names: tuple[str, ...]) -> list[str]:
    """Draw the loop in the Dagster UI, keep a picture, and return which of the names are to be read there."""
    with looking(1800, 920) as page:
        page.goto(web_url + LINEAGE)
        page.get_by_text("champion_models").first.wait_for()
        page.wait_for_load_state("networkidle")
        shown = page.inner_text("body")
        page.screenshot(path=picture)
    return [name for name in names if name in shown]


def timeline(target_url: str, handle: str, session: dict[str, Any], picture: Path) -> str:
    """Look at the account's timeline in the sandbox, keep a picture, and return its text."""
    with looking(1200, 900, session) as page:
        page.goto(f"{target_url}/{handle}")
        page.get_by_test_id("tweet").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=picture)
        return page.inner_text("main")
