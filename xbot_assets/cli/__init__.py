"""The xbot command: thin verbs over functions that live elsewhere. Keep out: rules, SQL, and what pages need too."""

from xbot_assets.cli.entry import main

__all__ = ["main"]
