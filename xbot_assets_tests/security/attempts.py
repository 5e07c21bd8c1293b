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
from http.client import HTTPException

SECONDS = 10
MUTATION = {"query": 'mutation{setConcurrencyLimit(concurrencyKey:"second_user",limit:7)}'}
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
LOGIN = b"user\0%s\0database\0%s\0\0"
PROTOCOL_3 = b"\x00\x03\x00\x00"
GETS = (
    "/", "/health", "/health/live", "/health/ready", "/api/status.json", "/inbox", "/server_info", "/opened?code=x",
    "/graphql?query={version}", "/operations", "/json/version", "/static/css/base.css", "/login", "/_sandbox/clock",
    "/approvals", "/calendar", "/calendar/posts.json", "/posts/1", "/insights", "/system", "/system/jobs",
    "/write", "/events",
)  # fmt: skip
POSTS = (
    ("/graphql", json.dumps(MUTATION), "application/json"),
    ("/report_asset_materialization/second_user", "", ""),
    ("/report_asset_materialization/second_user", "{}", "application/json"),
    ("/approvals/1/approve", "form_token=x", "application/x-www-form-urlencoded"),
    ("/inbox/1/approve", "form_token=x", "application/x-www-form-urlencoded"),
    ("/write", "--b--", "multipart/form-data; boundary=b"),
    ("/write/1/plan", "form_token=x", "application/x-www-form-urlencoded"),
    ("/write/count", "text=x", "application/x-www-form-urlencoded"),
    ("/login", "name=me&token=x", "application/x-www-form-urlencoded"),
    ("/logout", "form_token=x", "application/x-www-form-urlencoded"),
    ("/operations", "{}", "application/json"),
    ("/_sandbox/clock", "{}", "application/json"),
)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def of_http(port: int, cookie: str) -> Iterator[str]:
    """Ask for pages and changes, with a cookie that was come by; yield what was answered well."""
    sent = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"} if cookie else {}
    for path in GETS:
        yield from _asked(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=sent))
    for path, body, kind in POSTS:
        headers = {**sent, "Content-Type": kind} if kind else sent
        yield from _asked(urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(), headers))


def _asked(request: urllib.request.Request) -> Iterator[str]:
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            if answer.status < 300:
                yield f"{request.get_method()} {request.full_url.partition('127.0.0.1:')[2]}"
    except (OSError, ValueError, HTTPException):  # refused, or no HTTP is spoken here
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


def _exchange(port: int, words: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.settimeout(SECONDS)
            connection.sendall(words)
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
    cookie = target.get("cookie", "")
    succeeded = [told for port in target["ports"] for told in (*of_http(port, cookie), *of_other_protocols(port))]
    succeeded += [told for name in target["sockets"] for told in of_socket(name)]
    succeeded += [told for path in target["files"] for told in of_file(path)]
    succeeded += [told for pid in target["processes"] for told in of_process(pid)]
    json.dump({"uid": os.getuid(), "succeeded": succeeded}, sys.stdout)


main()
