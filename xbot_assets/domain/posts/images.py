"""The images of a post: what X takes, checked before a post is queued."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.length.characters import units_of
from xbot_assets.domain.posts.presentable import storable

IMAGES_MAX = 4
"""Images that X shows in one post; the schema holds the same number."""
IMAGE_BYTES_MAX, GIF_BYTES_MAX = 5_000_000, 15_000_000
"""X refuses larger files (its media upload rules: images 5 MB, GIFs 15 MB)."""
ALT_TEXT_MAX = 1_000
"""What X's field for an image's alternative text takes: it counts as JavaScript does, most emoji as two."""
FILE_NAME_CHARS = 100
"""What the browser host takes as a file's name; a longer one loses its beginning, not its ending."""

MimeType = Literal["image/png", "image/jpeg", "image/webp", "image/gif"]
GIF: MimeType = "image/gif"
_KINDS: dict[MimeType, str] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP", GIF: "GIF"}
_SIGNATURES: tuple[tuple[re.Pattern[bytes], MimeType], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
)
_JPEG = b"\xff\xd8\xff"
"""A JPEG's further frames are previews of a camera: nothing moves."""
FILE_NAME = rf"[A-Za-z0-9_.-]{{1,{FILE_NAME_CHARS}}}"
"""What an image is called on its way to X."""
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class PostImage:
    """One image, whole. Make it with :func:`post_image`, which checks it."""

    file_name: str
    mime_type: MimeType
    content: bytes
    alt_text: str = ""


def post_image(file_name: str, content: bytes, alt_text: str = "") -> PostImage:
    """Return the image as a post keeps it; its type is told from its first bytes, whatever its name says.

    Raises:
        PermanentFailure: ``image_type``, ``image_too_large``, ``image_damaged``, ``image_dimensions`` or
            ``alt_text_too_long``; each names the file, its kind and its size.
    """
    from xbot_assets.domain.posts.pictures import other_kind  # noqa: PLC0415 - Pillow, which few processes need

    name, mime_type, alt = storable(PurePath(file_name).name), _type_of(content), storable(alt_text)
    if mime_type is None:
        kind = other_kind(content)
        raise PermanentFailure(
            f"{name} ({f'{kind}, ' if kind else ''}{told_size(len(content))}) is not an image that X takes.",
            code=FailureCode.IMAGE_TYPE,
            remedy="Give a PNG, JPEG, WebP or GIF file.",
        )
    told = f"{name} ({_KINDS[mime_type]}, {told_size(len(content))}"
    if len(content) > bytes_max(mime_type):
        raise too_large(f"{name} ({_KINDS[mime_type]}, {len(content):,} bytes)", bytes_max(mime_type))
    _check_pixels(told, content, is_gif=mime_type == GIF)
    if (counted := len(units_of(alt))) > ALT_TEXT_MAX:
        raise PermanentFailure(
            f"The alternative text of {name} has {counted} characters as X counts them; it takes {ALT_TEXT_MAX}.",
            code=FailureCode.ALT_TEXT_TOO_LONG,
            remedy="Shorten it.",
        )
    plain = _NOT_IN_A_NAME.sub("-", name)[-FILE_NAME_CHARS:] if name.strip(".") else mime_type.replace("/", ".")
    return PostImage(file_name=plain, mime_type=mime_type, content=content, alt_text=alt)


def refuse_mixture(images: Sequence[PostImage]) -> None:
    """Refuse a GIF with others: X shows one alone. Raises ``gif_alone``."""
    gif = next((image for image in images if image.mime_type == GIF), None)
    if gif is not None and len(images) > 1:
        raise PermanentFailure(
            f"{gif.file_name} (GIF, {told_size(len(gif.content))}) cannot stand beside other images: "
            f"X shows one GIF alone, or up to {IMAGES_MAX} pictures.",
            code=FailureCode.GIF_ALONE,
        )


def bytes_max(mime_type: str) -> int:
    """Return how large a file of this type X takes."""
    return GIF_BYTES_MAX if mime_type == GIF else IMAGE_BYTES_MAX


def too_large(told: str, most: int) -> PermanentFailure:
    """Build the failure of a file that X would not take; ``told`` names it."""
    return PermanentFailure(
        f"{told} is too large: X takes at most {told_size(most)} of this kind.",
        code=FailureCode.IMAGE_TOO_LARGE,
        remedy="Make it smaller.",
    )


def told_size(size: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


def _check_pixels(told: str, content: bytes, *, is_gif: bool) -> None:
    from xbot_assets.domain.posts.pictures import dimensions, is_complete  # noqa: PLC0415 - as above

    picture = dimensions(content)
    if picture is not None and picture.frames > 1 and not is_gif and not content.startswith(_JPEG):
        raise PermanentFailure(
            f"{told}, {picture.frames} frames) is animated, and X plays only GIFs.",
            code=FailureCode.IMAGE_TYPE,
            remedy="Save it as a GIF, or give one of its frames.",
        )
    problem = picture.problem(is_gif=is_gif) if picture else None
    if picture is not None and problem is not None:
        raise PermanentFailure(
            f"{told}, {picture.width}x{picture.height} pixels) has dimensions that X refuses: {problem}.",
            code=FailureCode.IMAGE_DIMENSIONS,
        )
    if picture is None or not is_complete(content):
        raise PermanentFailure(
            f"{told}) is damaged or cut short: it cannot be read to its end.", code=FailureCode.IMAGE_DAMAGED
        )


def _type_of(content: bytes) -> MimeType | None:
    return next((mime_type for signature, mime_type in _SIGNATURES if signature.match(content)), None)
