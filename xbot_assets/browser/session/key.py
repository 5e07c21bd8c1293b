"""The key that seals the session: from a setting, or from a file of its own outside the data directory.

The key and what it opens must not travel together: a copy of the data directory is then a copy of nothing.
"""

import base64
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from xbot_assets.browser.session.failures import no_key
from xbot_assets.regular_files import read_regular
from xbot_assets.settings import Settings

DEFAULT_PLACE = Path(".config", "xbot-assets", "session.key")
"""Below the owner's home directory."""
PRIVATE = 0o600
OTHERS = 0o077
"""The bits that let anybody but the owner do anything."""
ID_CHARACTERS = 8
"""Of the key's SHA-256 in hexadecimal, to tell two keys apart; a random key cannot be guessed from it."""


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A key. Showing one shows its id only."""

    text: str = field(repr=False)

    @property
    def id(self) -> str:
        """Return what tells this key from another."""
        return hashlib.sha256(b"xbot session key " + base64.urlsafe_b64decode(self.text)).hexdigest()[:ID_CHARACTERS]

    @property
    def fernet(self) -> Fernet:
        """Return the cipher: AES-128 in CBC mode with HMAC-SHA256, by the Fernet specification."""
        return Fernet(self.text)


def read_key(settings: Settings) -> SessionKey:
    """Return the key that the settings name.

    Raises:
        PermanentFailure: ``session_key``: there is none, it is none, or others may read it.
    """
    if settings.session_key is not None:
        return _parsed(settings.session_key.get_secret_value(), "XBOT_SESSION_KEY")
    path = key_path(settings)
    try:
        open_to_others = path.stat().st_mode & OTHERS
        text = read_regular(path).decode("ascii")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        remedy = "Put the key back, or run 'xbot login', which makes a new one."
        raise no_key(f"The session's key file {path} cannot be read: {why}.", remedy) from None
    if open_to_others:
        raise no_key(f"The session's key file {path} may be read by others.", f"Run 'chmod 600 {path}'.")
    return _parsed(text, str(path))


def find_or_make_key(settings: Settings) -> SessionKey:
    """Return the key, made and stored now when there is no key file yet. A file that exists is never replaced.

    Raises:
        PermanentFailure: ``session_key``.
    """
    if settings.session_key is None:
        _make(key_path(settings))
    return read_key(settings)


def key_path(settings: Settings) -> Path:
    """Return where the key file is or will be.

    Raises:
        PermanentFailure: ``session_key``, when that is in the data directory, or there is no home directory.
    """
    try:
        path = settings.session_key_path or Path.home() / DEFAULT_PLACE
    except RuntimeError:
        raise no_key("There is no home directory for the session's key.", "Set XBOT_SESSION_KEY_PATH.") from None
    if path.resolve().is_relative_to(settings.home.resolve()):
        raise no_key(
            f"The session's key file {path} is in the data directory, beside what it opens.",
            "Move it elsewhere and set XBOT_SESSION_KEY_PATH: whoever copies one would have both.",
        )
    return path


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as stream:
            stream.write(Fernet.generate_key() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        return
    except OSError as error:
        reason = f"The session's key cannot be stored in {path}: {error.strerror}."
        raise no_key(reason, "Correct the permissions there, or set XBOT_SESSION_KEY_PATH.") from error


def _parsed(text: str, place: str) -> SessionKey:
    key = SessionKey(text.strip())
    try:
        key.fernet  # noqa: B018 - making the cipher is the check
    except ValueError:
        remedy = "Put the right key back, or remove it and run 'xbot login', which makes a new one."
        raise no_key(f"What {place} holds is not a key of a session.", remedy) from None
    return key
