"""The owner's session, sealed: who it is of, when it was made, and the cookies, as text that only the key opens.

The file is two lines: a head that says which key and how many characters, so that a wrong key and a cut file can be
told apart, and a Fernet token.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from xbot_assets.browser.session.failures import damaged, wrong_key
from xbot_assets.browser.session.key import SessionKey

if TYPE_CHECKING:
    from playwright.async_api import StorageState

    LoginState: TypeAlias = StorageState
    """Cookies and local storage, as the browser takes them and gives them back."""

MARK = "xbot-session"
FORMAT = "1"
LOGIN_COOKIE = "auth_token"
"""The cookie that is X's login; when it ends, the session ends."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999; a cookie may name a later time, Python cannot."""


@dataclass(frozen=True, slots=True)
class OwnerSession:
    """A session and whose it is.

    Attributes:
        handle: the account, as the page itself named it.
        site: scheme and host that it was made on.
        sealed_at: when, in real time: X does not follow the product's clock.
        state: Playwright's storage state; as good as a password, so it is not shown.
    """

    handle: str
    site: str
    sealed_at: datetime
    state: "StorageState" = field(repr=False)

    @property
    def ends_at(self) -> datetime | None:
        """Return when X's login cookie ends, or ``None`` when it does not say."""
        for cookie in self.state["cookies"]:
            if cookie["name"] == LOGIN_COOKIE and cookie.get("expires", -1) > 0:
                return datetime.fromtimestamp(min(cookie["expires"], LAST_SECOND), UTC)
        return None


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)


class _Cookie(_Shape):
    name: str
    value: str
    domain: str
    path: str
    expires: float = -1


class _Origin(_Shape):
    origin: str


class _State(_Shape):
    cookies: list[_Cookie]
    origins: list[_Origin] = []


class _Sealed(_Shape):
    handle: str
    site: str
    sealed_at: AwareDatetime
    state: _State


_STATE = TypeAdapter(_State)


def storage_state(document: object) -> "StorageState":
    """Return what was found as a storage state.

    Raises:
        ValueError: when it is none; the message holds nothing of it.
    """
    try:
        checked = _STATE.validate_python(document)
    except ValidationError:
        raise ValueError("not a Playwright storage state") from None
    return cast("StorageState", checked.model_dump())


def seal(session: OwnerSession, key: SessionKey) -> str:
    """Return the session as the text of a file."""
    content: dict[str, Any] = {
        "handle": session.handle,
        "site": session.site,
        "sealed_at": session.sealed_at.isoformat(),
        "state": session.state,
    }
    token = key.fernet.encrypt(json.dumps(content).encode()).decode()
    return f"{MARK} {FORMAT} {key.id} {len(token)}\n{token}\n"


def unseal(text: str, key: SessionKey) -> OwnerSession:
    """Return the session that the text holds.

    Raises:
        PermanentFailure: ``session_key`` or ``session_damaged``.
    """
    head, _, token = text.partition("\n")
    key_id, length = _head(head)
    if len(token.rstrip("\n")) < length:
        raise damaged("is cut off: its end is missing")
    if key_id != key.id:
        raise wrong_key()
    try:
        content = _Sealed.model_validate_json(key.fernet.decrypt(token.rstrip("\n")))
    except (InvalidToken, ValueError):
        raise damaged("was changed after it was sealed") from None
    return OwnerSession(
        content.handle, content.site, content.sealed_at, cast("StorageState", content.state.model_dump())
    )


def _head(line: str) -> tuple[str, int]:
    match = re.fullmatch(rf"{MARK} {FORMAT} (\w+) ([0-9]{{1,9}})", line)
    if match is None:
        raise damaged("does not begin as one does")
    return match[1], int(match[2])


def of_site(state: "StorageState", site: str) -> "StorageState":
    """Return only what belongs to the site: an owner may have come through another company's login page."""
    host = urlsplit(site).hostname or ""
    kept: dict[str, Any] = {
        "cookies": [cookie for cookie in state["cookies"] if _related(cookie["domain"], host)],
        "origins": [one for one in state["origins"] if _related(urlsplit(one["origin"]).hostname or "", host)],
    }
    return cast("StorageState", kept)


def _related(domain: str, host: str) -> bool:
    name = domain.lstrip(".")
    return name == host or name.endswith(f".{host}") or host.endswith(f".{name}")
