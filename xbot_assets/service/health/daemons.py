"""The heartbeats of Dagster's daemons, asked of its web server.

Dagster's own verdict calls a daemon healthy for 30 minutes after its last beat; ours looks at the beat itself.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure

BEAT_AGE_MAX = timedelta(seconds=90)
"""Daemons beat every 30 s; three missed beats are silence."""
REMEDY = "See .xbot/logs/daemon.log and .xbot/logs/web.log."
_QUERY = "{instance{daemonHealth{allDaemonStatuses{daemonType required lastHeartbeatTime}}}}"


def heartbeats(web_url: str, token: str | None, seconds: float) -> dict[str, datetime | None]:
    """Return the last beat of each daemon that this instance needs; ``None`` for one that never beat.

    ``token`` is the one that the pages ask for, if they do.

    Raises:
        TransientFailure: ``unreachable`` when the web server does not answer within ``seconds``.
        PermanentFailure: ``bad_answer``.
    """
    try:
        tls = web_url.startswith("https:")  # to load the certificates of all authorities costs 7 MB
        login = {"Authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(headers=login, timeout=seconds, trust_env=False, verify=tls) as client:
            answer = client.post(f"{web_url}/graphql", json={"query": _QUERY})
        statuses = answer.raise_for_status().json()["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
        return {item["daemonType"]: _time(item["lastHeartbeatTime"]) for item in statuses if item["required"]}
    except httpx.HTTPError as error:
        reason = f"The Dagster UI does not answer ({type(error).__name__})."
        raise TransientFailure(reason, code=FailureCode.UNREACHABLE, remedy=REMEDY) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PermanentFailure(
            "The Dagster UI answers nonsense.", code=FailureCode.BAD_ANSWER, remedy=REMEDY
        ) from error


def silent(beats: dict[str, datetime | None], since: datetime) -> list[str]:
    """Return the daemons whose last beat is older than ``since``."""
    return [name.lower().replace("_", " ") for name, beat in beats.items() if beat is None or beat < since]


def _time(value: Any) -> datetime | None:  # noqa: ANN401 - JSON
    return None if value is None else datetime.fromtimestamp(float(value), tz=UTC)
