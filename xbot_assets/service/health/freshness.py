"""How fresh assets are by their own policies, asked of Dagster's web server: its daemon judges them twice a minute."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xbot_assets.service.health.asking_dagster import ask_dagster

QUERY = """
query Freshness {
  assetNodes {
    assetKey { path }
    freshnessStatusInfo { freshnessStatus freshnessStatusMetadata { lastMaterializedTimestamp } }
  }
}
"""
STALE = "DEGRADED"
"""Dagster's word for an asset that is older than its policy allows."""


@dataclass(frozen=True, slots=True)
class StaleAsset:
    """An asset that is older than it may be, and when it was made last, where that is known."""

    name: str
    made_at: datetime | None


def stale_assets(web_url: str, token: str | None, seconds: float) -> list[StaleAsset]:
    """Ask within so many seconds. An asset that was never made is not stale. Raises as ``ask_dagster`` does."""
    return ask_dagster(web_url, token, seconds, QUERY, read)


def read(data: dict[str, Any]) -> list[StaleAsset]:
    """Return what an answer says. Raises ``KeyError`` and its like for another answer."""
    judged = [(node, node["freshnessStatusInfo"]) for node in data["assetNodes"]]
    return [_stale(node, info) for node, info in judged if info and info["freshnessStatus"] == STALE]


def _stale(node: dict[str, Any], info: dict[str, Any]) -> StaleAsset:
    made = (info["freshnessStatusMetadata"] or {}).get("lastMaterializedTimestamp")
    return StaleAsset("/".join(node["assetKey"]["path"]), datetime.fromtimestamp(float(made), UTC) if made else None)
