"""The images of a post: checked by what they are, stored whole, all or none."""

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts import images
from xbot_assets.domain.posts.images import post_image, refuse_mixture
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, threads
from xbot_assets.testing.pictures import broken_png, picture, png
from xbot_assets.testing.queueing import NOON, code_of, new_post

CUT = 40
"""So many bytes of a file are its head and no picture."""


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (png(1), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("WEBP"), "image/webp"),
        (picture("GIF", frames=3), "image/gif"),
        (picture("PNG", 4, 8192), "image/png"),
        (png(1, images.IMAGE_BYTES_MAX), "image/png"),
    ],
)
def test_an_image_is_known_by_its_first_bytes(content: bytes, mime_type: str) -> None:
    """Whatever the file is called; the name is kept as a browser may have it."""
    image = post_image("my sea (1).jpg", content, "the sea")
    assert (image.mime_type, image.file_name, image.alt_text) == (mime_type, "my-sea-1-.jpg", "the sea")


@pytest.mark.parametrize("name", ["", "/", ".."])
def test_an_image_without_a_name_is_called_by_its_kind(name: str) -> None:
    """A browser's field takes no file without one."""
    assert post_image(name, png(1)).file_name == "image.png"


@pytest.mark.parametrize(
    ("content", "alt", "code", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", "image_type", "sea.png (SVG, 41 bytes) is not an image"),
        (b"BM" + bytes(2000), "", "image_type", "sea.png (BMP, 2 kB) is not an image that X takes."),
        (b"\0\0\0\x18ftypheic", "", "image_type", "sea.png (HEIC, 12 bytes) is not an image"),
        (b"\0\0\0\x18ftypmp42", "", "image_type", "sea.png (video, 12 bytes) is not an image"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- sea --><svg/>", "", "image_type", "(SVG, "),
        (b"<!DOCTYPE html><html></html>", "", "image_type", "(HTML page, "),
        (b"RIFF\0\0\0\0AVI LIST", "", "image_type", "(video, "),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "", "image_type", "(video, "),
        (b"\0\0\0\x0cJXL \r\n", "", "image_type", "(JPEG XL, "),
        (b"\0\0\1\0\1\0", "", "image_type", "(ICO, "),
        (b"8BPS\0\1", "", "image_type", "(PSD, "),
        (b"PK\3\4", "", "image_type", "(ZIP, "),
        (picture("PNG", frames=3), "", "image_type", ", 3 frames) is animated, and X plays only GIFs."),
        (picture("PNG", 300, 300)[:-12], "", "image_damaged", "(PNG, "),
        (b"words", "", "image_type", "sea.png (5 bytes) is not an image that X takes."),
        (b"", "", "image_type", "sea.png (0 bytes) is not an image"),
        (
            png(1, images.IMAGE_BYTES_MAX + 1),
            "",
            "image_too_large",
            "sea.png (PNG, 5,000,001 bytes) is too large: X takes at most 5",
        ),
        (
            picture("PNG", 2, 2),
            "",
            "image_dimensions",
            ", 2x2 pixels) has dimensions that X refuses: X takes images from",
        ),
        (picture("PNG", 9000, 16), "", "image_dimensions", ", 9000x16 pixels) has dimensions that X refuses"),
        (picture("JPEG", 3, 400), "", "image_dimensions", ", 3x400 pixels)"),
        (picture("GIF", 1300, 16), "", "image_dimensions", "X takes GIFs of at most 1280x1080 pixels"),
        (picture("GIF", 8, 8, 351), "", "image_dimensions", "it has 351 frames"),
        (png(1)[:CUT], "", "image_damaged", "sea.png (PNG, 40 bytes) is damaged or cut short"),
        (picture("PNG", 300, 300)[:-60], "", "image_damaged", "(PNG, "),
        (picture("JPEG", 300, 300)[:-200], "", "image_damaged", "sea.png (JPEG, "),
        (picture("WEBP", 300, 300)[:-40], "", "image_damaged", "sea.png (WebP, "),
        (picture("GIF", 300, 300, 3)[:-300], "", "image_damaged", "sea.png (GIF, "),
        (broken_png(), "", "image_damaged", "sea.png (PNG, 72 bytes)"),
        (
            png(1),
            "x" * 1001,
            "alt_text_too_long",
            "The alternative text of sea.png has 1001 characters as X counts them",
        ),
        (png(1), "🦊" * 501, "alt_text_too_long", "has 1002 characters as X counts them"),
    ],
)
def test_what_x_would_not_take_is_refused_with_a_sentence(content: bytes, alt: str, code: str, reason: str) -> None:
    """Before anything is queued, naming the file, its kind and its size."""
    with pytest.raises(PermanentFailure) as caught:
        post_image("sea.png", content, alt)
    assert caught.value.code == code
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_five_hundred_emoji_describe_an_image_and_a_control_character_does_not() -> None:
    """The field counts as JavaScript does; what no database takes is left out."""
    assert post_image("sea.png", png(1), "🦊" * 500).alt_text == "🦊" * 500
    assert post_image("sea.png", png(1), "a\0b\ud800").alt_text == "ab"


def test_a_gif_stands_alone() -> None:
    """Or up to four pictures."""
    gif, sea = post_image("fox.gif", picture("GIF", frames=2)), post_image("sea.png", png(1))
    refuse_mixture([gif])
    refuse_mixture([sea] * 4)
    for mixed in ([gif, sea], [sea, gif], [gif, gif]):
        with pytest.raises(PermanentFailure, match=r"fox.gif \(GIF, .* cannot stand beside other images") as caught:
            refuse_mixture(mixed)
        assert caught.value.code == "gif_alone"


def test_images_come_back_whole_and_in_order_each_with_its_own_post(database: Database) -> None:
    """Of the largest too; a thread's first segment may have some too."""
    sizes = (200, 300, images.IMAGE_BYTES_MAX, 1000)
    four = tuple(post_image(f"{size}.png", png(1, size), f"{size} bytes") for size in sizes)
    shown, bare = posts.enqueue_posts(
        database, [new_post("Shown.").model_copy(update={"images": four}), new_post("Bare.")], NOON
    )
    assert threads.post_images(database, shown) == list(four)
    assert threads.post_images(database, bare) == []
    head = new_post("One.").model_copy(update={"images": four[:1]})
    first, second = threads.enqueue_thread(database, [head, new_post("Two.")], NOON, daily_cap=9)
    assert [len(threads.post_images(database, post_id)) for post_id in (first, second)] == [1, 0]


def test_a_post_that_cannot_be_queued_leaves_no_image(database: Database) -> None:
    """One statement stores both."""
    post = new_post("The same.").model_copy(update={"images": (post_image("a.png", png(1)),)})
    posts.enqueue_posts(database, [post], NOON)
    assert code_of(lambda: posts.enqueue_posts(database, [post], NOON)) == "duplicate_text"
    assert posts.queue_counts(database) == {"queued": 1}
