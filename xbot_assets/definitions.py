"""What Dagster loads: one call."""

from xbot_assets.build import build_defs

defs = build_defs()
