"""Asks a gRPC server whether it serves, by the standard health service (grpc.health.v1), in a few frames of HTTP/2.

Written out because the gRPC library costs the supervisor 19 MB and threads of its own for one question. The answer
comes from the server's Python threads: one that only has its sockets open, stopped or hung, does not give it.
"""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

Address = tuple[str, int] | Path
"""A host and its port, or a Unix socket."""
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS = 0x0, 0x1, 0x4
_END_STREAM, _END_HEADERS, _ACK = 0x1, 0x4, 0x1
_FRAME_HEAD = struct.Struct("!HBBBI")
"""Length (upper 16 of 24 bits, then the lower 8), type, flags, stream."""
_EMPTY_MESSAGE = b"\x00" * 5
"""gRPC's frame of an empty protobuf message: not compressed, of length 0. It asks about the server as a whole."""
_SERVING = b"\x00\x00\x00\x00\x02\x08\x01"
"""The answer: field 1 of the message is 1, SERVING."""
_FRAMES_MAX = 32


def grpc_serves(address: Address, seconds: float) -> bool:
    """Say whether the server answers that it serves; each wait for it ends after ``seconds``."""
    try:
        with _connection(address, seconds) as connection:
            connection.sendall(_PREFACE + _frame(_SETTINGS, 0, 0, b"") + _question())
            return any(kind == _DATA and body == _SERVING for kind, body in _answers(connection))
    except (OSError, EOFError):
        return False


def _connection(address: Address, seconds: float) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout=seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(str(address))
    except OSError:
        connection.close()
        raise
    return connection


def _question() -> bytes:
    """Return the call's headers, by the static table of RFC 7541, and its message."""
    headers = b"".join(
        (
            b"\x83\x86",  # :method POST, :scheme http
            b"\x04" + _text("/grpc.health.v1.Health/Check"),  # :path
            b"\x01" + _text("localhost"),  # :authority
            b"\x0f\x10" + _text("application/grpc"),  # content-type
            b"\x00" + _text("te") + _text("trailers"),
        )
    )
    return _frame(_HEADERS, _END_HEADERS, 1, headers) + _frame(_DATA, _END_STREAM, 1, _EMPTY_MESSAGE)


def _text(words: str) -> bytes:
    return bytes([len(words)]) + words.encode()


def _frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    return _FRAME_HEAD.pack(len(body) >> 8, len(body) & 0xFF, kind, flags, stream) + body


def _answers(connection: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield type and body of each frame until the connection ends."""
    with connection.makefile("rb") as stream:
        for _ in range(_FRAMES_MAX):
            upper, lower, kind, flags, _stream = _FRAME_HEAD.unpack(_exactly(stream.read(_FRAME_HEAD.size)))
            body = stream.read(upper << 8 | lower)
            if kind == _SETTINGS and not flags & _ACK:
                connection.sendall(_frame(_SETTINGS, _ACK, 0, b""))
            yield kind, body


def _exactly(head: bytes) -> bytes:
    if len(head) != _FRAME_HEAD.size:
        raise EOFError("The server closed the connection.")
    return head
