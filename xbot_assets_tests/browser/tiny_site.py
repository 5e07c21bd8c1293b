"""A handful of X-like pages in this process, whose answers a test can change between two requests.

It exists for what a whole site cannot do on demand: break a connection, hang, or answer one odd thing.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from xbot_assets.testing.patience import until

NAV = '<a data-testid="AppTabBar_Profile_Link" href="/owner">Profile</a>'
COMPOSE = """<div role="dialog"><div data-testid="tweetTextarea_0" contenteditable="true" role="textbox"
 style="min-height:2em;white-space:pre-wrap"></div>
<button data-testid="tweetButton" aria-disabled="true">Post</button></div><script>
const editor = document.querySelector("[contenteditable]"), button = document.querySelector("button");
editor.addEventListener("input", () => {
  if (%(mangle)s) editor.textContent = "something else";
  const empty = !editor.textContent || %(disabled)s;
  empty ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
});
button.addEventListener("click", () => fetch("/i/api/graphql/q1/CreateTweet", {
  method: "POST", body: JSON.stringify({variables: {tweet_text: editor.innerText}})}));
</script>"""
POST = """<article data-testid="tweet" tabindex="-1"><div data-testid="User-Name"><a href="/owner">@owner</a></div>
<div data-testid="tweetText" lang="en">post %(id)s</div>
<a href="/owner/status/%(id)s"><time datetime="2026-02-03T11:13:23.000Z">now</time></a>
<div role="group" aria-label="1 reply, 2 likes, 30 views"></div></article>"""
GONE = '<div data-testid="error-detail">This page is not there</div>'


@dataclass
class TinySite:
    """What the site does next.

    Attributes:
        create: the answer to CreateTweet: a status and a body; ``None`` breaks the connection; ``"hang"`` waits.
        state: which session state the pages show.
        gone: ids of posts that are not there.
        slow: ids of posts whose page hangs.
        mangle: the editor changes what is typed.
        disabled: the Post button stays disabled.
        created: the bodies of all CreateTweet requests.
        sessions: how many sessions were handed out.
    """

    url: str = ""
    create: tuple[int, object] | str | None = (200, {})
    state: str = "logged_in"
    gone: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    mangle: bool = False
    disabled: bool = False
    created: list[object] = field(default_factory=list)
    sessions: int = 0
    waiting: threading.Event = field(default_factory=threading.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _release: asyncio.Event = field(default_factory=asyncio.Event)

    async def _session(self, _request: Request) -> Response:
        self.sessions += 1
        cookie = {"name": "auth_token", "value": f"s{self.sessions}", "domain": "127.0.0.1", "path": "/", "expires": -1}
        rest = {"httpOnly": True, "secure": False, "sameSite": "Lax"}
        return JSONResponse({"cookies": [cookie | rest], "origins": []})

    async def _page(self, request: Request) -> Response:
        moved = {"logged_out": "/i/flow/login", "locked": "/account/access"}.get(self.state)
        if moved and request.url.path != moved:
            return RedirectResponse(moved)
        return HTMLResponse(f"<title>X</title><body>{NAV}<div data-testid='primaryColumn'>home</div></body>")

    async def _login(self, _request: Request) -> Response:
        return HTMLResponse('<div role="dialog"><input name="text" autocomplete="username"></div>')

    async def _compose(self, _request: Request) -> Response:
        flags = {"mangle": str(self.mangle).lower(), "disabled": str(self.disabled).lower()}
        return HTMLResponse(f"<title>X</title><body>{NAV}{COMPOSE % flags}</body>")

    async def _status(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number in self.slow:
            await self._hang()
        inside = GONE if number in self.gone else POST % {"id": number}
        return HTMLResponse(f"<title>X</title><body>{NAV}<div data-testid='primaryColumn'>{inside}</div></body>")

    async def _create(self, request: Request) -> Response:
        self.created.append(await request.json())
        if self.create == "hang":
            await self._hang()
        if not isinstance(self.create, tuple):
            raise ConnectionAbortedError  # uvicorn has sent nothing yet: the connection just ends
        return JSONResponse(self.create[1], status_code=self.create[0])

    async def _hang(self) -> None:
        self.waiting.set()
        await self._release.wait()

    def let_go(self) -> None:
        """Answer everything that hangs now; what comes later hangs again."""
        self.loop.call_soon_threadsafe(self._let_go)

    def let_go_until(self, ended: Callable[[], bool]) -> None:
        """Answer everything that hangs, now and a little later, until what waits for it has ended."""

        def look() -> bool:
            self.let_go()
            return ended()

        until(look, "what hung has ended")

    def _let_go(self) -> None:
        self._release.set()
        self._release = asyncio.Event()

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/_sandbox/session", self._session, methods=["POST"]),
                Route("/i/flow/login", self._login),
                Route("/compose/post", self._compose),
                Route("/i/api/graphql/{query}/CreateTweet", self._create, methods=["POST"]),
                Route("/{handle}/status/{number}", self._status),
                Route("/{rest:path}", self._page),
            ]
        )


class _Dropping:
    """Ends the connection without an answer where the site raises ConnectionAbortedError."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        try:
            await self._app(scope, receive, send)
        except ConnectionAbortedError:
            send.__self__.transport.abort()


@contextmanager
def tiny_site() -> Iterator[TinySite]:
    """Serve the site on a free loopback port from a thread."""
    site = TinySite()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(_Dropping(site.app()), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: site.loop.run_until_complete(server.serve(sockets=[listener])))
        thread.start()
        try:
            yield site
        finally:
            site.let_go()
            server.should_exit = True
            thread.join()
            site.loop.close()
