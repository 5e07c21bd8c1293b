"""The one way into Redis or Valkey: a cache that can be off or down without anyone noticing but the clock.

Every read has a database answer; a miss is always allowed.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.engine.cache_failures import classify

_LOG = logging.getLogger(__name__)

OFF = "off"
"""The value of ``XBOT_REDIS_URL`` that switches caching off."""
NAMESPACE = "xbot:"
"""Before every key, because a Redis may be shared."""
TIMEOUT_SECONDS = 0.5
"""For connecting and for each answer: a cache slower than this is no help."""
RECHECK_SECONDS = 1.0
"""After a failure the cache is left alone this long, so that an outage does not slow every caller."""


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """Counters of this process since it opened the cache, and its connections now."""

    hits: int
    misses: int
    errors: int
    in_use: int
    size_max: int
    available: bool


class Cache(Protocol):
    """What callers may do. None of it raises for a cache that is off, down or full."""

    @property
    def available(self) -> bool:
        """Whether the last contact worked; ``False`` for a cache that is off."""
        ...

    def get_json(self, key: str) -> Any | None:  # noqa: ANN401 - whatever JSON was stored
        """Return what was stored under ``key``, or ``None``."""
        ...

    def set_json(self, key: str, value: object, ttl: float) -> None:
        """Store a JSON value for ``ttl`` seconds. Raises ``TypeError`` for a value that is not JSON."""
        ...

    def ping(self) -> bool:
        """Contact the server now and say whether it answered."""
        ...

    def statistics(self) -> CacheStatistics:
        """Return the counters."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class NoCache:
    """Caching switched off: every read is a miss."""

    available = False

    def get_json(self, key: str) -> None:
        """Miss."""
        del key

    def set_json(self, key: str, value: object, ttl: float) -> None:
        """Forget at once."""
        del key, value, ttl

    def ping(self) -> bool:
        """There is no server."""
        return False

    def statistics(self) -> CacheStatistics:
        """Nothing was counted."""
        return CacheStatistics(0, 0, 0, 0, 0, available=False)

    def close(self) -> None:
        """There is nothing to close."""


class RedisCache:
    """A cache on Redis or Valkey. One log line when it is lost, one when it is back."""

    def __init__(self, url: str, size_max: int) -> None:
        self._pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=size_max,
            timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            client_name="xbot-assets",
        )
        self._client = redis.Redis(connection_pool=self._pool)
        self._size_max = size_max
        self._lock = Lock()
        self._available = True
        self._closed_until = 0.0
        self._hits = self._misses = self._errors = 0

    @property
    def available(self) -> bool:
        """Whether the last contact worked."""
        return self._available

    def get_json(self, key: str) -> Any | None:  # noqa: ANN401 - the protocol's type
        """Return the stored value, or ``None`` for a miss, an outage or a value that is not JSON."""
        raw = self._ask(lambda: self._client.get(NAMESPACE + key))
        try:
            value = None if raw is None else json.loads(raw)
        except ValueError:
            value = None
        with self._lock:
            self._hits += value is not None
            self._misses += value is None
        return value

    def set_json(self, key: str, value: object, ttl: float) -> None:
        """Store a JSON value for ``ttl`` seconds."""
        text = json.dumps(value)
        self._ask(lambda: self._client.set(NAMESPACE + key, text, px=max(1, round(ttl * 1000))))

    def ping(self) -> bool:
        """Contact the server even during the pause after a failure."""
        self._closed_until = 0.0
        return bool(self._ask(self._client.ping))

    def statistics(self) -> CacheStatistics:
        """Return the counters."""
        with self._lock:
            return CacheStatistics(
                hits=self._hits,
                misses=self._misses,
                errors=self._errors,
                in_use=self._size_max - self._pool.pool.qsize(),
                size_max=self._size_max,
                available=self._available,
            )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._pool.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: Callable[[], Any]) -> Any | None:  # noqa: ANN401 - redis-py's answers
        """Ask the server; any failure is a miss and starts the pause."""
        if monotonic() < self._closed_until:
            return None
        try:
            answer = question()
        except redis.RedisError as error:
            self._note_outage(error)
            return None
        self._note_answer()
        return answer

    def _note_outage(self, error: redis.RedisError) -> None:
        with self._lock:
            self._errors += 1
            self._closed_until = monotonic() + RECHECK_SECONDS
            was_available, self._available = self._available, False
        if was_available:
            _LOG.warning("the cache is lost, the database answers alone: %s", classify(error).reason)

    def _note_answer(self) -> None:
        if self._available:
            return
        with self._lock:
            was_available, self._available = self._available, True
        if not was_available:
            _LOG.warning("the cache is back")


def open_cache(settings: Settings) -> Cache:
    """Open the cache of the settings; one that is off, or whose part does not run, misses every read.

    Raises:
        PermanentFailure: ``bad_redis_url`` for an address that is malformed. A server that is down is no failure.
    """
    url = settings.redis_url.get_secret_value() if settings.redis_url else OFF
    if url.strip().lower() == OFF:
        return NoCache()
    try:
        return RedisCache(url, settings.cache_pool_max)
    except ValueError:
        raise PermanentFailure(
            "XBOT_REDIS_URL is not the address of a Redis or Valkey.",
            code=FailureCode.BAD_REDIS_URL,
            remedy="Write it as redis://user:password@host:port/0, or 'off'.",
        ) from None
