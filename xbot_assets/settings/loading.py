"""The only reader of the environment.

Lookup order: environment, then ``.env`` beside the data directory's parent, then the endpoints that running parts wrote
(``.xbot/parts.json``), then the default.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import make_secret
from xbot_assets.settings.acknowledgement import acknowledges, live_sentence
from xbot_assets.settings.endpoints import HANDLE_PATTERN
from xbot_assets.settings.model import Settings
from xbot_assets.settings.places import PARTS_FILE, default_home, env_file_of
from xbot_assets.settings.renamed import with_new_names
from xbot_assets.settings.secrecy import addresses_with_passwords, has_password, secret_names, secret_values

PREFIX = "XBOT_"


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
        tell: told each setting that is given under an old name; only what a person starts has somebody to tell.

    Raises:
        SettingsError: with every problem found, in one message.
    """
    own = dict(os.environ if environ is None else environ)
    problems: list[str] = []
    home = Path(own.get(f"{PREFIX}HOME") or default_home()).expanduser().absolute()
    chosen = env_file or env_file_of(home)
    merged = {**_read_env_file(chosen, problems), **{k: v for k, v in own.items() if k.startswith(PREFIX)}}
    merged = with_new_names(merged, PREFIX, problems, tell or _to_nobody)
    problems += _unknown_names(merged)
    if f"{PREFIX}HOME" in set(merged) - set(own):
        # The file is looked for beside the data directory, so it cannot say where that is.
        problems.append(f"{PREFIX}HOME cannot be set in {chosen.name}; set it in the environment.")
    values: dict[str, Any] = _read_parts(home / PARTS_FILE) if use_parts else {}
    values |= {k[len(PREFIX) :].lower(): v for k, v in merged.items() if v != ""}
    problems += _missing_companions(values)
    return _build(values, problems)


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
    if values.get("mode") != "live" or not re.fullmatch(HANDLE_PATTERN, handle):
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


def _unknown_names(names: Mapping[str, str]) -> list[str]:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    return [f"{name} is not a setting; see .env.example for the names." for name in sorted(set(names) - known)]


def _read_env_file(path: Path, problems: list[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    settings: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as stream:
        for binding in parse_stream(stream):
            if binding.error or (binding.key is not None and binding.value is None):
                problems.append(f"{path.name}, line {binding.original.line}: not a complete NAME=value line.")
            elif binding.key is not None and binding.key.startswith(PREFIX):
                settings[binding.key] = binding.value or ""
    return settings


def holds_secrets(path: Path) -> bool:
    """Say whether a ``.env`` file sets a secret setting, or an address with a password."""
    given = _read_env_file(path, [])
    secret = {PREFIX + name.upper() for name in secret_names()}
    return any(value and (name in secret or has_password(value)) for name, value in given.items())


def _read_parts(path: Path) -> dict[str, Any]:
    """Read what running parts wrote; a file that is absent or being replaced means that none run."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in loaded.items() if k in Settings.model_fields} if isinstance(loaded, dict) else {}
