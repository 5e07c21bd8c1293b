"""The names of Dagster's own insides that we rest on, in one place: a new version of Dagster is checked here first.

Dagster documents that an instance's launcher, coordinator and storage may be classes of one's own, but does not export
the types of their methods. Others are for the code server, which starts run workers its own way, for the web server,
which gets a door (names, because importing a web server is not for everybody), and for a table that only grows.
"""

from dagster._cli import cli
from dagster._config.config_schema import UserConfigSchema
from dagster._core.events import EngineEventData
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    BACKFILL_ID_TAG,
    PARTITION_NAME_TAG,
    PRIORITY_TAG,
)
from dagster._grpc import server as grpc_server
from dagster._serdes import ConfigurableClassData
from dagster._utils.error import serializable_error_info_from_exc_info

BACKFILL_TAG = BACKFILL_ID_TAG
PARTITION_TAGS = frozenset({PARTITION_NAME_TAG, ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG})
"""Which tags say what partitions a run is of."""
RUN_WORKER_MODULES = ["dagster._grpc.impl"]
"""What a run worker imports of Dagster before it begins, beside the definitions."""
STORAGE_ENGINE = "_engine"
"""The attribute in which each of Dagster's PostgreSQL storages keeps its way to the database."""
WEB_SERVER = "dagster_webserver.cli"
"""The module that runs the web server, however it is started."""
WEB_SERVER_APPLICATION = "create_app_from_workspace_process_context"
"""Its function that makes the ASGI application."""
WEB_SERVER_UVICORN = "uvicorn"
"""Its name for what serves the application."""
WEB_SERVER_COMMAND = "dagster_webserver"
"""Its command."""
DEVELOPING = "DAGSTER_IS_DEV_CLI"
"""The variable that ``dagster dev`` sets for itself and everything it starts."""
__all__ = [
    "BACKFILL_TAG",
    "DEVELOPING",
    "PARTITION_TAGS",
    "PRIORITY_TAG",
    "RUN_WORKER_MODULES",
    "STORAGE_ENGINE",
    "WEB_SERVER",
    "WEB_SERVER_APPLICATION",
    "WEB_SERVER_COMMAND",
    "WEB_SERVER_UVICORN",
    "AssetCheckExecutionsTable",
    "CheckRunHealthResult",
    "ConfigurableClassData",
    "EngineEventData",
    "LaunchRunContext",
    "SqlEventLogStorage",
    "UserConfigSchema",
    "WorkerStatus",
    "cli",
    "grpc_server",
    "serializable_error_info_from_exc_info",
]
