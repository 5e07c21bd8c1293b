"""The images of a post: what X takes, checked before a post is queued."""

import re
from pathlib import PurePath
from typing import Literal

from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

IMAGES_MAX = 4
"""Images that X shows in one post; the schema holds the same number."""
IMAGE_BYTES_MAX = 5_000_000
"""X refuses larger images (its media upload rules: 5 MB)."""
ALT_TEXT_MAX = 1_000
"""Characters that X takes as an image's alternative text."""
FILE_NAME_CHARS = 100
"""What the browser host takes as a file's name; a longer one loses its beginning, not its ending."""

MimeType = Literal["image/png", "image/jpeg", "image/webp", "image/gif"]
_SIGNATURES: tuple[tuple[re.Pattern[bytes], MimeType], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
)
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


class PostImage(BaseModel):
    """One image, whole. Make it with :func:`post_image`, which checks it."""

    model_config = ConfigDict(frozen=True)

    file_name: str
    mime_type: MimeType
    content: bytes
    alt_text: str = ""


def post_image(file_name: str, content: bytes, alt_text: str = "") -> PostImage:
    """Return the image as a post keeps it; its type is told from its first bytes, whatever its name says.

    Raises:
        PermanentFailure: ``image_type``, ``image_too_large`` or ``alt_text_too_long``.
    """
    name = PurePath(file_name).name
    mime_type = _type_of(content)
    if mime_type is None:
        raise PermanentFailure(
            f"{name} is not an image that X takes.",
            code=FailureCode.IMAGE_TYPE,
            remedy="Give a PNG, JPEG, WebP or GIF file.",
        )
    if len(content) > IMAGE_BYTES_MAX:
        raise PermanentFailure(
            f"{name} is too large: X takes images of at most {IMAGE_BYTES_MAX // 1_000_000} MB.",
            code=FailureCode.IMAGE_TOO_LARGE,
            remedy="Make it smaller.",
        )
    if len(alt_text) > ALT_TEXT_MAX:
        raise PermanentFailure(
            f"The alternative text of {name} has {len(alt_text)} characters; X takes at most {ALT_TEXT_MAX}.",
            code=FailureCode.ALT_TEXT_TOO_LONG,
            remedy="Shorten it.",
        )
    plain = _NOT_IN_A_NAME.sub("-", name)[-FILE_NAME_CHARS:]
    return PostImage(file_name=plain, mime_type=mime_type, content=content, alt_text=alt_text)


def _type_of(content: bytes) -> MimeType | None:
    return next((mime_type for signature, mime_type in _SIGNATURES if signature.match(content)), None)
