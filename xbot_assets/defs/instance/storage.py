"""Dagster's storage in the product's PostgreSQL, in a schema of its own.

The address comes from the settings instead of ``dagster.yaml``, so that ``dagster dev`` in a checkout finds the running
parts without any environment variable.
"""

import os
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import sqlalchemy
from dagster_postgres import DagsterPostgresStorage

from xbot_assets.defs.instance.dagster_internals import STORAGE_ENGINE, ConfigurableClassData, UserConfigSchema
from xbot_assets.defs.instance.web_server import guard_this_process
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import mask, mask_output
from xbot_assets.settings import Settings, load_settings

SCHEMA = "dagster"
CONNECTIONS_KEPT = 1
"""Connections that stay open between two questions; more at a time are opened and closed again."""
CONNECTIONS_BESIDE = 20
RECYCLE_SECONDS = 3600
"""A connection is replaced after this, so that what a server keeps for one does not grow for weeks."""


def dagster_storage_url(settings: Settings) -> str:
    """Return the address of Dagster's tables; psycopg 2, because dagster-postgres listens through it.

    With SQLAlchemy 2.1 a bare ``postgresql://`` picks psycopg 3, and every NOTIFY of dagster-postgres 0.29 fails.

    Raises:
        PermanentFailure: when no database is known.
    """
    if settings.database_url is None:
        raise PermanentFailure(
            "No database is known.",
            code=FailureCode.NO_DATABASE,
            remedy="Start the parts with 'xbot up --parts', 'xbot up' or scripts/run, or set XBOT_DATABASE_URL.",
        )
    _, _, rest = settings.database_url.get_secret_value().partition("://")
    place, _, query = rest.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    options = f"{given.pop('options', '')} -csearch_path={SCHEMA}".strip()
    return f"postgresql+psycopg2://{place}?{urlencode(given | {'options': options}, quote_via=quote)}"


class _Engines:
    """The way to Dagster's tables that all storages of this process share.

    Dagster opens a connection for each question and looks for its tables whenever an instance is made, which is once
    for every tick: most of what PostgreSQL and the daemon did on an idle machine.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._engine: sqlalchemy.Engine | None = None
        self._is_of: tuple[int, str] | None = None

    def knows(self, url: str) -> bool:
        """Say whether this process has seen the tables there before."""
        return self._is_of == (os.getpid(), url)

    def engine(self, url: str) -> sqlalchemy.Engine:
        """Return the engine of this process and address; each connection is tried before it is used."""
        with self._lock:
            if self._engine is None or not self.knows(url):
                self._engine = sqlalchemy.create_engine(
                    url,
                    isolation_level="AUTOCOMMIT",
                    pool_size=CONNECTIONS_KEPT,
                    max_overflow=CONNECTIONS_BESIDE,
                    pool_recycle=RECYCLE_SECONDS,
                    pool_pre_ping=True,
                )
                self._is_of = (os.getpid(), url)
                # Dagster stores the errors of steps, sensors and ticks with every exception that led to them.
                sqlalchemy.event.listen(self._engine, "before_cursor_execute", _mask_parameters, retval=True)
            return self._engine


def _mask_parameters(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401 - SQLAlchemy's own signature
    _context: object,
    _many: object,
) -> tuple[str, Any]:
    """Take the secrets out of what is about to be stored."""
    return statement, _masked(parameters)


def _masked(given: Any) -> Any:  # noqa: ANN401 - one set of parameters, by name or by place, or several
    if isinstance(given, str):
        return mask(given)
    if isinstance(given, dict):
        return {name: _masked(value) for name, value in given.items()}
    return type(given)(map(_masked, given)) if type(given) in {list, tuple} else given


_engines = _Engines()


class ProductPostgresStorage(DagsterPostgresStorage):
    """Runs, events and schedules beside the product's tables. Takes no configuration."""

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Take nothing from ``dagster.yaml``."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Any,  # noqa: ANN401, ARG003 - Dagster's signature
    ) -> "ProductPostgresStorage":
        """Build the storage from the settings."""
        settings = load_settings()
        guard_this_process(settings)
        mask_output()  # whatever process this is, it runs code whose errors end in Dagster's own logs
        url = dagster_storage_url(settings)
        storage = cls(postgres_url=url, should_autocreate_tables=not _engines.knows(url), inst_data=inst_data)
        engine = _engines.engine(url)
        for part in (storage.run_storage, storage.event_log_storage, storage.schedule_storage):
            # Dagster has no setting for how its PostgreSQL storages connect, except for the web server's.
            setattr(part, STORAGE_ENGINE, engine)
        return storage

    @property
    def event_storage_data(self) -> None:
        """Say that the event log has no configuration apart from this class."""
        return

    @property
    def run_storage_data(self) -> None:
        """Say that the run storage has no configuration apart from this class."""
        return

    @property
    def schedule_storage_data(self) -> None:
        """Say that the schedule storage has no configuration apart from this class."""
        return
