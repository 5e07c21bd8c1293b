"""Dagster's storage in the product's PostgreSQL, in a schema of its own.

The address comes from the settings instead of ``dagster.yaml``, so that ``dagster dev`` in a checkout finds the running
parts without any environment variable.
"""

from typing import Any

from dagster._config.config_schema import UserConfigSchema
from dagster._serdes import ConfigurableClassData
from dagster_postgres.storage import DagsterPostgresStorage

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings, load_settings

SCHEMA = "dagster"


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
            remedy="Start the parts with 'xbot up --parts' (or scripts/run), or set XBOT_DATABASE_URL.",
        )
    _, _, rest = settings.database_url.get_secret_value().partition("://")
    joint = "&" if "?" in rest else "?"
    return f"postgresql+psycopg2://{rest}{joint}options=-csearch_path%3D{SCHEMA}"


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
        return cls(postgres_url=dagster_storage_url(load_settings()), inst_data=inst_data)

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
