"""What an image file is: its kind, its pixels, and whether it can be read to its end.

Sources of the numbers: X's media upload rules (size, dimensions and frames of images and GIFs).
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageSequence, UnidentifiedImageError

SIDE_MIN, SIDE_MAX = 4, 8192
"""Pixels of a side; X answers "dimensions must be >= 4x4 and <= 8192x8192"."""
GIF_WIDTH_MAX, GIF_HEIGHT_MAX = 1280, 1080
GIF_FRAMES_MAX, GIF_PIXELS_MAX = 350, 300_000_000
"""A GIF's frames, and the pixels of all of them together."""
_OTHERS = (
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"....ftyp(?:hei|hev|mif)", re.DOTALL), "HEIC"),
    (re.compile(rb"....ftypavi", re.DOTALL), "AVIF"),
    (re.compile(rb"....(?:ftyp|moov|mdat|wide|free)|\x1aE\xdf\xa3|RIFF....AVI |OggS|FLV\x01", re.DOTALL), "video"),
    (re.compile(rb"\xff\x0a|....JXL ", re.DOTALL), "JPEG XL"),
    (re.compile(rb"....jP  |\xffO\xffQ", re.DOTALL), "JPEG 2000"),
    (re.compile(rb"\x00\x00\x01\x00"), "ICO"),
    (re.compile(rb"8BPS"), "PSD"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "ZIP"),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg", re.DOTALL),
        "SVG",
    ),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!DOCTYPE )?html", re.IGNORECASE), "HTML page"),
)
_PNG_END = b"IEND\xaeB`\x82"
"""Pillow reads a PNG that was cut short behind its pixels; others do not."""
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, UnidentifiedImageError)
"""What Pillow raises for a file that is damaged; which one depends on where."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The pixels of a readable image."""

    width: int
    height: int
    frames: int = 1

    def problem(self, *, is_gif: bool) -> str | None:
        """Say why X would not take an image of these dimensions, or ``None``."""
        if min(self.width, self.height) < SIDE_MIN or max(self.width, self.height) > SIDE_MAX:
            return f"X takes images from {SIDE_MIN}x{SIDE_MIN} to {SIDE_MAX}x{SIDE_MAX} pixels"
        return self._gif_problem() if is_gif else None

    def _gif_problem(self) -> str | None:
        if self.width > GIF_WIDTH_MAX or self.height > GIF_HEIGHT_MAX:
            return f"X takes GIFs of at most {GIF_WIDTH_MAX}x{GIF_HEIGHT_MAX} pixels"
        pixels = self.width * self.height * self.frames
        if self.frames > GIF_FRAMES_MAX or pixels > GIF_PIXELS_MAX:
            most = f"{GIF_FRAMES_MAX} frames and {GIF_PIXELS_MAX // 1_000_000} million pixels in all of them"
            return f"it has {self.frames} frames, and X takes GIFs of at most {most}"
        return None


def other_kind(content: bytes) -> str | None:
    """Return the name of a kind of file that X does not take as an image, or ``None`` for one that nobody knows."""
    return next((name for signature, name in _OTHERS if signature.match(content)), None)


def dimensions(content: bytes) -> Picture | None:
    """Return what the head of an image says of its pixels, or ``None`` when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an absurd size is refused by us, with a sentence
            with Image.open(io.BytesIO(content)) as opened:
                return Picture(opened.width, opened.height, getattr(opened, "n_frames", 1))
    except (*_UNREADABLE, Image.DecompressionBombError):
        return None


def is_complete(content: bytes) -> bool:
    """Say whether every frame can be decoded to its end; only for an image whose dimensions were accepted."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as opened:
                for frame in ImageSequence.Iterator(opened):
                    frame.load()
                if opened.format == "PNG" and _PNG_END not in content:
                    return False
    except _UNREADABLE:
        return False
    return True
