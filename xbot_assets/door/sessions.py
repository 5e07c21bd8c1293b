"""Sessions of the pages: signed cookies that hold until their time is over or somebody logs out.

All servers of one stack sign with the key in the parts file, so that one login opens the pages and Dagster's UI. The
token is part of what is signed with: another token ends all sessions. A new start of the stack makes a new key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from xbot_assets.door.spent import Spent
from xbot_assets.settings import Settings

SESSION_LIFE = timedelta(hours=12)
"""A day's work; then the token is asked for again."""
LINK_LIFE = timedelta(minutes=5)
"""A link of ``xbot open`` is opened at once, or pasted into a browser."""
KEY_BYTES = 32
_SIGNING = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the pages. ``cookie`` is empty for a program that sends the token with each request."""

    name: str
    cookie: str = ""


def spent_tokens(home: Path) -> Spent:
    """Return what was logged out or opened in a data directory."""
    return Spent(home / "run" / "spent", SESSION_LIFE)


class Sessions:
    """Makes, reads and ends sessions and one-time links. Without a key from the parts, one of its own."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._own_key = secrets.token_urlsafe(KEY_BYTES)

    def begin(self, name: str, account: int | None = None) -> Session:
        """Return a new session of that name, for who connects from that account of this machine."""
        # The random word makes two sessions of one name two, so that neither holds the other's form token.
        return Session(name, self._signed(_use(account), name))

    def read(self, cookie: str, account: int | None = None) -> Session | None:
        """Return the session of a cookie that came from an account.

        ``None`` when it is forged, cut off, of another key or account, too old or ended.
        """
        name = self._name_in(_use(account), cookie, SESSION_LIFE)
        return None if name is None or self._spent().holds(cookie) else Session(name, cookie)

    def end(self, session: Session) -> None:
        """End a session for every server of the stack. Raises as :meth:`Spent.spend` does."""
        if session.cookie:
            self._spent().spend(session.cookie)

    def link_code(self, name: str) -> str:
        """Return a word that logs somebody of that name in, once and soon."""
        return self._signed("link", name)

    def name_of_link(self, code: str) -> str | None:
        """Return whom a link's word logs in, and spend it; ``None`` when it is worth nothing. Raises as above."""
        name = self._name_in("link", code, LINK_LIFE)
        return name if name is not None and self._spent().spend(code) else None

    def form_token(self, session: Session) -> str:
        """Return what a form of this session must send along: nobody can compute it but who has the session."""
        return hmac.new(self._key(), b"form" + session.cookie.encode(), hashlib.sha256).hexdigest()

    def _signed(self, use: str, name: str) -> str:
        return str(self._signer(use).dumps([name, secrets.token_urlsafe(KEY_BYTES)]))

    def _name_in(self, use: str, word: str, life: timedelta) -> str | None:
        try:
            name, _ = self._signer(use).loads(word, max_age=int(life.total_seconds()))
        except BadData:
            return None
        return str(name)

    def _signer(self, use: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key(), salt=use, signer_kwargs=_SIGNING)

    def _key(self) -> bytes:
        settings = self._settings()
        key = settings.pages_key.get_secret_value() if settings.pages_key else self._own_key
        token = settings.service_token.get_secret_value() if settings.service_token else ""
        return hmac.new(key.encode(), token.encode(), hashlib.sha256).digest()

    def _spent(self) -> Spent:
        return spent_tokens(self._settings().home)


def _use(account: int | None) -> str:
    """Return what a session is signed for: a signature for one account is none for another."""
    return f"session of {account}"
