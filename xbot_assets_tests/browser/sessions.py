"""Sealed sessions for tests: made as ``xbot login`` makes them, of a login that a test has."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from xbot_assets.browser.session.key import SessionKey
from xbot_assets.browser.session.sealed import OwnerSession, seal, storage_state
from xbot_assets.domain.clock import system_now
from xbot_assets.runtime.machine.files import write_private

COOKIE_VALUE = "c00kie-worth-an-account"


def new_key() -> SessionKey:
    """Return a key that is no other test's."""
    return SessionKey(Fernet.generate_key().decode())


def a_state(*, expires: float = -1, domain: str = "x.com") -> dict[str, Any]:
    """Return a storage state with one login cookie."""
    shared = {"domain": domain, "path": "/", "expires": expires}
    rest = {"httpOnly": True, "secure": True, "sameSite": "Lax"}
    return {"cookies": [{"name": "auth_token", "value": COOKIE_VALUE, **shared, **rest}], "origins": []}


def sealed(key: SessionKey, handle: str, site: str, state: object, *, at: datetime | None = None) -> str:
    """Return the text of a sealed session."""
    return seal(OwnerSession(handle, site, at or system_now(), storage_state(state)), key)


def store(path: Path, text: str) -> None:
    """Store it as the product does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, text)
