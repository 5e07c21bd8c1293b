"""Runs a real PgBouncer before a database, where one is installed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from xbot_assets.testing.patience import PATIENCE, until

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
WHY_ABSENT = "There is no PgBouncer here: 'apt-get install pgbouncer' gives one."


@contextmanager
def pgbouncer(folder: Path, url: str, **settings: str | int) -> Iterator[str]:
    """Run one with these settings of its own, and yield the address of the database behind it."""
    assert PROGRAM is not None
    place = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    behind = f"host={place.hostname} port={place.port} user={place.username} password={unquote(place.password or '')}"
    lines = [f"{name} = {value}" for name, value in settings.items()]
    lines += ["listen_addr = 127.0.0.1", f"listen_port = {port}", "auth_type = any", "unix_socket_dir ="]
    config = folder / "pgbouncer.ini"
    config.write_text("\n".join(["[databases]", f"* = {behind}", "[pgbouncer]", *lines, ""]))
    as_another = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, *as_another, str(config)], stderr=log, stdout=log)
    try:
        until(lambda: process.poll() is not None or _listens(port), "PgBouncer listens")
        assert process.poll() is None, (folder / "pgbouncer.log").read_text()
        yield urlunsplit(place._replace(netloc=f"{place.username}:{place.password}@127.0.0.1:{port}"))
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
