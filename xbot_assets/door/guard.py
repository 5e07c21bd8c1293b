"""Who may open the pages, and which requests may change something.

Changing requests must be POSTs of our own pages: same origin, the session's cookie, and the form's token, which only a
page that was shown to that session holds.
"""

import getpass
import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from xbot_assets.door.origins import is_own_origin
from xbot_assets.door.peers import STATE_KEY
from xbot_assets.door.sessions import SESSION_LIFE, Session, Sessions
from xbot_assets.door.uploads import UploadForm, upload_form
from xbot_assets.settings import Settings

COOKIE = "xbot_session"
TOKEN_FIELD = "form_token"  # noqa: S105 - a form field's name
FORM_BYTES_MAX = 512 * 1024
"""The longest post that X allows, every character escaped, with room to spare."""
FORM_TYPE = "application/x-www-form-urlencoded"


class Guard:
    """Knows who asks. Where no token is needed, everybody who reaches the service is the owner."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self.sessions = Sessions(settings)

    @property
    def asks_for_login(self) -> bool:
        """Whether the pages are behind the token. Off the sandbox always: a token that was lost opens nothing."""
        settings = self._settings()
        return settings.service_token is not None or settings.mode != "sandbox"

    def admits(self, token: str) -> bool:
        """Say whether the token is right, in the same time for every wrong one."""
        wanted = self._settings().service_token
        return wanted is not None and secrets.compare_digest(wanted.get_secret_value().encode(), token.encode())

    def session_of(self, connection: HTTPConnection) -> Session | None:
        """Return the session of the request, or ``None`` when it has none that holds."""
        scheme, _, sent = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.admits(sent.strip()):
            return Session("token")
        return self.sessions.read(connection.cookies.get(COOKIE, ""), _account(connection))

    def begin(self, connection: HTTPConnection, name: str) -> Session:
        """Return a new session for who asks."""
        return self.sessions.begin(name, _account(connection))

    def lets_in(self, connection: HTTPConnection) -> bool:
        """Say whether who asks may see the pages now."""
        return not self.asks_for_login or self.session_of(connection) is not None

    async def changing_form(self, request: Request) -> tuple[Session, dict[str, str]]:
        """Return who asks for a change, and the form's fields.

        Raises:
            HTTPException: 403 when the request is not from a page of ours that was shown to this session; 413, 415.
        """
        session = self.session_of(request)
        fields = await posted_fields(request)
        return self._allowed(request, session, fields.get(TOKEN_FIELD, "")), fields

    async def changing_upload(self, request: Request, bytes_max: int) -> tuple[Session, UploadForm]:
        """Return who asks for a change, and a form with files of at most so many bytes.

        Raises:
            HTTPException: as :meth:`changing_form`, and 400 for a form that is not whole.
        """
        session = self.session_of(request)
        if session is None or session.cookie:
            require_own_page(request)  # before megabytes of another site's page are read
        form = await upload_form(request, bytes_max)
        return self._allowed(request, session, form.first(TOKEN_FIELD)), form

    def _allowed(self, request: Request, session: Session | None, sent: str) -> Session:
        if session is None:
            raise _forbidden("This page was open for too long. Load it again.")
        if session.cookie:
            require_own_page(request)
            wanted = self.sessions.form_token(session)
            if not secrets.compare_digest(wanted.encode(), sent.encode(errors="replace")):
                raise _forbidden("This form was not made for you. Load the page again.")
        return session


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
    if not is_own_origin(request):
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


def _account(connection: HTTPConnection) -> int | None:
    account = connection.scope.get("state", {}).get(STATE_KEY)
    return account if isinstance(account, int) else None


def _forbidden(reason: str) -> HTTPException:
    return HTTPException(HTTPStatus.FORBIDDEN, reason)
