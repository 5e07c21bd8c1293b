"""Which settings are secret: their names, their values, and whether others can read them in ``.env``."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from xbot_assets.settings.model import Settings

_OF_OTHERS = stat.S_IRGRP | stat.S_IROTH
_ADDRESS = "_url"
"""How the name of a setting ends that may hold a password within an address."""
_WHO_KNOWS_MAY = frozenset({"alert_urls", "deadman_url"})
"""Addresses that open what they lead to: the token is their path, their user, or what stands for the host."""
_BETWEEN_PIECES = re.compile("[/@:?&=#,;+]")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z]{2,24}|[0-9]{1,3})", re.IGNORECASE)
_TOKEN_CHARS, _LONG_CHARS = 8, 20
"""A token has so many characters and a digit among them, or so many that no word has."""


def secret_names() -> frozenset[str]:
    """Return the names of the settings that are secret by themselves."""
    return frozenset(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))


def secret_values(settings: Settings) -> list[str]:
    """Return the values of the secret settings, and of addresses that are secret as such what a server may repeat."""
    values = {name: getattr(settings, name) for name in secret_names()}
    given = {name: value.get_secret_value() for name, value in values.items() if isinstance(value, SecretStr)}
    pieces = (piece for name in sorted(_WHO_KNOWS_MAY & set(given)) for piece in _pieces(given[name]))
    return [*given.values(), *pieces]


def _pieces(addresses: str) -> Iterator[str]:
    """Yield each of several addresses, and what of it can be a token, which may stand at any place of it."""
    for address in addresses.split():
        yield address
        pieces = {form for piece in _BETWEEN_PIECES.split(address) for form in (piece, unquote(piece))}
        yield from sorted(piece for piece in pieces if _may_be_a_token(piece))


def _may_be_a_token(piece: str) -> bool:
    """Say whether a piece of an address is no ordinary word and no host's name."""
    if len(piece) < _TOKEN_CHARS or _HOST.fullmatch(piece):
        return False
    return len(piece) >= _LONG_CHARS or any(sign.isdecimal() for sign in piece)


def addresses_with_passwords(settings: Settings) -> list[str]:
    """Return the addresses among the other settings that hold a password."""
    return list(_with_passwords(settings))


def _with_passwords(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        value = getattr(settings, name) if name.endswith(_ADDRESS) else None
        if isinstance(value, str) and has_password(value):
            yield value


def has_password(address: str) -> bool:
    """Say whether a text is an address that holds a password."""
    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return False


def others_can_read(path: Path) -> bool:
    """Say whether the file's permissions let anybody but its owner read it; one that is absent, nobody."""
    try:
        return bool(path.stat().st_mode & _OF_OTHERS)
    except OSError:
        return False
