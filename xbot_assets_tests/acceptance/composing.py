"""Reads the compose file as compose would: with its variables filled in, service by service."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

from xbot_assets.settings import CHECKOUT

COMPOSE = CHECKOUT / "deploy" / "compose.yaml"
SECRET = "only-for-the-length-of-a-test-0123456789"  # noqa: S105 - of a test's stack
_VARIABLE = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is started with."""

    words: tuple[str, ...]
    environment: dict[str, str]


def services(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the services of the file with these variables; a default where one has none."""
    text = COMPOSE.read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(lambda match: _value(match, variables), text))["services"]
    return document


def composed(**addresses: str) -> dict[str, Service]:
    """Return the services as a test starts them: with free ports, secrets, and the stores' addresses as given."""
    ports = iter(_free_ports(4))
    names = ("XBOT_BROWSER_PORT", "XBOT_SERVICE_PORT", "XBOT_WEB_PORT", "XBOT_SANDBOX_PORT")
    chosen = {name: str(next(ports)) for name in names}
    target = {"XBOT_TARGET_URL": f"http://127.0.0.1:{chosen['XBOT_SANDBOX_PORT']}"}
    read = services(chosen | target)
    own = {f"XBOT_{name.upper()}": value for name, value in addresses.items()}
    own |= {name: chosen[name] for name in names[1:]}
    return {
        name: Service(
            tuple(service.get("entrypoint", [])) + tuple(service.get("command", [])),
            {key: str(value) for key, value in service["environment"].items()} | (own if name == "xbot" else {}),
        )
        for name, service in read.items()
        if "XBOT_MODE" in service.get("environment", {})
    }


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    name, sign, words = match.groups()
    if name in variables:
        return variables[name]
    return SECRET if sign == "?" or sign is None else words


def _free_ports(many: int) -> list[int]:
    sockets = [socket.socket() for _ in range(many)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
