"""An automated content account on X as a Dagster pipeline.

Import concrete submodules; nothing is wired here. ``docs/architecture.md`` draws the layers.
"""

__version__ = "0.1.0"
