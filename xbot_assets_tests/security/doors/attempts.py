"""What a second local user tries; run under that user's account, with the standard library alone.

Reads one JSON document from standard input and prints what succeeded. Everything is tried: nothing here knows what is
thought to be safe.
"""
# ruff: noqa: PTH112, PTH208, PTH102, PTH118

import contextlib
import json
import os
import socket
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

SECONDS = 60
"""A limit, and no wait: what does not answer at once hangs up, and a door that is only slow is no closed one."""
MUTATION = {"query": 'mutation{setConcurrencyLimit(concurrencyKey:"second_user",limit:7)}'}
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
LOGIN = b"user\0%s\0database\0%s\0\0"
PROTOCOL_3 = b"\x00\x03\x00\x00"
BY_HAND = (
    ("GET", "/graphql?query={version}"), ("GET", "/opened?code=x"), ("GET", "/json/version"), ("GET", "/health"),
    ("POST", "/report_asset_materialization/second_user"),
)  # fmt: skip
"""Beside what the applications list: questions in an address, and what Chromium would answer at."""
NOTHING = (("", ""),)
BODIES = (
    ("form_token=x&name=me&token=x&text=x", "application/x-www-form-urlencoded"),
    (json.dumps(MUTATION), "application/json"),
)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def of_http(port: int, asks: list[list[str]], cookie: str) -> Iterator[str]:
    """Ask a server for everything, with a cookie that was come by; yield what was answered well."""
    hello = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    if not _exchange(port, hello, hang_up=False).startswith(b"HTTP/"):  # who hangs up gets no late answer
        return
    sent = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"} if cookie else {}
    for method, path in (*asks, *BY_HAND):
        reads = method in {"GET", "HEAD"}
        for body, kind in NOTHING if reads or (method, path) in BY_HAND else BODIES:
            headers = {**sent, "Content-Type": kind} if kind else sent
            data = None if reads else body.encode()
            url = f"http://127.0.0.1:{port}{path}"
            yield from _asked(urllib.request.Request(url, data, headers, method=method))


def _asked(request: urllib.request.Request) -> Iterator[str]:
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            if answer.status < 300:
                yield f"{request.get_method()} {request.full_url.partition('127.0.0.1:')[2]}"
    except (OSError, ValueError, HTTPException):  # refused
        return


def of_other_protocols(port: int) -> Iterator[str]:
    """Speak what databases, caches and gRPC speak; yield what let us in."""
    if _exchange(port, b"PING\r\n").startswith(b"+PONG"):
        yield f"{port} speaks Redis without a password"
    if _exchange(port, HTTP2)[3:4] == b"\x04":  # the type of a SETTINGS frame
        yield f"{port} speaks HTTP/2, as gRPC does"
    for user in (b"postgres", b"xbot"):
        words = PROTOCOL_3 + LOGIN % (user, user)
        answer = _exchange(port, (len(words) + 4).to_bytes(4, "big") + words)
        if answer[:1] == b"R" and answer[5:9] == b"\0\0\0\0":
            yield f"{port} lets {user.decode()} into PostgreSQL without a password"


def _exchange(port: int, words: bytes, *, hang_up: bool = True) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.settimeout(SECONDS)
            connection.sendall(words)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            return connection.recv(64)
    except OSError:
        return b""


def of_socket(name: str) -> Iterator[str]:
    """Connect to a Unix socket."""
    address = "\0" + name[1:] if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        if connection.connect_ex(address) == 0:
            yield f"connected to {name}"


def of_file(path: str) -> Iterator[str]:
    """Read a file or list a directory, and change it."""
    with contextlib.suppress(OSError):
        if os.path.isdir(path):
            os.listdir(path)
        else:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        yield f"read {path}"
    with contextlib.suppress(OSError):
        if os.path.isdir(path):
            os.mkdir(os.path.join(path, "second_user"))
        else:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        yield f"changed {path}"


def of_process(pid: int) -> Iterator[str]:
    """Look into a process's memory and environment, and signal it."""
    for name in ("mem", "environ", "maps"):
        with contextlib.suppress(OSError):
            os.close(os.open(f"/proc/{pid}/{name}", os.O_RDONLY))
            yield f"opened /proc/{pid}/{name}"
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        yield f"may signal {pid}"


def main() -> None:
    """Try everything, and tell."""
    target = json.load(sys.stdin)
    asks, cookie = target["asks"], target.get("cookie", "")

    def of_port(port: int) -> list[str]:
        return [*of_http(port, asks, cookie), *of_other_protocols(port)]

    with ThreadPoolExecutor(len(target["ports"])) as ports:
        succeeded = sorted({told for told_of_one in ports.map(of_port, target["ports"]) for told in told_of_one})
    succeeded += [told for name in target["sockets"] for told in of_socket(name)]
    succeeded += [told for path in target["files"] for told in of_file(path)]
    succeeded += [told for pid in target["processes"] for told in of_process(pid)]
    json.dump({"uid": os.getuid(), "succeeded": succeeded}, sys.stdout)


main()
