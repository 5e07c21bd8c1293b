"""Every address that a server answers at, taken from its application: what is added there is tried here."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages.inbox.decisions import DECISIONS
from xbot_assets.settings import Settings

SOCKET = "WEBSOCKET"
"""Stands where a method would."""
A_FILE = {"/static": "css/base.css"}
"""One that a directory of files holds; of others nothing is known, and any name is as good."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_ANY = {"asset": ("bandit_model",), "name": ("bandit_model-0.png",), "action": tuple(sorted(DECISIONS))}
"""Values that a parameter can have, beside 1."""


@dataclass(frozen=True, slots=True)
class Address:
    """What can be asked of a server."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def addresses(app: ASGIApp, values: Mapping[str, Sequence[str]] | None = None) -> list[Address]:
    """Return every address of an application, each parameter with each of its values."""
    routes = getattr(app, "routes", [])
    assert routes, "an application whose addresses are not known cannot be tried"
    return sorted(set(_of(routes, dict(_ANY) | dict(values or {}))), key=str)


def _of(routes: Sequence[BaseRoute], values: Mapping[str, Sequence[str]], below: str = "") -> Iterator[Address]:
    for route in routes:
        if isinstance(route, Route):
            for path in _filled(below + route.path, values):
                yield from (Address(method, path) for method in route.methods or ())
        elif isinstance(route, WebSocketRoute):
            yield from (Address(SOCKET, path) for path in _filled(below + route.path, values))
        elif isinstance(route, Mount) and route.routes:
            yield from _of(route.routes, values, below + route.path)
        else:
            assert isinstance(route, Mount), f"nobody knows what {route} answers"
            yield Address("GET", f"{below}{route.path}/{A_FILE.get(route.path, 'x')}")


def _filled(path: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names, form = _PARAMETER.findall(path), _PARAMETER.sub("{}", path)
    for chosen in itertools.product(*(values.get(name, ("1",)) for name in names)):
        yield form.format(*chosen)


def of_service(settings: Settings) -> list[Address]:
    """Return what the pages' server answers at."""
    return addresses(build_app(Connections(lambda: settings), []))


@contextmanager
def dagster_ui(place: Path) -> Iterator[Starlette]:
    """Give Dagster's own application, without our door, over an instance without any definitions."""
    place.mkdir(exist_ok=True)
    with (
        dg.DagsterInstance.local_temp(str(place)) as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context,
    ):
        yield DagsterWebserver(context).create_asgi_app()
