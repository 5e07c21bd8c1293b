"""The browser host: the one process that owns Chromium. ``python -m xbot_assets.browser.host.server --port N``.

HTTP, on loopback unless told otherwise: ``POST /operations`` (bearer token) takes an OperationCall and answers an
OperationAnswer; ``POST /operations/<id>/preempt`` cancels a low one. ``GET /health`` is 200, or 503 with the reason
while there is no Chromium.
"""

import argparse
import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Sequence

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.browser.chromium.confinement import RunAs
from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.keeper import ChromiumKeeper
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.chromium.processes import sweep_orphans
from xbot_assets.browser.host.perform import Performer
from xbot_assets.browser.host.pool import BrowserPool, ContextRules
from xbot_assets.browser.host.slots import SlotTable
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.session.source import session_source, target
from xbot_assets.browser.wire import CALL_BYTES_MAX, OperationAnswer, OperationCall
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.door.half_sent import complete_within
from xbot_assets.settings import Settings, load_settings

_log = logging.getLogger(__name__)

ADDRESSES = {"loopback": "127.0.0.1", "all": "0.0.0.0"}  # noqa: S104 - where runs are on other machines
"""What the host listens on, by the words of ``--bind``; whoever calls needs the token in any case."""
LISTENING = "Browser host listens on"
"""The log line that names the address begins so."""
DRAIN_SECONDS = 1
"""After the operations were cancelled, their answers get this long to leave."""
EXIT_BAD_START = 2
_PREEMPT_STATUS = {True: 200, False: 409, None: 404}


class Host:
    """The HTTP face of a :class:`Performer`."""

    def __init__(self, performer: Performer, token: str) -> None:
        self._performer = performer
        self._token = token
        self._running: set[asyncio.Task[OperationAnswer]] = set()

    def app(self) -> Starlette:
        """Return the ASGI application."""
        routes = [
            Route("/operations", self.operations, methods=["POST"]),
            Route("/operations/{operation_id}/preempt", self.preempt, methods=["POST"]),
            Route("/health", self.health, methods=["GET"]),
        ]
        return Starlette(routes=routes)

    async def operations(self, request: Request) -> Response:
        """Carry out one operation; 401 without the token, 413 and 422 for a body that is no OperationCall."""
        if not self._may(request):
            return _unauthorized()
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": f"a call has at most {CALL_BYTES_MAX} bytes"}, status_code=413)
        try:
            call = OperationCall.model_validate_json(body)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            return JSONResponse({"error": "not an operation call", "problems": problems}, status_code=422)
        task = asyncio.create_task(self._performer.answer(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # The caller may hang up; an operation that has begun still ends in its own way.
        return JSONResponse((await asyncio.shield(task)).model_dump(mode="json"))

    async def preempt(self, request: Request) -> Response:
        """Cancel one low operation: 200 when it has let go, 409 when it may not be cancelled, 404 without it."""
        if not self._may(request):
            return _unauthorized()
        done = await self._performer.pool.table.preempt(request.path_params["operation_id"])
        return JSONResponse({"preempted": done is True}, status_code=_PREEMPT_STATUS[done])

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    async def health(self, _request: Request) -> Response:
        """Say whether there is a Chromium to work with."""
        pool = self._performer.pool
        chromium = pool.chromium
        if chromium.trouble is None:
            return JSONResponse({"ok": True, **pool.describe()})
        body = {"ok": False, "degraded": chromium.degraded, "reason": chromium.trouble, **pool.describe()}
        return JSONResponse(body, status_code=503)

    def cancel_all(self) -> None:
        """End every operation now; each still answers."""
        for task in self._running:
            task.cancel()


def _unauthorized() -> Response:
    return JSONResponse({"error": "a bearer token is needed"}, status_code=401)


async def _body(request: Request) -> bytes | None:
    """Return the body, or ``None`` for one that is too long, of which no more is read than that takes to know."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > CALL_BYTES_MAX:
            return None
    return bytes(body)


class _Server(uvicorn.Server):
    """A server that leaves signals to :func:`serve`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, listener: socket.socket, run_as: RunAs | None) -> None:
    """Run the host until SIGTERM or SIGINT.

    Raises:
        ProductError: when the settings name no token, site, session or browser.
    """
    sweep_orphans()
    pool = pool_of(settings, run_as)
    performer = Performer(pool, site_of(settings), may_post=settings.mode != "shadow")
    host = Host(performer, _token(settings))
    server = _Server(
        uvicorn.Config(
            host.app(),
            http=complete_within(settings.service_request_seconds),
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keeper, serving = asyncio.create_task(pool.keep()), asyncio.create_task(server.serve(sockets=[listener]))
    _log.info("%s http://%s:%d", LISTENING, *listener.getsockname())
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({keeper, serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(host, server, (keeper, waiting), serving)
    if keeper.done() and not keeper.cancelled():
        keeper.result()  # it never ends by itself: raise what ended it


async def _end(
    host: Host, server: _Server, others: Sequence[asyncio.Task[object]], serving: asyncio.Task[None]
) -> None:
    host.cancel_all()
    server.should_exit = True
    for task in others:
        task.cancel()  # which ends Chromium, too
    await asyncio.gather(serving, *others, return_exceptions=True)


def pool_of(settings: Settings, run_as: RunAs | None) -> BrowserPool:
    """Return the pool that the settings describe.

    Raises:
        PermanentFailure: ``no_browser``, ``no_session`` or ``no_target``.
    """
    launcher = Launcher(find_browser(settings), run_as, settings.home, weaker=settings.mode == "sandbox")
    floor = settings.fourth_context_free_min_mb if settings.browser_fourth_context else None
    return BrowserPool(
        ChromiumKeeper(launcher, start_attempts=settings.browser_start_attempts),
        session_source(settings),
        SlotTable(settings.browser_slots, floor),
        ContextRules(site_of(settings).base, settings.context_memory_max_mb),
    )


def site_of(settings: Settings) -> Site:
    """Return the site that the settings name.

    Raises:
        PermanentFailure: ``no_target``: only shadow and live mode go to the real site without being told.
    """
    base = target(settings)
    if base is None:
        raise PermanentFailure("No site is configured.", code=FailureCode.NO_TARGET, remedy="Start the sandbox first.")
    return Site(base, settings.handle)


def _token(settings: Settings) -> str:
    if settings.browser_token is None or not settings.browser_token.get_secret_value():
        raise PermanentFailure(
            "The browser host needs a token.", code=FailureCode.NO_TOKEN, remedy="Set XBOT_BROWSER_TOKEN."
        )
    return settings.browser_token.get_secret_value()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the host as a program; return its exit code."""
    parser = argparse.ArgumentParser(prog="xbot_assets.browser.host.server", description="The browser host.")
    parser.add_argument("--port", type=int, required=True, help="The port; 0 takes a free one, see the log.")
    parser.add_argument("--bind", choices=ADDRESSES, default="loopback", help="all: other machines, too, may call.")
    parser.add_argument("--run-as", type=RunAs.parse, metavar="UID:GID", help="Whom Chromium runs as under root.")
    chosen = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        with socket.create_server((ADDRESSES[chosen.bind], chosen.port)) as listener:
            asyncio.run(serve(load_settings(), listener, chosen.run_as))
    except ProductError as failure:
        _log.error("%s %s", failure.reason, failure.remedy)
        return EXIT_BAD_START
    except OSError as error:
        _log.error("The port %d cannot be used: %s.", chosen.port, error.strerror)
        return EXIT_BAD_START
    return 0


if __name__ == "__main__":
    sys.exit(main())
