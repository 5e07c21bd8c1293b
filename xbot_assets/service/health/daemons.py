"""The heartbeats of Dagster's daemons, asked of its web server.

Dagster's own verdict calls a daemon healthy for 30 minutes after its last beat; ours looks at the beat itself.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from xbot_assets.service.health.asking_dagster import ask_dagster

BEAT_AGE_MAX = timedelta(seconds=90)
"""Daemons beat every 30 s; three missed beats are silence."""
_QUERY = "{instance{daemonHealth{allDaemonStatuses{daemonType required lastHeartbeatTime}}}}"


def heartbeats(web_url: str, token: str | None, seconds: float) -> dict[str, datetime | None]:
    """Return the last beat of each daemon that this instance needs; ``None`` for one that never beat.

    ``token`` is the one that the pages ask for, if they do.

    Raises:
        TransientFailure: ``unreachable`` when the web server does not answer within ``seconds``.
        PermanentFailure: ``bad_answer``.
    """
    return ask_dagster(web_url, token, seconds, _QUERY, _beats)


def _beats(data: dict[str, Any]) -> dict[str, datetime | None]:
    statuses = data["instance"]["daemonHealth"]["allDaemonStatuses"]
    return {item["daemonType"]: _time(item["lastHeartbeatTime"]) for item in statuses if item["required"]}


def silent(beats: dict[str, datetime | None], since: datetime) -> list[str]:
    """Return the daemons whose last beat is older than ``since``."""
    return [name.lower().replace("_", " ") for name, beat in beats.items() if beat is None or beat < since]


def _time(value: Any) -> datetime | None:  # noqa: ANN401 - JSON
    return None if value is None else datetime.fromtimestamp(float(value), tz=UTC)
