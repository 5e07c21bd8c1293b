"""``parts.json``: where the running parts answer, for every other process of the stack."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from xbot_assets.runtime.machine.files import removed, write_private

PARTS_FILE = "parts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Endpoints and tokens, named as the settings they stand in for. ``None`` is not written."""

    database_url: str | None = None
    redis_url: str | None = None
    browser_url: str
    browser_token: str | None = None
    target_url: str
    sandbox_token: str | None = None
    openai_base_url: str | None = None
    service_url: str
    web_url: str | None = None
    service_token: str | None = None
    pages_key: str
    sockets: str


def write_endpoints(home: Path, parts: Endpoints) -> None:
    """Write the file for its owner only: it holds passwords and tokens."""
    known = {name: value for name, value in asdict(parts).items() if value is not None}
    write_private(home / PARTS_FILE, json.dumps(known, indent=2) + "\n")


def remove_endpoints(home: Path) -> None:
    """Remove the file: nothing answers any more. Raises ``PermanentFailure`` as :func:`removed` does."""
    removed(home / PARTS_FILE)
