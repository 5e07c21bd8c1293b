"""The settings: one frozen object, every number a bounded field, read in one place.

Here: a file for each group of fields, the rules that follow from them (``rules``), reading (``loading``), old names
(``renamed``). Keep out: what is done with a setting; what any other layer knows.
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
