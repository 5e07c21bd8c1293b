"""The control endpoints under ``/_sandbox``: clock, reset, session, faults, ledger and the LLM's books.

All but health need ``Authorization: Bearer TOKEN``.
"""

import hmac
import json
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.site import Session, Site
from xbot_assets.sandbox.state.clock import ClockRefusedError, line_from, real_now
from xbot_assets.sandbox.state.faults import FaultRefusedError
from xbot_assets.sandbox.web.api.graphql import AUTH_COOKIE, CSRF_COOKIE
from xbot_assets.sandbox.web.pages import COOKIE_SECONDS
from xbot_assets.sandbox.web.planting import PlantingRefusedError, plant_act, plant_post, remove_post

HANDLE = re.compile(r"\w{1,15}")
RESERVED = {"home", "search", "notifications", "explore", "compose", "account", "login", "logout", "i", "t", "media"}
"""Handles that would hide a route of the site."""

Handler = Callable[[Request], Awaitable[Response]]


class _BadRequestError(ValueError):
    """A control request cannot be carried out; the message says why."""


class Control:
    """The control side of a site."""

    def __init__(self, site: Site, usage: UsageLog, token: str) -> None:
        self._site, self._usage, self._token = site, usage, token

    def routes(self) -> list[Route]:
        """Return the routes."""
        guarded: list[tuple[str, str, Handler]] = [
            ("GET", "clock", self._get_clock),
            ("PUT", "clock", self._put_clock),
            ("POST", "reset", self._reset),
            ("POST", "session", self._session),
            ("GET", "faults", self._get_faults),
            ("PUT", "faults", self._put_faults),
            ("GET", "ledger", self._ledger),
            ("POST", "posts", self._plant_post),
            ("POST", "acts", self._plant_act),
            ("POST", "removals", self._remove_post),
            ("GET", "llm/usage", self._llm_usage),
        ]
        health = Route("/_sandbox/health", self._health)
        return [health, *[Route(f"/_sandbox/{p}", self._guard(h), methods=[m]) for m, p, h in guarded]]

    def _guard(self, handler: Handler) -> Handler:
        expected = f"Bearer {self._token}".encode()

        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, expected):
                return JSONResponse({"error": "The control token is missing or wrong."}, 401)
            try:
                return await handler(request)
            except FaultRefusedError as error:
                return JSONResponse({"error": str(error), "problems": error.problems}, 422)
            except (_BadRequestError, ClockRefusedError, PlantingRefusedError) as error:
                return JSONResponse({"error": str(error)}, 422)

        return guarded

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"ok": True, "now": self._site.now().isoformat()})

    async def _get_clock(self, _request: Request) -> Response:
        return JSONResponse({**self._site.clock.line.as_json(), "now": self._site.now().isoformat()})

    async def _put_clock(self, request: Request) -> Response:
        self._site.clock.set(line_from(await _object(request)))
        return await self._get_clock(request)

    async def _reset(self, request: Request) -> Response:
        seed = (await _object(request)).get("seed")
        if not isinstance(seed, int) or isinstance(seed, bool):
            msg = "A reset needs {seed: a whole number}."
            raise _BadRequestError(msg)
        self._site.reset(seed)
        self._usage.clear()
        return JSONResponse({"seed": seed, "now": self._site.now().isoformat()})

    async def _session(self, request: Request) -> Response:
        handle = str((await _object(request)).get("handle", ""))
        if not HANDLE.fullmatch(handle) or handle.lower() in RESERVED:
            msg = "A handle is 1 to 15 letters, digits or underscores, and no name of a page."
            raise _BadRequestError(msg)
        session = self._site.log_in(handle)
        return JSONResponse(storage_state(session, request.url.hostname or "127.0.0.1"))

    async def _get_faults(self, _request: Request) -> Response:
        return JSONResponse(self._site.faults.active())

    async def _put_faults(self, request: Request) -> Response:
        self._site.faults.replace(await _object(request))
        return JSONResponse(self._site.faults.active())

    async def _ledger(self, _request: Request) -> Response:
        return JSONResponse({"posts": self._site.ledger()})

    async def _plant_post(self, request: Request) -> Response:
        post = plant_post(self._site, await _object(request))
        return JSONResponse({"id": post.id, "created_at": post.created_at.isoformat()})

    async def _plant_act(self, request: Request) -> Response:
        plant_act(self._site, await _object(request))
        return JSONResponse({"ok": True})

    async def _remove_post(self, request: Request) -> Response:
        remove_post(self._site, await _object(request))
        return JSONResponse({"ok": True})

    async def _llm_usage(self, _request: Request) -> Response:
        return JSONResponse(self._usage.as_json())


def storage_state(session: Session, host: str) -> dict[str, object]:
    """Return a login as Playwright's ``storage_state``. Cookies know a host but no port: a restart keeps them."""
    expires = real_now().timestamp() + COOKIE_SECONDS
    shared = {"domain": host, "path": "/", "expires": expires, "secure": False, "sameSite": "Lax"}
    cookies = [
        {"name": AUTH_COOKIE, "value": session.auth_token, "httpOnly": True, **shared},
        {"name": CSRF_COOKIE, "value": session.csrf, "httpOnly": False, **shared},
    ]
    return {"cookies": cookies, "origins": []}


async def _object(request: Request) -> dict[str, object]:
    try:
        document = json.loads(await request.body())
    except ValueError as error:
        msg = "The body is not JSON."
        raise _BadRequestError(msg) from error
    if not isinstance(document, dict):
        msg = "The body must be a JSON object."
        raise _BadRequestError(msg)
    return document
