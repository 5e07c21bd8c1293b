"""Writes ``.env.example`` from the settings, so that it cannot fall behind them.

``python -m xbot_assets.settings_document > .env.example``; a test compares the two.
"""

import sys

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from xbot_assets.settings import PREFIX, Settings

HEADER = """\
# Every setting of xbot-assets, with its default. Copy to .env and remove the # of what you change.
# Written by `python -m xbot_assets.settings_document`; do not edit by hand.
"""


def env_example() -> str:
    """Return the whole file."""
    return HEADER + "".join(_entry(name, field) for name, field in Settings.model_fields.items())


def _entry(name: str, field: FieldInfo) -> str:
    bounds = _bounds(field)
    return f"\n# {field.description}{bounds}\n#{PREFIX}{name.upper()}={_default(field)}\n"


def _default(field: FieldInfo) -> str:
    value = None if field.default_factory else field.default
    return "" if value is None else str(value)


def _bounds(field: FieldInfo) -> str:
    words = {Ge: "at least", Gt: "above", Le: "at most", Lt: "below"}
    bounds = [f"{words[type(m)]} {getattr(m, type(m).__name__.lower())}" for m in field.metadata if type(m) in words]
    return f" ({', '.join(bounds)})" if bounds else ""


if __name__ == "__main__":
    sys.stdout.write(env_example())
