"""A proxy on loopback that speaks SOCKS5 and HTTP, and takes whatever it is asked for to one server of the test."""

import contextlib
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Manner = Literal["works", "wants login", "refuses", "nonsense", "hangs up", "breaks after the request"]
_SOCKS = 5
_PASSWORD_METHOD = 2
_NO_METHOD = 0xFF
_REFUSED = 5
_ADDRESS = b"\0\1\x7f\0\0\1\0\0"
"""The rest of a SOCKS5 reply: reserved, IPv4, 127.0.0.1, port 0."""
_CHUNK = 65536


@dataclass
class LittleProxy:
    """A running proxy: where it listens, how it behaves, and which hosts it was asked for."""

    port: int
    target: tuple[str, int]
    manner: Manner
    asked: list[str] = field(default_factory=list)

    def url(self, scheme: str) -> str:
        """Return its address as a variable of the environment has it."""
        return f"{scheme}://{'' if self.manner != 'wants login' else 'me:hunter2@'}127.0.0.1:{self.port}"


@contextlib.contextmanager
def little_proxy(target: tuple[str, int], manner: Manner = "works") -> Iterator[LittleProxy]:
    """Run a proxy until the block ends."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _serve(self.request, proxy)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy = LittleProxy(server.server_address[1], target, manner)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


def _serve(client: socket.socket, proxy: LittleProxy) -> None:
    first = client.recv(1, socket.MSG_PEEK)
    if not first or proxy.manner == "hangs up":
        return
    if proxy.manner == "nonsense":
        client.sendall(b"220 mail.example ESMTP\r\n")
        return
    if first[0] == _SOCKS:
        _serve_socks(client, proxy)
    else:
        _serve_http(client, proxy)


def _serve_socks(client: socket.socket, proxy: LittleProxy) -> None:
    _, count = client.recv(2)
    client.recv(count)
    if proxy.manner == "wants login":
        client.sendall(bytes([_SOCKS, _PASSWORD_METHOD]))
        client.recv(_CHUNK)
        client.sendall(b"\1\1")  # a wrong name or password
        return
    client.sendall(bytes([_SOCKS, 0]))
    request = client.recv(_CHUNK)
    proxy.asked.append(request[5 : 5 + request[4]].decode())
    if proxy.manner == "refuses":
        client.sendall(bytes([_SOCKS, _REFUSED]) + _ADDRESS)
        return
    client.sendall(bytes([_SOCKS, 0]) + _ADDRESS)
    _relay(client, proxy, b"")


def _serve_http(client: socket.socket, proxy: LittleProxy) -> None:
    head = b""
    while b"\r\n\r\n" not in head and (more := client.recv(_CHUNK)):
        head += more
    method, address, _ = head.split(b" ", 2)
    proxy.asked.append(address.decode())
    if proxy.manner in {"wants login", "refuses"}:
        status = b"407 Proxy Authentication Required" if proxy.manner == "wants login" else b"502 Bad Gateway"
        client.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        return
    if method == b"CONNECT":
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        _relay(client, proxy, b"")
    else:
        path = urlsplit(address.decode()).path.encode()
        _relay(client, proxy, head.replace(address, path, 1))


def _relay(client: socket.socket, proxy: LittleProxy, head: bytes) -> None:
    """Pass everything on in both directions until one side has no more."""
    if proxy.manner == "breaks after the request":
        while not head.endswith(b"}"):
            head += client.recv(_CHUNK)
        return
    with socket.create_connection(proxy.target) as server:
        server.sendall(head)
        while True:
            for ready in select.select([client, server], [], [])[0]:
                data = ready.recv(_CHUNK)
                if not data:
                    return
                (server if ready is client else client).sendall(data)
