"""The settings as they are now, for a server that outlives the parts."""

from collections.abc import Callable

from xbot_assets.settings import Settings, load_settings


class LiveSettings:
    """Reads the settings again whenever the parts file was replaced, which costs one look at the file."""

    def __init__(self, load: Callable[[], Settings] = load_settings) -> None:
        self._load = load
        self._now: tuple[object, Settings] | None = None

    def __call__(self) -> Settings:
        """Return them. Raises ``SettingsError`` when they became unusable."""
        now = self._now
        if now is None or now[0] != stamp(now[1]):
            loaded = self._load()
            now = self._now = (stamp(loaded), loaded)
        return now[1]


def stamp(settings: Settings) -> object:
    """Return what changes when the parts file is replaced."""
    try:
        state = settings.parts_file.stat()
    except FileNotFoundError:
        return "absent"
    return (state.st_mtime_ns, state.st_ino)
