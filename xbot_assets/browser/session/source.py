"""Where the logged-in session comes from: the sandbox's control endpoint, or the owner's sealed file.

A session is as good as a password: it is never logged and never part of a message.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import httpx

from xbot_assets.browser.session.failures import damaged, expired, missing, not_sealed
from xbot_assets.browser.session.key import read_key
from xbot_assets.browser.session.sealed import OwnerSession, storage_state, unseal
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.regular_files import read_regular_text
from xbot_assets.settings import Settings
from xbot_assets.x.account_state import other_account

if TYPE_CHECKING:
    from playwright.async_api import StorageState  # the supervisor reads sessions, and drives no browser

REAL_SITE = "https://x.com"
SEALED_FILE = "session.sealed"
_OWN_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
_REQUEST_SECONDS = 10.0


class SessionSource(Protocol):
    """Anything that yields a session; asked again after X has refused the last one."""

    async def obtain(self) -> "StorageState":
        """Return a session.

        Raises:
            ProductError: ``no_session``.
        """
        ...


class SandboxSession:
    """Asks the sandbox to log the account in."""

    def __init__(self, base: str, token: str, handle: str) -> None:
        self._base = base
        self._token = token
        self._handle = handle

    async def obtain(self) -> "StorageState":
        """Return a new session of the sandbox.

        Raises:
            TransientFailure: ``no_session``, when the sandbox does not answer with one.
        """
        try:
            async with httpx.AsyncClient(timeout=_REQUEST_SECONDS, trust_env=False) as client:
                answer = await client.post(
                    f"{self._base}/_sandbox/session",
                    json={"handle": self._handle},
                    headers={"Authorization": f"Bearer {self._token}"},
                )
                answer.raise_for_status()
                return storage_state(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise TransientFailure(
                f"The sandbox gave no session ({type(error).__name__}).",
                code=FailureCode.NO_SESSION,
                remedy="See that the sandbox runs: 'xbot status' shows it.",
            ) from None  # the error's text may quote the answer


class SealedSession:
    """Opens the session that the owner sealed with ``xbot login``, anew each time: a new login needs no restart."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def obtain(self) -> "StorageState":
        """Return the sealed session.

        Raises:
            PermanentFailure: one of ``SESSION_TROUBLE``.
        """
        return load_session(self._settings, system_now()).state


def session_path(settings: Settings) -> Path:
    """Return where the sealed session is or will be."""
    return settings.session_path or settings.home / SEALED_FILE


def keeps_session(settings: Settings) -> bool:
    """Say whether the session is kept here: a browser host on another machine has it there, for itself alone."""
    host = urlsplit(settings.browser_url or "").hostname
    return host is None or host in _OWN_NAMES


def load_session(settings: Settings, now: datetime) -> OwnerSession:
    """Open the sealed session and check that it is the one the settings mean.

    Args:
        settings: name the file, the key, the account and the site.
        now: real time.

    Raises:
        PermanentFailure: one of ``SESSION_TROUBLE``, with one sentence.
    """
    path = session_path(settings)
    try:
        text = read_regular_text(path)
    except UnicodeDecodeError:
        raise damaged("is not the text that it was") from None
    except OSError as error:
        raise missing(path, error.strerror or type(error).__name__) from error
    if text.lstrip().startswith("{"):
        raise not_sealed(path)
    session = unseal(text, read_key(settings))
    _check_owner(session, settings)
    if session.ends_at is not None and session.ends_at <= now:
        raise expired(f"ended on {session.ends_at:%Y-%m-%d}")
    return session


def _check_owner(session: OwnerSession, settings: Settings) -> None:
    site = target(settings)
    if session.handle.casefold() != settings.handle.casefold():
        raise other_account(f"@{session.handle}", f"@{settings.handle}")
    if session.site != site:
        raise other_account(session.site, str(site))


def target(settings: Settings) -> str | None:
    """Return the address of the site, without a slash at the end; ``None`` when the sandbox is not up."""
    address = settings.target_url or (None if settings.mode == "sandbox" else REAL_SITE)
    return address.rstrip("/") if address else None


def session_source(settings: Settings) -> SessionSource:
    """Return the source that the settings name.

    Raises:
        PermanentFailure: ``no_session``, when the mode is sandbox and no sandbox is known.
    """
    if settings.mode != "sandbox":
        return SealedSession(settings)
    if settings.target_url and settings.sandbox_token:
        token = settings.sandbox_token.get_secret_value()
        return SandboxSession(settings.target_url.rstrip("/"), token, settings.handle)
    raise PermanentFailure(
        "No sandbox is there to give the browser a session.",
        code=FailureCode.NO_SESSION,
        remedy="Start the sandbox's parts with 'xbot up --parts', or set XBOT_MODE to shadow or live.",
    )
