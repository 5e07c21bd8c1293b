"""The lines of what is talked about, on small pages with the structure that X's have, in several languages."""

import pytest

from xbot_assets.browser.pages.reading import RawTrend
from xbot_assets.browser.pages.trends import _lines
from xbot_assets_tests.browser.conftest import Read
from xbot_assets_tests.browser.pages.small_pages import cell, page

CARET = '<div role="button"><span dir="ltr">More</span></div><button aria-label="More"></button>'


def line(*words: str, inside: str = "") -> str:
    """Return the cell of one trend with these lines."""
    blocks = "".join(f'<div dir="ltr"><span>{word}</span></div>' for word in words)
    return cell(f'<div data-testid="trend" role="link" tabindex="0">{blocks}{CARET}{inside}</div>')


def test_a_trend_has_what_stands_above_it_its_name_and_how_many_posts(read: Read) -> None:
    """In the page's order; the short list of the side column is another list."""
    html = page(line("1 · Trending in Germany", "#Kompost", "1,160 posts") + line("Food · Trending", "Sourdough"))
    beside = '<aside><div data-testid="trend"><div dir="ltr">a</div><div dir="ltr">b</div></div></aside>'
    raw = read(html.replace("</body>", f"{beside}</body>"), "/explore/tabs/trending").trends
    read_lines = _lines(raw, "en", 10)
    assert [(one.rank, one.name, one.context, one.posts) for one in read_lines.trends] == [
        (1, "#Kompost", "1 · Trending in Germany", 1160),
        (2, "Sourdough", "Food · Trending", None),
    ]
    assert read_lines.unread == 0


@pytest.mark.parametrize(
    ("language", "words", "posts"),
    [
        ("en", "152.9K posts", 152_900),
        ("de", "1.160 Posts", 1160),
        ("ja", "1.2万件のポスト", 12_000),
        ("es", "152,9 mil posts", 152_900),
        ("en", "Trending with 2026", None),
        ("en", "12 or 13 posts", None),
    ],
)
def test_a_number_is_read_in_the_language_of_the_page_or_is_absent(
    read: Read, language: str, words: str, posts: int | None
) -> None:
    """A number among other trends, which are links, counts nothing of this one."""
    below = f'<a href="/search?q=1">{words}</a>' if words.startswith("Trending with") else words
    raw = read(page(line("Trending", "Frost", below), language=language)).trends
    assert [one.posts for one in _lines(raw, language, 10).trends] == [posts]


def test_a_line_without_a_name_is_absent_and_counted_and_an_advertisement_is_neither(read: Read) -> None:
    """By its mark, or by what counts who sees it; ranks are among what could be read."""
    mark = '<svg><path d="M19.498 3h-15c-1.381 0"></path></svg>'
    tracked = f'<div data-testid="placementTracking">{line("Promoted by Shop", "Buy")}</div>'
    html = page(line("Trending") + line("Promoted by Shop", "Sale", inside=mark) + tracked + line("Trending", "Frost"))
    read_lines = _lines(read(html).trends, "en", 10)
    assert [(one.rank, one.name) for one in read_lines.trends] == [(1, "Frost")]
    assert read_lines.unread == 1


def test_no_more_lines_are_told_than_were_asked_for() -> None:
    """The first ones."""
    raw = [RawTrend(context="Trending", name=f"#{number}", below=None, promoted=False) for number in range(9)]
    assert [one.name for one in _lines(raw, "en", 2).trends] == ["#0", "#1"]
