"""The HTML routes: one shell page that the script fills, X's redirects, login, portraits and short links."""

import json
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from xbot_assets.sandbox.people import art
from xbot_assets.sandbox.site import Session, Site
from xbot_assets.sandbox.state.links import resolve
from xbot_assets.sandbox.web.api.errors import api_error
from xbot_assets.sandbox.web.api.graphql import AUTH_COOKIE, CSRF_COOKIE
from xbot_assets.sandbox.web.media import svg

STATIC = Path(__file__).parents[1] / "static"
LOGIN_PAGE, ACCESS_PAGE = "/i/flow/login", "/account/access"
COOKIE_SECONDS = 365 * 24 * 3600
"""How long a login's cookies live."""
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""Content security policy: the page can load nothing from elsewhere."""
PRIVATE = (
    "/home",
    "/search",
    "/notifications",
    "/notifications/mentions",
    "/compose/post",
    "/compose/post/media",
    "/explore",
    "/explore/tabs/trending",
    "/explore/tabs/news",
    "/i/chat",
)
OLD_ROUTES = {"/login": LOGIN_PAGE, "/compose/tweet": "/compose/post", "/": "/home"}


class Pages:
    """The HTML side of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._shell = Template((STATIC / "shell.html").read_text(encoding="utf-8"))

    def routes(self) -> list[Route | Mount]:
        """Return the routes, the catch-all ones last."""
        return [
            Route("/static/app.js", self._script),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/i/api/1.1/onboarding/task.json", self._login, methods=["POST"]),
            Route("/i/api/1.1/account/logout.json", self._logout, methods=["POST"]),
            Route("/profile_images/{name}", self._avatar),
            Route("/profile_banners/{name}", self._banner),
            Route("/t/{code}", self._link),
            Route("/favicon.ico", self._icon),
            *[Route(old, self._moved) for old in OLD_ROUTES],
            *[Route(path, self._page) for path in (LOGIN_PAGE, ACCESS_PAGE, *PRIVATE)],
            Route("/{handle}", self._page),
            Route("/{handle}/{tab}", self._page),
            Route("/{handle}/status/{post_id}", self._page),
            Route("/{handle}/status/{post_id}/{rest:path}", self._page),
        ]

    # --- pages --------------------------------------------------------------------------------------------
    async def _moved(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(OLD_ROUTES[request.url.path] + query, 302)

    async def _page(self, request: Request) -> Response:
        session = self._site.session(request.cookies.get(AUTH_COOKIE))
        target = self._redirect(request.url.path, session)
        if target:
            return RedirectResponse(target, 302)
        state = json.dumps(self._state(session)).replace("<", "\\u003c")
        body = self._shell.substitute(state=state, lang=self._site.faults.text("locale"))
        return HTMLResponse(body, headers={"content-security-policy": POLICY, "cache-control": "no-store"})

    def _redirect(self, path: str, session: Session | None) -> str | None:
        if session is None:
            wanted = path in PRIVATE or path == ACCESS_PAGE
            return f"{LOGIN_PAGE}?redirect_after_login={quote(path, safe='')}" if wanted else None
        locked = self._site.faults.flag("locked")
        if locked and path != ACCESS_PAGE:
            return ACCESS_PAGE
        return "/home" if path == LOGIN_PAGE or (path == ACCESS_PAGE and not locked) else None

    def _state(self, session: Session | None) -> dict[str, object]:
        """Return what the script must know before its first request."""
        faults, account = self._site.faults, session.account if session else None
        return {
            "handle": account.handle if account else None,
            "name": account.name if account else None,
            "userId": account.id if account else None,
            "locale": faults.text("locale"),
            "translated": faults.flag("translated"),
            "countsHidden": faults.flag("counts_hidden"),
            "croppedAds": faults.flag("cropped_ads"),
            "changedMarkup": faults.flag("changed_markup"),
            "suspended": faults.flag("suspended"),
            "tabs": faults.text("tabs"),
            "newNames": faults.text("list_names") == "new",
            "altLost": faults.flag("media_alt_lost"),
            "altExplainedAgain": faults.flag("media_alt_explained_again"),
            "lateButton": faults.number("late_button_seconds"),
            "overlay": faults.text("overlay"),
            "suggestions": faults.text("suggestions"),
            "now": self._site.now().isoformat(),
            "rate": self._site.clock.line.rate,
        }

    async def _script(self, _request: Request) -> Response:
        if self._site.faults.flag("script_load_failure"):
            return PlainTextResponse("", 503)
        body = (STATIC / "app.js").read_text(encoding="utf-8")
        return Response(body, media_type="text/javascript", headers={"cache-control": "no-cache"})

    # --- login --------------------------------------------------------------------------------------------
    async def _login(self, request: Request) -> Response:
        """Answer one step: an identifier is known or not; any password fits in the sandbox."""
        try:
            asked = json.loads(await request.body())
            handle, step = str(asked["identifier"]).strip().lstrip("@"), str(asked["subtask"])
        except (ValueError, KeyError, TypeError):
            return api_error(400, 366, "flow name LoginFlow is currently not accessible")
        account = self._site.posts.by_handle(handle)
        if account is None or account.origin != "session":
            return api_error(400, 399, "Sorry, we could not find your account.")
        if step == "LoginEnterUserIdentifierSSO":
            return JSONResponse({"subtasks": [{"subtask_id": "LoginEnterPassword"}]})
        if not asked.get("password"):
            return api_error(400, 399, "Wrong password!")
        response = JSONResponse({"subtasks": [{"subtask_id": "LoginSuccessSubtask"}]})
        set_cookies(response, self._site.log_in(account.handle))
        return response

    async def _logout(self, request: Request) -> Response:
        session = self._site.session(request.cookies.get(AUTH_COOKIE))
        if session and request.headers.get("x-csrf-token") == session.csrf:
            self._site.log_out(session.auth_token)
        response = JSONResponse({"status": "ok"})
        response.delete_cookie(AUTH_COOKIE)
        return response

    # --- pictures and links -------------------------------------------------------------------------------
    async def _avatar(self, request: Request) -> Response:
        account = self._site.posts.account(request.path_params["name"].partition("_")[0])
        return svg(art.avatar(account.id, account.name)) if account else PlainTextResponse("", 404)

    async def _banner(self, request: Request) -> Response:
        return svg(art.banner(request.path_params["name"]))

    async def _link(self, request: Request) -> Response:
        url = resolve(self._site.database, request.path_params["code"])
        if url is None:
            return PlainTextResponse("No such link.", 404)
        text = f"This post links to {escape(url)}. The sandbox never leaves this machine."
        return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>Link</title><p>{text}")

    async def _icon(self, _request: Request) -> Response:
        return svg(art.avatar("sandbox", "S B"))


def set_cookies(response: Response, session: Session) -> None:
    """Give the browser its login: ``auth_token`` (hidden from scripts) and ``ct0`` (which scripts must send)."""
    life = {"max_age": COOKIE_SECONDS, "path": "/"}
    response.set_cookie(AUTH_COOKIE, session.auth_token, httponly=True, samesite="lax", **life)  # type: ignore[arg-type]
    response.set_cookie(CSRF_COOKIE, session.csrf, samesite="lax", **life)  # type: ignore[arg-type]
