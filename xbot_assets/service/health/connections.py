"""The service's own connections, opened when first needed and again when the parts have moved.

The service starts before everything else and outlives all of it, so nothing here is opened at start.
"""

import threading
from collections.abc import Callable

from xbot_assets.door.live_settings import stamp
from xbot_assets.settings import Settings, load_settings
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.cache import Cache, open_cache
from xbot_assets.store.engine.database import Database, open_database

CONNECT_SECONDS = 3.0
"""The page must not wait for a dead database as long as a worker may."""
POOL_MAX = 3


class Connections:
    """Settings, database and cache as they are now. Safe to use from several threads."""

    def __init__(self, load: Callable[[], Settings] = load_settings) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._stamp: object = None
        self._settings: Settings | None = None
        self._database: Database | None = None
        self._cache: Cache | None = None
        self._clock: DatabaseClock | None = None

    def settings(self) -> Settings:
        """Return the settings, read again whenever the parts file was replaced."""
        with self._lock:
            return self._current()

    def database(self) -> Database:
        """Return the database, opened on first use. Raises as :func:`open_database` does."""
        with self._lock:
            settings = self._current()
            if self._database is None:
                self._database = open_database(settings)
            return self._database

    def clock(self) -> DatabaseClock:
        """Return the product's clock. Raises as :meth:`database` does."""
        database = self.database()
        with self._lock:
            self._clock = self._clock or DatabaseClock(database)
            return self._clock

    def cache(self) -> Cache:
        """Return the cache, opened on first use."""
        with self._lock:
            settings = self._current()
            if self._cache is None:
                self._cache = open_cache(settings)
            return self._cache

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            self._forget()

    def _current(self) -> Settings:
        if self._settings is None or self._stamp != stamp(self._settings):
            loaded = self._load()
            self._forget()
            self._stamp = stamp(loaded)
            self._settings = loaded.model_copy(
                update={"database_connect_seconds": CONNECT_SECONDS, "database_pool_max": POOL_MAX}
            )
        return self._settings

    def _forget(self) -> None:
        if self._database is not None:
            self._database.timings.drain()  # a page's reads are not worth waiting for a database that is gone
            self._database.close()
        if self._cache is not None:
            self._cache.close()
        self._database = self._cache = self._clock = None
