"""Small real images for tests."""

import io
import struct
import zlib
from typing import Literal

from PIL import Image

BEGINNING = b"\x89PNG\r\n\x1a\n"
SIDE = 8


def png(grey: int, size: int | None = None) -> bytes:
    """Return a grey PNG that any browser shows, filled up to ``size`` bytes; another grey is another image."""
    rows = (b"\0" + bytes([grey]) * SIDE) * SIDE
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    image = BEGINNING + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows))
    end = _chunk(b"IEND", b"")
    if size is None:
        return image + end
    return image + _chunk(b"teXt", b"x" * (size - len(image) - len(end) - len(_chunk(b"teXt", b"")))) + end


def picture(
    kind: Literal["PNG", "JPEG", "WEBP", "GIF"], width: int = SIDE, height: int = SIDE, frames: int = 1
) -> bytes:
    """Return an image of that kind and size; only a GIF has more frames than one, and no two of them are alike."""
    drawn = [Image.new("L", (width, height), number % 256) for number in range(frames)]
    file = io.BytesIO()
    drawn[0].save(file, kind, **({"save_all": True, "append_images": drawn[1:]} if frames > 1 else {}))
    return file.getvalue()


def broken_png() -> bytes:
    """Return a file that begins as a PNG and is none."""
    return BEGINNING + b"\0" * 64


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
