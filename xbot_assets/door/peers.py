"""Which account of this machine is at the other end of a connection.

Browsers do not keep cookies apart by port: another account's server on another port of this machine can be sent ours.
So a session holds for the account that began it; a copy of its cookie in another account's hands is worth nothing.
"""

import sys
from pathlib import Path

TABLE = Path("/proc/net/tcp")
"""Linux's list of connections with the account of each end; elsewhere nobody is told apart."""
STATE_KEY = "peer_account"
"""Under this name a connection's account is in the state of its requests."""
_ORPHAN = "0"
"""The inode of a socket that its program has left: the list then says account 0 whoever it was."""


def account_of(client: tuple[str, int] | None, server: tuple[str, int | None] | None) -> int | None:
    """Return the number of the account that connected; ``None`` when it is not of this machine, or not known."""
    if client is None or server is None or server[1] is None:
        return None
    try:
        wanted = [_as_listed(client[0], client[1]), _as_listed(server[0], server[1])]
        lines = TABLE.read_text(encoding="ascii").splitlines()[1:]
    except (OSError, ValueError):
        return None
    for line in lines:
        fields = line.split(maxsplit=10)
        if fields[1:3] == wanted:
            return None if fields[9] == _ORPHAN else int(fields[7])
    return None


def _as_listed(host: str, port: int) -> str:
    """Write an IPv4 address as the kernel does: the four bytes as one number of the machine's own order."""
    number = int.from_bytes(bytes(int(part) for part in host.split(".")), sys.byteorder)
    return f"{number:08X}:{port:04X}"
