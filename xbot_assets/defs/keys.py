"""Asset keys that more than one subject names."""

import dagster as dg

CHAMPIONS_IN_USE = dg.AssetKey("champions_in_use")
"""The champions as the last round left them: the loop's other end, drawn apart because a graph has no cycles."""
