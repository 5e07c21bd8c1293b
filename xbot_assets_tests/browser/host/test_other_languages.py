"""The sandbox in other languages, in translation, with ads cut out of their frames: read through host and page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from xbot_assets.browser.pages.profile import profile_of_page
from xbot_assets.browser.pages.reading import Snapshot, script
from xbot_assets.browser.pages.told.timelines import timeline
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.sandbox.state.faults import LOCALES
from xbot_assets.x.answers import PostReading
from xbot_assets.x.operations import Publish, ReadOwnTimeline, ReadPosts, ReadProfile, Search
from xbot_assets_tests.browser.host_rig import HANDLE, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

KNOWN = "plainmoney"
"""An account of the sandbox's world with 47,100 followers."""
LINK = "https://x.com/marta_bytes/status/1234567890123456789"
ROUNDED = 0.1
"""How far a shortened number may be below the whole one."""


@contextmanager
def opened(
    chromium: Browser, sandbox: Sandbox, path: str, want: str, answers: list[Any] | None = None
) -> Iterator[Page]:
    """Open a page of the sandbox as the account, and wait as the product does; keep what it is told of its post."""

    def keep(response: Response) -> None:
        if answers is not None and "/TweetDetail" in response.url:
            answers.append(response.json())

    context = chromium.new_context(storage_state=sandbox.session(HANDLE), viewport={"width": 1280, "height": 1400})
    try:
        page = context.new_page()
        page.on("response", keep)
        page.goto(f"{sandbox.url}{path}")
        page.wait_for_function(script(), arg={"what": "loaded", "want": want})
        yield page
    finally:
        context.close()


def taken(page: Page) -> Snapshot:
    """Read a page by itself, without X's data."""
    return Snapshot.model_validate(page.evaluate(script(), {"what": "read", "scroll": 0}))


def read_post(host: HostProcess, post_id: str | None) -> PostReading:
    """Read a post through the host."""
    return host.run(ReadPosts(post_ids=(post_id or "",), handle=HANDLE)).posts[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_post_s_own_page_says_the_same_as_x_s_data_in_every_language(
    host: HostProcess, chromium: Browser, sandbox: Sandbox, locale: str
) -> None:
    """Views stand in the label only. Read twice: with X's data and without."""
    listed = next(post for post in host.run(Search(query="the", limit=20)).posts if post.counts.views)
    assert listed.permalink is not None
    sandbox.faults(locale=locale)
    answers: list[Any] = []
    with opened(chromium, sandbox, listed.permalink, "status", answers) as page:
        focal = next(post for post in taken(page).readings() if post.post_id == listed.post_id)
    told = next(item.post for item in timeline(answers[0]) if item.post and item.post.post_id == listed.post_id)
    assert focal.focal
    counts = focal.counts
    assert (counts.replies, counts.reposts, counts.likes) == (told.replies, told.reposts, told.likes)
    assert (counts.bookmarks, counts.views) == (told.bookmarks, told.views)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_profile_s_page_shows_nearly_what_x_s_data_say_in_every_language(
    host: HostProcess, chromium: Browser, sandbox: Sandbox, locale: str
) -> None:
    """Shortened numbers are cut, never another number."""
    exact = host.run(ReadProfile(handle=KNOWN))
    assert exact.exact
    sandbox.faults(locale=locale)
    with opened(chromium, sandbox, f"/{KNOWN}", "profile") as page:
        seen = taken(page)
    assert seen.profile is not None
    shown = profile_of_page(KNOWN, seen.profile, seen.state.language)
    for name in ("followers", "following", "posts"):
        whole, cut = getattr(exact, name), getattr(shown, name)
        assert cut is not None, (name, seen.profile)
        assert whole * (1 - ROUNDED) <= cut <= whole


@pytest.mark.parametrize("locale", ["zh-Hant", "es"])
def test_a_post_in_translation_is_read_in_its_own_words(
    host: HostProcess, chromium: Browser, sandbox: Sandbox, locale: str
) -> None:
    """X's data have them; the page alone has none."""
    text = f"Own words & <b>signs</b> for a reader of {locale}."
    done = host.run(Publish(text=text))
    sandbox.faults(locale=locale, translated=True)
    read = read_post(host, done.post_id)
    assert (read.text, read.lang, read.translated) == (text, "en", True)
    own = next(post for post in host.run(ReadOwnTimeline(limit=10)).posts if post.post_id == done.post_id)
    assert (own.text, own.translated) == (text, True)
    with opened(chromium, sandbox, f"/{HANDLE}/status/{done.post_id}", "status") as page:
        alone = next(post for post in taken(page).readings() if post.post_id == done.post_id)
    assert (alone.text, alone.lang, alone.translated) == (None, None, True)


def test_a_link_to_a_post_comes_back_as_it_was_written(host: HostProcess, chromium: Browser, sandbox: Sandbox) -> None:
    """From X's data and from the page."""
    text = f"Look at {LINK} and at https://example.org/a/path/that/is/cut/for/its/length now"
    done = host.run(Publish(text=text))
    assert read_post(host, done.post_id).text == text
    with opened(chromium, sandbox, f"/{HANDLE}/status/{done.post_id}", "status") as page:
        assert next(post for post in taken(page).readings() if post.post_id == done.post_id).text == text


@pytest.mark.parametrize("locale", ["en", "ja"])
def test_an_ad_without_its_wrapper_is_not_taken_for_a_post(
    host: HostProcess, chromium: Browser, sandbox: Sandbox, locale: str
) -> None:
    """Ads have no time: through the host, and on the page alone."""
    sandbox.faults(locale=locale, cropped_ads=True)
    searched = host.run(Search(query="the", limit=40)).posts
    with opened(chromium, sandbox, "/search?q=the&src=typed_query&f=live", "list") as page:
        assert page.locator("[data-testid=placementTracking] article").count() == 0
        alone = taken(page).readings()
    for shown in (searched, alone):
        assert [post.promoted for post in shown] == [post.created_at is None for post in shown]
        assert any(post.promoted for post in shown)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_list_that_failed_is_transient_in_every_language(host: HostProcess, sandbox: Sandbox, locale: str) -> None:
    """X's pages have not changed: they say, in their own words, that it may be tried again."""
    sandbox.faults(locale=locale, list_fails=True)
    with pytest.raises(ProductError) as caught:
        host.run(ReadOwnTimeline(limit=5))
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "timeline_failed")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_follows_discover_more_is_no_answer_in_any_language(
    chromium: Browser, host: HostProcess, sandbox: Sandbox, locale: str
) -> None:
    """Of a conversation's page only the posts above that heading are read."""
    done = host.run(Publish(text=f"Nobody answers this in {locale}."))
    sandbox.faults(locale=locale)
    with opened(chromium, sandbox, f"/{HANDLE}/status/{done.post_id}", "status") as page:
        shown = page.locator("article[data-testid=tweet]")
        page.wait_for_function("document.querySelectorAll('[data-testid=cellInnerDiv] h2').length > 0")
        page.wait_for_function("document.querySelectorAll('article[data-testid=tweet]').length > 1")
        assert shown.count() > 1
        assert [post.post_id for post in taken(page).readings()] == [done.post_id]
