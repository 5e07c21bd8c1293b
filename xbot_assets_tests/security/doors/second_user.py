"""A second local user, who tries what a program of theirs could try. Only root can make and remove one."""

import contextlib
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from xbot_assets.testing.patience import PATIENCE

ATTEMPTS = Path(__file__).with_name("attempts.py")
ACCEPTS = 0x10000
"""The flag of a listening socket in ``/proc/net/unix`` (the kernel's ``__SO_ACCEPTCON``)."""
_BECOME = (
    "import sys,os,encodings.idna,contextlib,collections.abc,concurrent.futures.thread,http.client,json,socket; "
    "import urllib.request; "
    "u,g=int(sys.argv[1]),int(sys.argv[2]); source=open(sys.argv[3]).read(); os.chdir('/'); os.setgroups([]); "
    "os.setgid(g); os.setuid(u); exec(compile(source,'attempts','exec'))"
)


@dataclass(frozen=True, slots=True)
class SecondUser:
    """Somebody with an account here, and no part in the stack."""

    uid: int
    gid: int

    def tries(self, target: dict[str, Any]) -> list[str]:
        """Run every attempt as that user; return what succeeded, in words."""
        command = [sys.executable, "-I", "-S", "-c", _BECOME, str(self.uid), str(self.gid), str(ATTEMPTS)]
        done = subprocess.run(
            command, input=json.dumps(target), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["uid"] == self.uid
        return list(said["succeeded"])


@contextmanager
def second_user() -> Iterator[SecondUser]:
    """Make a user, and remove it."""
    useradd, userdel = (shutil.which(name, path="/usr/sbin:/sbin:/usr/bin") for name in ("useradd", "userdel"))
    if os.geteuid() != 0 or useradd is None or userdel is None:
        pytest.skip("only root can make a second local user to try the doors; nothing was tried")
    name = f"xbot-other-{os.getpid()}"
    subprocess.run([useradd, "--no-create-home", "--user-group", name], check=True, capture_output=True)
    try:
        entry = pwd.getpwnam(name)
        yield SecondUser(entry.pw_uid, entry.pw_gid)
    finally:
        subprocess.run([userdel, name], check=True, capture_output=True)


def processes_of(pid: int) -> list[psutil.Process]:
    """Return a stack's processes."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def listening_ports(pid: int) -> dict[int, str]:
    """Return every TCP port that a process of the stack listens on, with the process's own command."""
    servers: dict[int, str] = {}
    for process in processes_of(pid):
        with contextlib.suppress(psutil.NoSuchProcess):  # a run's worker may end just now
            for connection in process.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    servers[connection.laddr.port] = " ".join(process.cmdline())
    return servers


def listening_sockets(pid: int) -> list[str]:
    """Return every Unix socket that a process of the stack listens on; the kernel writes ``@`` for a zero byte."""
    ours = {inode for process in processes_of(pid) for inode in _socket_inodes(process.pid)}
    paths = []
    for line in Path("/proc/net/unix").read_text(encoding="utf-8", errors="surrogateescape").splitlines()[1:]:
        _, _, _, flags, _, _, inode, *path = line.split(None, 7)
        if path and int(flags, 16) & ACCEPTS and inode in ours:
            paths.append(path[0])
    return paths


def _socket_inodes(pid: int) -> set[str]:
    targets = set()
    with contextlib.suppress(OSError):  # it has just ended
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                targets.add(str(link.readlink()))
    return {target[8:-1] for target in targets if target.startswith("socket:[")}
