"""Image files of the command line."""

from collections.abc import Sequence
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.images import IMAGE_BYTES_MAX, IMAGES_MAX, PostImage, post_image
from xbot_assets.regular_files import open_regular


def read_images(paths: Sequence[Path], alts: Sequence[str]) -> tuple[PostImage, ...]:
    """Return the images of these files, the first with the first alternative text.

    Raises:
        PermanentFailure: ``image_unreadable``, ``too_many_images``, ``alt_without_image``, or as ``post_image``.
    """
    if len(paths) > IMAGES_MAX:
        raise PermanentFailure(
            f"X shows {IMAGES_MAX} images in a post, not {len(paths)}.", code=FailureCode.TOO_MANY_IMAGES
        )
    if alts and len(alts) != len(paths):
        raise PermanentFailure(
            f"There are {len(alts)} alternative text(s) for {len(paths)} image(s).",
            code=FailureCode.ALT_WITHOUT_IMAGE,
            remedy="Give one --alt for each --image, in the same order; --alt '' for none.",
        )
    return tuple(
        post_image(path.name, _content(path), alt) for path, alt in zip(paths, alts or [""] * len(paths), strict=True)
    )


def _content(path: Path) -> bytes:
    """Read no more than shows that a file is too large."""
    try:
        with open_regular(path) as file:
            return file.read(IMAGE_BYTES_MAX + 1)
    except OSError as error:
        raise PermanentFailure(
            f"The image {path} cannot be read: {error.strerror}.",
            code=FailureCode.IMAGE_UNREADABLE,
            remedy="Check the path.",
        ) from error
