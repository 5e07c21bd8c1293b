"""A page that could not be read is kept with what readers go by, and with nothing of the session."""

from playwright.sync_api import Page

from xbot_assets.browser.pages.evidence import script
from xbot_assets_tests.browser.conftest import Read

LONG = "c5d1e0f6a7b8493012345678deadbeefcafe0123"
PAGE = f"""<html><head><meta name="csrf" content="{LONG}"><script>window.token = "{LONG}"</script>
<style>.a {{ color: red }}</style></head><body>
<header><button data-testid="SideNav_AccountSwitcher_Button">Own Name @owner</button></header>
<main role="main"><article data-testid="post2" tabindex="0">
<div lang="en">A text   with words, mail me@example.org, and {LONG}</div>
<a href="/me/status/1?auth={LONG}#x" aria-label="3 likes">link</a>
<form><input name="authenticity_token" value="{LONG}"><textarea>draft of mine</textarea></form>
<div contenteditable="true">typed words</div><iframe src="https://ads.example/{LONG}"></iframe>
<svg><path d="M0 0"></path></svg><noscript>{LONG}</noscript><img src="https://pbs.example/{LONG}" alt="A cat">
<script>var later = "{LONG}"</script></article></main>
<aside>Messages from Bob</aside></body></html>"""


def outline(page: Page) -> str:
    """Return what is kept of a page."""
    kept: str = page.evaluate(script())["outline"]
    return kept


def test_structure_and_words_are_kept_and_what_is_the_sessions_is_not(page: Page, read: Read) -> None:
    """No token in whatever place, no address beyond its path, no form, no account, nothing beside the main part."""
    read(PAGE, "/me/status/1")
    kept = outline(page)
    assert '<article data-testid="post2" tabindex="0">' in kept
    assert "A text with words, mail [cut] and [cut]" in kept
    assert '<a aria-label="3 likes" href="/me/status/1">' in kept
    for secret in (LONG, "owner", "example.org", "auth=", "draft of mine", "typed words", "Bob", "ads.example"):
        assert secret not in kept
    assert page.evaluate(script())["path"] == "/me/status/1"


def test_of_a_page_without_a_main_part_no_words_are_kept(page: Page, read: Read) -> None:
    """Whose words they are is not known then; what it is made of is."""
    read('<html><body><div data-testid="else">Somebody wrote this</div></body></html>')
    assert outline(page) == '<body>\n <div data-testid="else">'


def test_an_endless_page_is_cut(page: Page, read: Read) -> None:
    """Three thousand elements tell enough."""
    read(f"<html><body><main>{'<p>word</p>' * 5000}</main></body></html>")
    lines = outline(page).splitlines()
    assert (len(lines), lines[-1]) == (3001, "[cut]")
