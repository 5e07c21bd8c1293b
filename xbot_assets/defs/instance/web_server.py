"""Dagster's web server behind our door, whoever starts it.

``python -m xbot_assets.defs.instance.web_server`` takes the arguments of ``dagster-webserver``. ``dagster dev`` and
``dagster-webserver`` itself start Dagster's own program: there the storage hangs the door, because no UI of this
instance comes up without its storage.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from types import ModuleType, SimpleNamespace

import uvicorn
from starlette.types import ASGIApp

from xbot_assets.defs.instance.dagster_internals import (
    DEVELOPING,
    WEB_SERVER,
    WEB_SERVER_APPLICATION,
    WEB_SERVER_COMMAND,
    WEB_SERVER_UVICORN,
)
from xbot_assets.door.dagster_ui import dagster_door
from xbot_assets.door.half_sent import complete_within
from xbot_assets.door.live_settings import LiveSettings
from xbot_assets.settings import Settings

STOP_SECONDS = 3
"""An answer that is under way gets this long when the web server stops; the UI keeps a WebSocket open for ever."""


def guard_this_process(settings: Settings) -> None:
    """Do what a process of Dagster's owes to this instance: a web server its door, ``dagster dev`` private sockets."""
    server = sys.modules.get(WEB_SERVER)
    if server is not None:
        hang_door(server)
    if os.environ.get(DEVELOPING) and settings.sockets is not None and settings.sockets.is_dir():
        # Its code servers, which run whatever they are asked to, put their sockets where temporary files go.
        os.environ["TMPDIR"] = str(settings.sockets)
        tempfile.tempdir = None


def hang_door(server: ModuleType) -> None:
    """Have Dagster's web server put the door before its application. Done twice, it is done once.

    Raises:
        AttributeError: Dagster has changed; without its door the server does not start.
    """
    make = getattr(server, WEB_SERVER_APPLICATION)
    if not getattr(make, "has_door", False):
        setattr(server, WEB_SERVER_APPLICATION, _Guarded(make))
        getattr(server, WEB_SERVER_UVICORN)
        setattr(server, WEB_SERVER_UVICORN, SimpleNamespace(run=_run))


class _Guarded:
    """Makes Dagster's application, and puts the door before it."""

    has_door = True
    """Asked instead of the class, of which there are two where this module is the program, too."""

    def __init__(self, make: Callable[..., ASGIApp]) -> None:
        self._make = make

    def __call__(self, *arguments: object, **options: object) -> ASGIApp:
        return dagster_door(self._make(*arguments, **options), LiveSettings())


def _run(app: ASGIApp, *, host: str, port: int, log_level: str) -> None:
    patience = complete_within(LiveSettings()().service_request_seconds)
    uvicorn.run(app, host=host, port=port, log_level=log_level, http=patience, timeout_graceful_shutdown=STOP_SECONDS)


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    server = import_module(WEB_SERVER)
    hang_door(server)
    getattr(server, WEB_SERVER_COMMAND)(arguments, prog_name="dagster-webserver")


if __name__ == "__main__":
    main(sys.argv[1:])
