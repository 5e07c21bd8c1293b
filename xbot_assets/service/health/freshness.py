"""How fresh assets are by their own policies, as Dagster's web server says: its daemon judges them twice a minute."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FRESHNESS = """
  assetNodes {
    assetKey { path }
    freshnessStatusInfo { freshnessStatus freshnessStatusMetadata { lastMaterializedTimestamp } }
  }
"""
"""Of a question; ``read_stale`` reads the answer."""
STALE = "DEGRADED"
"""Dagster's word for an asset that is older than its policy allows."""


@dataclass(frozen=True, slots=True)
class StaleAsset:
    """An asset that is older than it may be, and when it was made last, where that is known."""

    name: str
    made_at: datetime | None


def read_stale(data: dict[str, Any]) -> list[StaleAsset]:
    """Return the stale assets of an answer; one that was never made is not stale.

    Raises ``KeyError`` and its like for another answer.
    """
    judged = [(node, node["freshnessStatusInfo"]) for node in data["assetNodes"]]
    return [_stale(node, info) for node, info in judged if info and info["freshnessStatus"] == STALE]


def _stale(node: dict[str, Any], info: dict[str, Any]) -> StaleAsset:
    made = (info["freshnessStatusMetadata"] or {}).get("lastMaterializedTimestamp")
    return StaleAsset("/".join(node["assetKey"]["path"]), datetime.fromtimestamp(float(made), UTC) if made else None)
