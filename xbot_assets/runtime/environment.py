"""The environment that the stack's processes get."""

import os
from collections.abc import Mapping
from pathlib import Path

from xbot_assets.settings import Settings

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
"""The directory that holds this package: a checkout, or where it was installed."""
MALLOC_ARENAS = "2"
"""glibc gives each thread a heap of its own otherwise, and a process of many threads that do little keeps them all."""
OPENAI_NAMES = ("OPENAI_", "XBOT_OPENAI_")
ADDRESS_NAMES = ("DAGSTER_GRPC_", "DAGSTER_WEBSERVER_")
"""Dagster reads from these where to listen; ours listen where the stack says."""


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
    paths = [str(PACKAGE_ROOT), *filter(None, [own.get("PYTHONPATH")])]
    return own | {
        "XBOT_HOME": str(settings.home),
        "DAGSTER_HOME": str(settings.home / "dagster"),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": own.get("MALLOC_ARENA_MAX", MALLOC_ARENAS),
        # The current directory may be another checkout, whose code must not be run instead.
        "PYTHONSAFEPATH": "1",
    }
