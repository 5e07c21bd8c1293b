"""Small real images for tests."""

import struct
import zlib

BEGINNING = b"\x89PNG\r\n\x1a\n"
SIDE = 8
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""One pixel."""


def png(grey: int, size: int | None = None) -> bytes:
    """Return a grey PNG that any browser shows, filled up to ``size`` bytes; another grey is another image."""
    rows = (b"\0" + bytes([grey]) * SIDE) * SIDE
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    image = BEGINNING + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows))
    end = _chunk(b"IEND", b"")
    if size is None:
        return image + end
    return image + _chunk(b"teXt", b"x" * (size - len(image) - len(end) - len(_chunk(b"teXt", b"")))) + end


def broken_png() -> bytes:
    """Return a file that begins as a PNG and is none."""
    return BEGINNING + b"\0" * 64


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
