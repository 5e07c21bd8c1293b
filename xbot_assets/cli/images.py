"""Image files of the command line."""

import os
from collections.abc import Sequence
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.images import (
    GIF_BYTES_MAX,
    IMAGES_MAX,
    PostImage,
    post_image,
    refuse_mixture,
    too_large,
)
from xbot_assets.regular_files import open_regular


def read_images(paths: Sequence[Path], alts: Sequence[str]) -> tuple[PostImage, ...]:
    """Return the images of these files, the first with the first alternative text.

    Raises:
        PermanentFailure: ``image_unreadable``, ``too_many_images``, ``alt_without_image``, or as ``post_image`` and
            ``refuse_mixture``.
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
    given = zip(paths, alts or [""] * len(paths), strict=True)
    images = tuple(post_image(path.name, _content(path), alt) for path, alt in given)
    refuse_mixture(images)
    return images


def _content(path: Path) -> bytes:
    """Read a file that may be an image: no more of it than shows that it is too large."""
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(GIF_BYTES_MAX + 1) if size <= GIF_BYTES_MAX else b""
    except OSError as error:
        raise PermanentFailure(
            f"The image {path} cannot be read: {error.strerror}.",
            code=FailureCode.IMAGE_UNREADABLE,
            remedy="Check the path.",
        ) from error
    if size > GIF_BYTES_MAX:
        raise too_large(f"{path.name} ({size:,} bytes)", GIF_BYTES_MAX)
    return content
