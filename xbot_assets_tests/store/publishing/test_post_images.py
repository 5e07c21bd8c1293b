"""The images of a post: checked by what they are, stored whole, all or none."""

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts import images
from xbot_assets.domain.posts.images import post_image
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, threads
from xbot_assets.testing.queueing import NOON, code_of, new_post

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\n\n\n\nWEBPVP8 ", "image/webp"),
        (b"GIF89a", "image/gif"),
    ],
)
def test_an_image_is_known_by_its_first_bytes(content: bytes, mime_type: str) -> None:
    """Whatever the file is called; the name is kept as a browser may have it."""
    image = post_image("my sea (1).jpg", content, "the sea")
    assert (image.mime_type, image.file_name, image.alt_text) == (mime_type, "my-sea-1-.jpg", "the sea")


@pytest.mark.parametrize(
    ("content", "alt", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", "sea.png is not an image that X takes"),
        (b"", "", "is not an image"),
        (PNG + bytes(images.IMAGE_BYTES_MAX), "", "sea.png is too large: X takes images of at most 5 MB"),
        (PNG, "x" * (images.ALT_TEXT_MAX + 1), "has 1001 characters"),
    ],
)
def test_what_x_would_not_take_is_refused_with_a_sentence(content: bytes, alt: str, reason: str) -> None:
    """Before anything is queued."""
    with pytest.raises(PermanentFailure, match=reason):
        post_image("sea.png", content, alt)


def test_images_come_back_whole_and_in_order_each_with_its_own_post(database: Database) -> None:
    """Of every byte there is, and one of the largest; a thread's first segment may have some too."""
    largest = (PNG + bytes(range(256)) * (images.IMAGE_BYTES_MAX // 256))[: images.IMAGE_BYTES_MAX]
    sizes = (8, 300, images.IMAGE_BYTES_MAX, 1000)
    four = tuple(post_image(f"{size}.png", largest[:size], f"{size} bytes") for size in sizes)
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
    post = new_post("The same.").model_copy(update={"images": (post_image("a.png", PNG),)})
    posts.enqueue_posts(database, [post], NOON)
    assert code_of(lambda: posts.enqueue_posts(database, [post], NOON)) == "duplicate_text"
    assert posts.queue_counts(database) == {"queued": 1}
