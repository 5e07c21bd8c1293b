"""The settings: one frozen object, every number a bounded field, read in one place.

Keep out: code; the groups of fields and the reading have a file each.
"""

from xbot_assets.settings.loading import PREFIX, SettingsError, load_settings
from xbot_assets.settings.model import Settings
from xbot_assets.settings.places import CHECKOUT, PARTS_FILE, PLOTS_DIRECTORY, default_home

__all__ = [
    "CHECKOUT",
    "PARTS_FILE",
    "PLOTS_DIRECTORY",
    "PREFIX",
    "Settings",
    "SettingsError",
    "default_home",
    "load_settings",
]
