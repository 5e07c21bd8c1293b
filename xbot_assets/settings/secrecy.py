"""Which settings are secret: their names, their values, and whether others can read them in ``.env``."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from xbot_assets.settings.model import Settings

_OF_OTHERS = stat.S_IRGRP | stat.S_IROTH
_ADDRESS = "_url"
"""How the name of a setting ends that may hold a password within an address."""


def secret_names() -> frozenset[str]:
    """Return the names of the settings that are secret by themselves."""
    return frozenset(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))


def secret_values(settings: Settings) -> list[str]:
    """Return the values of the secret settings."""
    values = (getattr(settings, name) for name in secret_names())
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


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
