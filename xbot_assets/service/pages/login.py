"""The ways in and out: the token and a name, a one-time link of ``xbot open``, and the log-out that ends a session."""

from collections.abc import Callable
from http import HTTPStatus

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.door.dagster_ui import DESTINATION
from xbot_assets.door.guard import COOKIE, Guard, keep_session, posted_fields, require_own_page
from xbot_assets.door.origins import under_the_name_of
from xbot_assets.settings import Settings
from xbot_assets.store.publishing.approvals import LONGEST_NAME

LOGIN_PATH = "/login"
OPENED_PATH = "/opened"
AFTER_LOGIN = "/inbox"
AFTER_LINK = "/"


def login_routes(
    settings: Callable[[], Settings], guard: Guard, templates: Callable[[], jinja2.Environment]
) -> list[Route]:
    """Return the routes."""
    handlers = _Ways(settings, guard, templates)
    return [
        Route(LOGIN_PATH, handlers.way_in, methods=["GET"]),
        Route(LOGIN_PATH, handlers.log_in, methods=["POST"]),
        Route(OPENED_PATH, handlers.opened, methods=["GET"]),
        Route("/logout", handlers.log_out, methods=["POST"]),
    ]


class _Ways:
    """Answers the requests of people who come and go."""

    def __init__(
        self, settings: Callable[[], Settings], guard: Guard, templates: Callable[[], jinja2.Environment]
    ) -> None:
        self._settings = settings
        self._guard = guard
        self._templates = templates

    async def way_in(self, request: Request) -> Response:
        """Show the login page; who is logged in and asked for the Dagster UI is led on to it."""
        if request.query_params.get("to") == DESTINATION and self._guard.session_of(request) is not None:
            return RedirectResponse(self._address(request, DESTINATION), HTTPStatus.SEE_OTHER)
        return self._login_page(to=request.query_params.get("to", ""))

    async def log_in(self, request: Request) -> Response:
        require_own_page(request)
        fields = await posted_fields(request)
        to, name = fields.get("to", ""), fields.get("name", "").strip()
        if not self._guard.admits(fields.get("token", "").strip()):
            return self._login_page("This is not the token.", to)
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            return self._login_page("Say who you are: decisions are kept under a name.", to)
        if to == DESTINATION:
            return self._led_on(request, name, to)  # our policy lets no form lead to another origin
        answer = RedirectResponse(AFTER_LOGIN, HTTPStatus.SEE_OTHER)
        keep_session(answer, self._guard.begin(request, name), request.url)
        return answer

    async def opened(self, request: Request) -> Response:
        """Log in who has a link of ``xbot open``; a program that only looks what is there does not spend it."""
        if request.method != "GET":
            return Response()
        try:
            name = self._guard.sessions.name_of_link(request.query_params.get("code", ""))
        except ProductError as failure:
            return _said(failure)
        if name is None:
            return self._login_page("This link was opened before, or is too old. Run 'xbot open' again.")
        return self._led_on(request, name, request.query_params.get("to", ""))

    async def log_out(self, request: Request) -> Response:
        """End the session for every page of the stack, whoever has a copy of its cookie."""
        session, _ = await self._guard.changing_form(request)
        try:
            self._guard.sessions.end(session)
        except ProductError as failure:
            return _said(failure)
        answer = RedirectResponse(LOGIN_PATH, HTTPStatus.SEE_OTHER)
        answer.delete_cookie(COOKIE)
        return answer

    def _led_on(self, request: Request, name: str, to: str) -> Response:
        """Begin a session and lead on by a page.

        Not by a redirection: to who was led here by a file, or another site, a browser would not send the cookie.
        """
        answer = HTMLResponse(self._render("opened.html", name=name, to=self._address(request, to)))
        keep_session(answer, self._guard.begin(request, name), request.url)
        return answer

    def _address(self, request: Request, to: str) -> str:
        web = self._settings().web_url
        return under_the_name_of(request, web) if to == DESTINATION and web else AFTER_LINK

    def _login_page(self, problem: str = "", to: str = "") -> Response:
        status = HTTPStatus.FORBIDDEN if problem else HTTPStatus.OK
        kept = DESTINATION if to == DESTINATION else ""
        return HTMLResponse(self._render("login.html", problem=problem, to=kept, longest_name=LONGEST_NAME), status)

    def _render(self, template: str, **values: str | int) -> str:
        return self._templates().get_template(template).render(**values)


def _said(failure: ProductError) -> Response:
    return PlainTextResponse(f"{failure.reason} {failure.remedy}", HTTPStatus.SERVICE_UNAVAILABLE)
