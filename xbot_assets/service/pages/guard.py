"""Who may open the pages, and which requests may change something.

A session is a signed cookie that only this process can make. Changing requests must be POSTs of our own pages: same
origin, the session's cookie, and the form's token, which only a page that was shown to that session holds.
"""

import getpass
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from itsdangerous import BadData, Signer, URLSafeTimedSerializer
from pydantic import SecretStr
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "xbot_session"
TOKEN_FIELD = "form_token"  # noqa: S105 - a form field's name
SESSION_LIFE = timedelta(hours=12)
"""A day's work; then the token is asked for again."""
FORM_BYTES_MAX = 512 * 1024
"""The longest post that X allows, every character escaped, with room to spare."""
LOGIN_PATH = "/login"
OPEN_PATHS = ("/health/live", "/static/", LOGIN_PATH)
"""What anybody may ask for: whether the process lives, the looks of a page, and the way in."""
FORM_TYPE = "application/x-www-form-urlencoded"
_KEY_BYTES = 32
_SIGNING = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the pages. ``cookie`` is empty for a program that sends the token with each request."""

    name: str
    cookie: str = ""


class Guard:
    """Makes and reads sessions. Without a token everybody who reaches the service is the owner.

    The signing key lives and dies with the process, so a restart ends all sessions.
    """

    def __init__(self, token: Callable[[], SecretStr | None]) -> None:
        self._token = token
        key = secrets.token_bytes(_KEY_BYTES)
        self._sessions = URLSafeTimedSerializer(key, salt="session", signer_kwargs=_SIGNING)
        self._forms = Signer(key, salt="form", key_derivation="hmac", digest_method=hashlib.sha256)

    @property
    def asks_for_login(self) -> bool:
        """Whether the pages are behind the token."""
        return self._token() is not None

    def admits(self, token: str) -> bool:
        """Say whether the token is right, in the same time for every wrong one."""
        wanted = self._token()
        return wanted is not None and secrets.compare_digest(wanted.get_secret_value().encode(), token.encode())

    def begin(self, name: str) -> Session:
        """Return a new session of that name."""
        # The random word makes two sessions of one name two, so that neither holds the other's form token.
        return Session(name, str(self._sessions.dumps([name, secrets.token_urlsafe(_KEY_BYTES)])))

    def session_of(self, request: Request) -> Session | None:
        """Return the session of the request, or ``None`` when it has none that holds."""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.admits(sent.strip()):
            return Session("token")
        cookie = request.cookies.get(COOKIE, "")
        name = self._name_in(cookie)
        return None if name is None else Session(name, cookie)

    def form_token(self, session: Session) -> str:
        """Return what a form of this session must send along."""
        return self._forms.get_signature(session.cookie).decode()

    async def changing_form(self, request: Request) -> tuple[Session, dict[str, str]]:
        """Return who asks for a change, and the form's fields.

        Raises:
            HTTPException: 403 when the request is not from a page of ours that was shown to this session; 413, 415.
        """
        session = self.session_of(request)
        fields = await posted_fields(request)
        if session is None:
            raise _forbidden("This page was open for too long. Load it again.")
        if session.cookie:
            require_own_page(request)
            if not self._forms.verify_signature(session.cookie.encode(), fields.get(TOKEN_FIELD, "")):
                raise _forbidden("This form was not made for you. Load the page again.")
        return session, fields

    def _name_in(self, cookie: str) -> str | None:
        try:
            name, _ = self._sessions.loads(cookie, max_age=int(SESSION_LIFE.total_seconds()))
        except BadData:  # forged, cut off, of an earlier process, or too old
            return None
        return str(name)


class LoginWall:
    """Lets nobody without a session past, when the pages are behind the token."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the way in."""
        answer = self._app
        if scope["type"] == "http" and self._guard.asks_for_login and not scope["path"].startswith(OPEN_PATHS):
            request = Request(scope)
            if self._guard.session_of(request) is None:
                answer = _way_in(request)
        await answer(scope, receive, send)


def keep_session(answer: Response, session: Session, url: URL) -> None:
    """Hand the session's cookie over: no script can read it, and no other site's request carries it."""
    answer.set_cookie(
        COOKIE,
        session.cookie,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=url.scheme == "https",
    )


def require_own_page(request: Request) -> None:
    """Refuse a request that another site's page made. Raises ``HTTPException`` 403."""
    origin = urlsplit(request.headers.get("origin", ""))
    if origin.scheme not in {"http", "https"} or origin.netloc != request.headers.get("host"):
        raise _forbidden("Only a page of this service may ask for that.")


async def posted_fields(request: Request) -> dict[str, str]:
    """Return the fields of a small form. Raises ``HTTPException`` 413 and 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only forms are read here.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES_MAX:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too long.")
    pairs = parse_qsl(body.decode("ascii", errors="replace"), keep_blank_values=True)
    return dict(pairs)


def owner_name() -> str:
    """Return whom a session belongs to that needed no login: the user who runs the service."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "owner"


def _way_in(request: Request) -> Response:
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if wants_page:
        return RedirectResponse(LOGIN_PATH, HTTPStatus.SEE_OTHER)
    return PlainTextResponse("Log in first.", HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})


def _forbidden(reason: str) -> HTTPException:
    return HTTPException(HTTPStatus.FORBIDDEN, reason)
