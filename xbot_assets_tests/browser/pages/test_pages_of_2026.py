"""Pages and answers of X of September 2026: a translated post, and lists of an operation with a new name."""

import json

import pytest

from xbot_assets.browser.pages.told.posts import ToldPosts
from xbot_assets.x.answers import Counts, PostReading
from xbot_assets_tests.browser.conftest import Read
from xbot_assets_tests.browser.pages.saved_pages import folder_of_2026

PAGES = folder_of_2026()


def test_a_translated_post_and_its_translated_quote_are_marked(read: Read) -> None:
    """The page has no language of its own here: the bar's plain numbers need none."""
    html = (PAGES / "html_quote_translated_zh-hant_202609.html").read_text("utf-8")
    post = read(html, "/saved").readings()[0]
    assert (post.text, post.lang, post.translated) == (None, None, True)
    assert [(box.handle, box.text, box.translated) for box in post.quoted] == [("sample", None, True)]
    assert post.counts == Counts(replies=0, reposts=45, likes=958, bookmarks=192, views=25633)
    assert post.photos == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "json_UserOriginalsTimeline_shape_20260914.json",
            {"2099603832846393389": (0, 7), "2099603000000000001": (2, 11)},
        ),
        (
            "json_UserRepliesTimeline_shape_20260914.json",
            {"2099594030929842403": (None, 3), "2099594032628576747": (None, 4)},
        ),
    ],
)
def test_posts_are_told_whatever_the_operation_is_called(
    name: str, expected: dict[str, tuple[int | None, ...]]
) -> None:
    """Text, language and counts come from the post's own data."""
    told = ToldPosts()
    told.hear(json.loads((PAGES / name).read_text("utf-8")))
    for post_id, (likes, views) in expected.items():
        bare = PostReading(
            post_id=post_id,
            handle="sample",
            permalink=None,
            created_at=None,
            text=None,
            lang=None,
            translated=True,
            counts=Counts(),
            label="",
        )
        read = told.completed(bare)
        assert (read.lang, read.counts.views) == ("en", views)
        assert read.text
        assert likes is None or read.counts.likes == likes
