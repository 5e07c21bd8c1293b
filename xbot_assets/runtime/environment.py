"""The environment that the stack's processes get."""

import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from xbot_assets.settings import PREFIX, Settings
from xbot_assets.settings.secrecy import secret_names

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
"""The directory that holds this package: a checkout, or where it was installed."""
MALLOC_ARENAS = "2"
"""glibc gives each thread a heap of its own otherwise, and a process of many threads that do little keeps them all."""
OPENAI_NAMES = ("OPENAI_", "XBOT_OPENAI_")
ADDRESS_NAMES = ("DAGSTER_GRPC_", "DAGSTER_WEBSERVER_")
"""Dagster reads from these where to listen; ours listen where the stack says."""
DATABASE = frozenset({"database_url"})
"""Of Dagster's UI and daemon: what they run of ours they have the code server run."""
WEB = DATABASE | {"service_token"}
"""The UI is behind the pages' login."""
MODEL_KEY = "openai_api_key"
BROWSER_HOST = frozenset({"browser_token", "session_key", "sandbox_token"})
SERVICE = secret_names() - {"session_key", "sandbox_token"}
"""It shows everything, asks every part whether it is well, and sends the alerts."""
CODE = DATABASE | {"redis_url", "browser_token", "sandbox_token", MODEL_KEY}
"""Steps put alerts into the database; they neither send them nor open the pages.

Each is the secret settings that a part is given; :func:`environment_of` withholds the others."""
_PLAIN_NAMES = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "TERM"}
)
_PLAIN_BEGINNINGS = ("LC_", "LD_", "DYLD_", "PYTHON", "MALLOC_")
"""What a program needs of an environment that reads no setting of ours. Whatever else the owner's shell has, stays."""


def child_environment(settings: Settings, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the supervisor's environment as its children get it.

    The owner's OpenAI key goes along only where OpenAI was chosen to write: the sandbox must never see it.
    """
    own = {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if not name.startswith(ADDRESS_NAMES)
    }
    if settings.llm != "openai":
        own = {name: value for name, value in own.items() if not name.startswith(OPENAI_NAMES)}
    if own.pop("PYTHONDONTWRITEBYTECODE", None):
        # Without any bytecode each of Dagster's processes compiles all of it at its start: 2 of 4 seconds.
        own["PYTHONPYCACHEPREFIX"] = str(settings.home / "run" / "bytecode")
    return (
        own
        | _python_path(own)
        | {
            "XBOT_HOME": str(settings.home),
            "DAGSTER_HOME": str(settings.home / "dagster"),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": own.get("MALLOC_ARENA_MAX", MALLOC_ARENAS),
            # The current directory may be another checkout, whose code must not be run instead.
            "PYTHONSAFEPATH": "1",
        }
    )


def _python_path(own: Mapping[str, str]) -> dict[str, str]:
    """Return where children find this package: a checkout is named, an installed one is known to Python.

    Named, all that is installed would come before Python's own library.
    """
    if Path(sysconfig.get_path("purelib")).resolve() == PACKAGE_ROOT:
        return {}
    return {"PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), *filter(None, [own.get("PYTHONPATH")])])}


def environment_of(environment: Mapping[str, str], secrets: frozenset[str] | None) -> dict[str, str]:
    """Return what one part gets of the stack's environment.

    Args:
        environment: as :func:`child_environment` made it.
        secrets: the secret settings that the part needs; ``None`` for one that reads no setting at all.
    """
    if secrets is None:
        return plain_environment(environment)
    withheld = {PREFIX + name.upper() for name in secret_names() - secrets}
    given = {name: value for name, value in environment.items() if name not in withheld}
    if MODEL_KEY in secrets:
        return given
    given = {name: value for name, value in given.items() if not name.startswith(OPENAI_NAMES)}
    # It writes nothing, and without the key the settings would not be accepted.
    return given | {f"{PREFIX}LLM": "sandbox"}


def plain_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what any program needs, and nothing that anybody may have set as a secret."""
    return {
        name: value for name, value in environment.items() if name in _PLAIN_NAMES or name.startswith(_PLAIN_BEGINNINGS)
    }
