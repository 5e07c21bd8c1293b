"""A service whose database is not there, and the verdicts of its components."""

from datetime import UTC, datetime
from pathlib import Path

from xbot_assets.service.health.components import Verdict
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import load_settings

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def unreachable(home: Path) -> Connections:
    """Return connections to a database that is not there: port 1 answers nobody."""
    environ = {"XBOT_HOME": str(home), "XBOT_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/db"}
    return Connections(lambda: load_settings(environ))


def verdict(**changes: object) -> Verdict:
    """Return a good verdict with changes."""
    base = {"name": "One", "state": "ok", "required": True, "detail": "Fine.", "took_ms": 1, "checked_at": NOW}
    return Verdict.model_validate(base | changes)
