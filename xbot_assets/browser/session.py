"""Where the logged-in session comes from: the sandbox's control endpoint, or the owner's file.

A session is as good as a password: it is never logged and never part of a message.
Keep out: logging in. The owner does that by hand.
"""

import json
from pathlib import Path
from typing import Protocol, cast

import httpx
from playwright.async_api import StorageState

from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.settings import Settings

_REQUEST_SECONDS = 10.0


class SessionSource(Protocol):
    """Anything that yields a session; asked again after X has refused the last one."""

    async def obtain(self) -> StorageState:
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

    async def obtain(self) -> StorageState:
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
                return _checked(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise TransientFailure(
                f"The sandbox gave no session ({type(error).__name__}).",
                code="no_session",
                remedy="See that the sandbox runs: 'xbot status' shows it.",
            ) from None  # the error's text may quote the answer


class StoredSession:
    """Reads the session that the owner stored after logging in by hand."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def obtain(self) -> StorageState:
        """Return the stored session.

        Raises:
            PermanentFailure: ``no_session``, when the file cannot be read or is no session.
        """
        try:
            return _checked(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise PermanentFailure(
                f"{self._path} is not a readable session ({type(error).__name__}).",
                code="no_session",
                remedy="Log in by hand, store the session there, and let only its owner read the file.",
            ) from None  # the error's text may quote the file


def _checked(state: object) -> StorageState:
    if not isinstance(state, dict) or not isinstance(state.get("cookies"), list):
        msg = "not a Playwright storage state"
        raise ValueError(msg)  # noqa: TRY004 - both callers treat it as bad content
    return cast("StorageState", state)


def session_source(settings: Settings) -> SessionSource:
    """Return the source that the settings name.

    Raises:
        PermanentFailure: ``no_session``, when neither a session file nor a sandbox is known.
    """
    if settings.session_path is not None:
        return StoredSession(settings.session_path)
    if settings.mode == "sandbox" and settings.target_url and settings.sandbox_token:
        token = settings.sandbox_token.get_secret_value()
        return SandboxSession(settings.target_url.rstrip("/"), token, settings.handle)
    raise PermanentFailure(
        "No session is configured for the browser.",
        code="no_session",
        remedy="Start the sandbox's parts with 'xbot up --parts', or set XBOT_SESSION_PATH in shadow mode.",
    )
