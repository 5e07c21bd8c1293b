"""The xbot command: thin verbs over functions that live elsewhere."""

from xbot_assets.cli.entry import main

__all__ = ["main"]
