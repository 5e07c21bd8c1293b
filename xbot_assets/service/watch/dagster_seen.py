"""What the watch asks of Dagster's web server, once a look: who looks for work, and which assets are stale."""

from dataclasses import dataclass
from typing import Any

from xbot_assets.service.health.asking_dagster import ask_dagster
from xbot_assets.service.health.automations import LOOKING, STATE, Automation, read_looking
from xbot_assets.service.health.freshness import FRESHNESS, StaleAsset, read_stale

QUERY = f"{STATE} query Watch {{ {LOOKING} {FRESHNESS} }}"


@dataclass(frozen=True, slots=True)
class DagsterSeen:
    """Schedules and sensors by name, and the assets that are older than they may be."""

    looking: list[Automation]
    stale: list[StaleAsset]


def ask_seen(web_url: str, token: str | None, seconds: float) -> DagsterSeen:
    """Ask within so many seconds; ``token`` is the one that the pages ask for. Raises as ``ask_dagster`` does."""
    return ask_dagster(web_url, token, seconds, QUERY, read)


def read(data: dict[str, Any]) -> DagsterSeen:
    """Return what an answer says. Raises ``KeyError`` and its like for another answer."""
    return DagsterSeen(read_looking(data), read_stale(data))
