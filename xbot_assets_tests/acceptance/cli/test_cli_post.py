"""``xbot post`` as a person types it, on a real database: a post, a thread, and images. In this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.images import IMAGE_BYTES_MAX
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, threads
from xbot_assets.testing.pictures import picture, png
from xbot_assets.testing.queueing import row
from xbot_assets.x.operations import Publish

Post = Callable[..., Result]


@pytest.fixture
def post(tmp_path: Path, database_url: str) -> Post:
    """Run ``xbot post`` with some words."""
    environment = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_DATABASE_URL": database_url}

    def run(*words: object, **settings: str) -> Result:
        given = {f"XBOT_{name.upper()}": value for name, value in settings.items()}
        return CliRunner().invoke(app, ["post", *map(str, words)], env=environment | given)

    return run


def test_several_texts_are_a_thread_whose_first_post_shows_the_images(
    database: Database, post: Post, tmp_path: Path
) -> None:
    """The numbers are printed in order."""
    for grey, name in enumerate(("sea", "sky")):
        (tmp_path / name).write_bytes(png(grey))
    images = ("--image", tmp_path / "sea", "--alt", "waves", "--image", tmp_path / "sky", "--alt", "")
    done = post("One.", "Two.", "Three.", *images)
    assert done.exit_code == 0, done.exception
    ids = [int(line) for line in done.stdout.split()]
    assert [row(database, post_id).segment for post_id in ids] == [0, 1, 2]
    shown = threads.post_images(database, ids[0])
    assert [(image.file_name, image.alt_text) for image in shown] == [("sea", "waves"), ("sky", "")]
    assert threads.post_images(database, ids[1]) == []
    single = int(post("Alone.", "--image", tmp_path / "sea").stdout)
    assert row(database, single).segment is None
    assert len(threads.post_images(database, single)) == 1


def test_what_cannot_be_queued_says_why_and_queues_nothing(database: Database, post: Post, tmp_path: Path) -> None:
    """Every segment is checked as a single post is, and every image before the first row is written."""
    sea, text, big, gif = (tmp_path / name for name in ("a.png", "notes.png", "big.png", "fox.gif"))
    sea.write_bytes(png(1))
    gif.write_bytes(picture("GIF", frames=2))
    text.write_text("no picture")
    big.write_bytes(png(1, IMAGE_BYTES_MAX + 1))
    for words, told in (
        (("One.", " "), "A post needs words"),
        (("One.", "x" * 300), "X counts 300 where 280"),
        (("Half **bold",), "marks of Markdown"),
        (("1/5 Compost is alive",), "part of a thread"),
        (("In Python \\n is a break",), "whether a line break is meant"),
        ([f"Number {n}." for n in range(26)], "from 2 to 25 segments, not 26"),
        ([f"Number {n}." for n in range(25)], "never fits into a day on which at most 24"),
        (("One.", "--image", text), "notes.png (10 bytes) is not an image"),
        (("One.", "--image", big), "big.png (PNG, 5,000,001 bytes) is too large"),
        (("One.", "--image", tmp_path / "none.png"), "cannot be read: No such file"),
        (("One.", "--image", tmp_path), "cannot be read: Is a directory"),
        (("One.", *(["--image", sea] * 5)), "X shows 4 images in a post, not 5"),
        (("One.", "--image", sea, "--image", gif), "X shows one GIF alone, or up to 4 pictures"),
        (("One.", "--image", sea, "--alt", "🦊" * 501), "has 1002 characters as X counts them"),
        (("One.", "--image", sea, "--alt", "a", "--alt", "b"), "2 alternative text(s) for 1 image"),
        (("One.", "--alt", "a"), "1 alternative text(s) for 0 image"),
    ):
        failure = post(*words).exception
        assert isinstance(failure, ProductError), words
        assert told in str(failure)
    assert posts.queue_counts(database) == {}


def test_a_backslash_and_an_n_is_a_line_break_and_marks_are_taken_off(database: Database, post: Post) -> None:
    """As 'xbot post --help' says."""
    single = int(post("a\\nb &amp; **c**").stdout)
    assert row(database, single).text == "a\nb & c"
    first, second = (int(line) for line in post("1/ One.", "2/ Two.").stdout.split())
    assert [row(database, post_id).text for post_id in (first, second)] == ["1/ One.", "2/ Two."]


@pytest.mark.parametrize(
    ("limit", "text", "told"),
    [
        ("25000", "Hello.", "XBOT_POST_MAX_WEIGHTED_CHARS: Input should be less than or equal to 4000"),
        ("4000", "x" * 4001, "X counts 4001 where 4000 are allowed"),
        ("4000", "https://example.com/" + "a" * 4001, "4021 characters, and at most 4000 can be"),
        ("280", "語" * 141, "X counts 282 where 280 are allowed"),
    ],
)
def test_what_the_browser_step_cannot_type_is_refused_when_it_is_queued(
    database: Database, post: Post, limit: str, text: str, told: str
) -> None:
    """One limit, told at once: by the setting, by X's count, or by the characters."""
    failure = post(text, post_max_weighted_chars=limit).exception
    assert isinstance(failure, ProductError)
    assert told in str(failure)
    assert posts.queue_counts(database) == {}


def test_the_longest_text_that_is_queued_is_one_that_the_browser_step_takes(database: Database, post: Post) -> None:
    """Heavy characters count two, so the limit on the count is reached before the one on characters."""
    text = "x" * 4000
    post_id = int(post(text, post_max_weighted_chars="4000").stdout)
    assert Publish(text=row(database, post_id).text).text == text
