"""A whole stack whose database, cache and language model stand behind proxies."""

import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.supervision.child import Child
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.testing.load.stack import LoadStack, load_stack
from xbot_assets.testing.load.victims import CHROMIUM, Victims
from xbot_assets.testing.proxy import Proxy, running_proxy
from xbot_assets.testing.servers import running, running_database_server

SILENCE_SECONDS = "10"
"""What stands still for so long is replaced."""
DOWN_SECONDS = "15"
"""A part that is not well for so long is told: an alert comes, and has to end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The stack, what keeps its two stores, and the ways to them and to the model."""

    stack: LoadStack
    stores: dict[str, Child]
    ways: dict[str, Proxy]
    victims: Victims

    def pid_of(self, part: str) -> int:
        """Return the number of a part's process, 0 while there is none."""
        if part in self.stores:
            return self.stores[part].pid or 0
        return next((entry.pid for entry in read_record(self.stack.home) if entry.name == part), 0)

    def kill_chromium(self) -> None:
        """Kill the browser itself, as soon as there is one."""
        self.victims.kill(CHROMIUM)


@contextmanager
def stage(more: Mapping[str, str] = {}) -> Iterator[Stage]:
    """Start everything, with more settings; stop it and remove its data at the end."""
    place = Path(tempfile.mkdtemp(prefix="xbot-pairs-"))
    place.chmod(0o711)  # PostgreSQL's user must pass through
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, place, ignore_errors=True)
        postgres, database = ending.enter_context(running_database_server(place / "database"))
        valkey = EmbeddedValkey(place / "cache")
        valkey.prepare()
        cache = ending.enter_context(running(valkey.program(), place / "cache"))
        sandbox = _free_port()
        ways = {
            "database": ending.enter_context(_before(postgres.url())),
            "cache": ending.enter_context(_before(valkey.url())),
            "model": ending.enter_context(running_proxy("127.0.0.1", sandbox)),
        }
        settings = {
            "database_url": through(postgres.url(), ways["database"]),
            "redis_url": through(valkey.url(), ways["cache"]),
            "openai_base_url": f"http://127.0.0.1:{ways['model'].port}/v1",
            "sandbox_port": str(sandbox),
            "silence_max_seconds": SILENCE_SECONDS,
            "part_down_seconds": DOWN_SECONDS,
        }
        stack = ending.enter_context(load_stack(settings | dict(more)))
        yield Stage(stack, {"postgres": database, "valkey": cache}, ways, Victims(stack))


def through(url: str, proxy: Proxy) -> str:
    """Return the same address by way of a proxy."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{proxy.port}"))


@contextmanager
def _before(url: str) -> Iterator[Proxy]:
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError("The server has no address to stand before.")
    with running_proxy(parts.hostname, parts.port) as proxy:
        yield proxy


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
