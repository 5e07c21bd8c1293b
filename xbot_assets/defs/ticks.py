"""The product as ticks see it: opened once in a process, and used again by every schedule and sensor.

Some twenty ticks a minute only ask the database whether something is due. To open a pool of connections, check the
schema and build every client for each of them was half of what an idle stack cost.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic

from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.product import Product, open_product

_LOG = logging.getLogger(__name__)
TICK_WORKER = "tick"
"""The worker's name outside a run: schedules and sensors only look, they claim nothing."""
CONNECTIONS = 2
"""Most ticks come one after the other; a schedule's may meet a sensor's."""
FLUSH_SECONDS = 300.0
"""Statement timings are stored this often: a product that stays open would never store them otherwise."""


class SharedProduct:
    """One product for all ticks of this process, opened when it is first asked for.

    It is opened again when the parts were started anew or the ``.env`` file was changed. A database that went away
    and came back costs the ticks in between: its pool looks at each connection before it lends it.
    """

    def __init__(self, load: Callable[[], Settings] = load_settings) -> None:
        self._load = load
        self._lock = Lock()
        self._open = ExitStack()
        self._product: Product | None = None
        self._stamp: object = None
        self._flushed_at = monotonic()

    @contextmanager
    def lent(self) -> Iterator[Product]:
        """Lend the product to one tick.

        Raises:
            ProductError: as :func:`open_product` does; the next tick tries again.
        """
        with self._lock:
            product = self._current()
        yield product
        self._store_timings(product)

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            self._forget()

    def _current(self) -> Product:
        if self._product is None or self._stamp != _stamp(self._product.settings):
            self._forget()
            settings = self._load()
            small = settings.model_copy(update={"database_pool_max": CONNECTIONS})
            self._product = self._open.enter_context(open_product(small, worker=TICK_WORKER))
            self._stamp = _stamp(settings)
        return self._product

    def _forget(self) -> None:
        self._product = None
        self._open.close()

    def _store_timings(self, product: Product) -> None:
        if monotonic() - self._flushed_at < FLUSH_SECONDS:
            return
        self._flushed_at = monotonic()
        try:
            product.database.flush_timings()
        except ProductError as failure:
            _LOG.warning("statement timings of the ticks were not stored yet: %s", failure.reason)


def _state(file: Path) -> object:
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return (state.st_mtime_ns, state.st_ino)


def _stamp(settings: Settings) -> list[object]:
    """Return what changes when the settings may have: the parts' file and the owner's were replaced or edited."""
    return [_state(file) for file in (settings.parts_file, settings.home.parent / ".env")]


shared_product = SharedProduct()
"""This process's own. It holds nothing until the first tick."""
