"""The only reader of the environment.

Lookup order: environment, then ``.env`` beside the data directory's parent, then the endpoints that running parts wrote
(``.xbot/parts.json``), then the default.
"""

import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.identifiers import HANDLE
from xbot_assets.masking import make_secret
from xbot_assets.regular_files import read_json, read_regular
from xbot_assets.settings.acknowledgement import acknowledges, live_sentence
from xbot_assets.settings.groups.endpoints import EndpointSettings
from xbot_assets.settings.model import Settings
from xbot_assets.settings.names import unknown_names
from xbot_assets.settings.places import PARTS_FILE, default_home, env_file_of, whole_path
from xbot_assets.settings.readable import unreadable_values
from xbot_assets.settings.renamed import with_new_names
from xbot_assets.settings.secrecy import addresses_with_passwords, has_password, secret_names, secret_values
from xbot_assets.settings.secret_text import IN_HEADERS, cleaned_secret

PREFIX = "XBOT_"
NEVER_PARTS = frozenset({"mode", "live_acknowledgement", "handle", "home", "definitions", "dagster_yaml_path"})
"""What no running part decides; found in the parts' file it was put there by somebody else."""
ALSO_PARTS = frozenset({"service_token"})
"""What a start makes itself where the owner has not set it, besides the endpoints."""


class SettingsError(PermanentFailure):
    """The settings cannot be used; the reason lists every problem, never a value."""

    def __init__(self, problems: list[str]) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(
            f"{len(problems)} problem(s) in the settings:\n{listed}",
            code=FailureCode.BAD_SETTINGS,
            remedy="\nCorrect the environment or .env; .env.example explains every setting.",
        )
        self.problems = problems


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    env_file: Path | None = None,
    use_parts: bool = True,
    tell: Callable[[str], None] | None = None,
) -> Settings:
    """Read, check and freeze the settings; from then on this process masks those that are secret.

    Args:
        environ: the environment; the process's own when ``None``.
        env_file: the ``.env`` file; by default the one beside the data directory.
        use_parts: also read the endpoints of running parts, at the lowest rank.
        tell: told each setting that is given under an old name, and each key that was written with something around
            it; only what a person starts has somebody to tell.

    Raises:
        SettingsError: with every problem found, in one message.
    """
    own = dict(os.environ if environ is None else environ)
    problems: list[str] = []
    home = _home_of(own)
    chosen = env_file or env_file_of(home)
    merged = {**_read_env_file(chosen, problems), **{k: v for k, v in own.items() if _is_ours(k)}}
    merged = with_new_names(merged, PREFIX, problems, tell or _to_nobody)
    problems += unknown_names(merged, PREFIX, Settings.model_fields)
    _clean_secrets(merged, problems, tell or _to_nobody)
    if f"{PREFIX}HOME" in set(merged) - set(own):
        # The file is looked for beside the data directory, so it cannot say where that is.
        problems.append(f"{PREFIX}HOME cannot be set in {chosen.name}; set it in the environment.")
    # What goes into a header was looked at more closely already.
    others = {name: value for name, value in merged.items() if name not in _header_names()}
    problems += unreadable_values(others, PREFIX, home)
    values: dict[str, Any] = _read_parts(home / PARTS_FILE, problems) if use_parts else {}
    values |= {k[len(PREFIX) :].lower(): v for k, v in merged.items() if k.startswith(PREFIX) and v != ""}
    problems += _missing_companions(values)
    return _build(values, problems)


def _home_of(environ: Mapping[str, str]) -> Path:
    try:
        return whole_path(Path(environ.get(f"{PREFIX}HOME") or default_home()))
    except ValueError as error:
        raise SettingsError([f"{PREFIX}HOME: {error}."]) from error
    except OSError as error:
        raise SettingsError([f"{PREFIX}HOME: the working directory was removed; name another place."]) from error


def _is_ours(name: str) -> bool:
    """Whether a name was meant for this program, in whatever case: a setting in small letters would do nothing."""
    return name[: len(PREFIX)].upper() == PREFIX


def _clean_secrets(merged: dict[str, str], problems: list[str], tell: Callable[[str], None]) -> None:
    for name in _header_names():
        if name in merged:
            merged[name] = cleaned_secret(name, merged[name], problems, tell)


def _header_names() -> list[str]:
    return [PREFIX + secret.upper() for secret in IN_HEADERS]


def _to_nobody(_sentence: str) -> None:
    """Where there is no person to tell."""


def _build(values: dict[str, Any], problems: list[str]) -> Settings:
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(problems + list(_sentences(error))) from None
    if problems:
        raise SettingsError(problems)
    make_secret(secret_values(settings), addresses_with_passwords(settings))
    return settings


def _missing_companions(values: Mapping[str, Any]) -> list[str]:
    """Check what one setting asks of another; on raw values, so that it is reported with everything else."""
    missing = [
        ("llm", "openai", "openai_api_key", "your API key"),
        ("mode", "shadow", "handle", "your account's handle"),
        ("mode", "live", "handle", "your account's handle"),
    ]
    told = [
        f"{PREFIX}{name.upper()}={value} needs {PREFIX}{needed.upper()}, {what}."
        for name, value, needed, what in missing
        if values.get(name) == value and not values.get(needed)
    ]
    return told + _missing_acknowledgement(values)


def _missing_acknowledgement(values: Mapping[str, Any]) -> list[str]:
    """Ask for the owner's sentence in live mode, and show it; a handle that is missing or wrong comes first."""
    handle = str(values.get("handle", ""))
    if values.get("mode") != "live" or not HANDLE.fullmatch(handle):
        return []
    if acknowledges(str(values.get("live_acknowledgement", "")), handle):
        return []
    return [
        f"{PREFIX}MODE=live needs {PREFIX}LIVE_ACKNOWLEDGEMENT, this sentence, if it is true: {live_sentence(handle)}"
    ]


def _sentences(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_input=False, include_url=False):
        name = f"{PREFIX}{str(item['loc'][0]).upper()}: " if item["loc"] else ""
        yield name + item["msg"].removeprefix("Value error, ")


def _read_env_file(path: Path, problems: list[str]) -> dict[str, str]:
    if not path.is_file():
        # A directory of this name is somebody's virtual environment.
        if (path.is_symlink() or path.exists()) and not path.is_dir():
            problems.append(f"{path.name} is no file that can be read; make it one, or remove it.")
        return {}
    settings: dict[str, str] = {}
    with io.StringIO(read_regular(path).decode("utf-8", errors="replace")) as stream:
        for binding in parse_stream(stream):
            if binding.error or (binding.key is not None and binding.value is None):
                problems.append(f"{path.name}, line {binding.original.line}: not a complete NAME=value line.")
            elif binding.key is not None and _is_ours(binding.key):
                settings[binding.key] = binding.value or ""
    return settings


def holds_secrets(path: Path) -> bool:
    """Say whether a ``.env`` file sets a secret setting, or an address with a password."""
    given = _read_env_file(path, [])
    secret = {PREFIX + name.upper() for name in secret_names()}
    return any(value and (name in secret or has_password(value)) for name, value in given.items())


def _read_parts(path: Path, problems: list[str]) -> dict[str, Any]:
    """Read what running parts wrote; without the file none run. It is replaced whole, so half of one is damage."""
    try:
        loaded = read_json(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError):
        loaded = None
    if isinstance(loaded, dict) and _are_endpoints(loaded):
        return loaded
    problems.append(f"{path} is damaged; delete it and start the stack again, which writes it anew.")
    return {}


def _are_endpoints(loaded: Mapping[str, Any]) -> bool:
    """Whether these are addresses and tokens of parts, and nothing else: a start writes no other setting."""
    if not loaded.keys() <= (EndpointSettings.model_fields.keys() - NEVER_PARTS) | ALSO_PARTS:
        return False
    return all(isinstance(value, str) and value.isprintable() for value in loaded.values())
