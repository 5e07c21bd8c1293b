"""The database of a stack that does not run, for a command that needs nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.environment import child_environment
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.runtime.machine.lock import StackLock
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.progress import Progress
from xbot_assets.runtime.supervision.child import Limits
from xbot_assets.runtime.supervision.supervisor import Supervisor
from xbot_assets.settings import Settings


@contextmanager
def lone_database(settings: Settings, progress: Progress, holder: str) -> Iterator[Settings]:
    """Keep any stack of this data directory from starting, and give the settings with a database for a block.

    Args:
        settings: as read without the parts file.
        progress: where steps are told.
        holder: the command, for whoever tries to start a stack meanwhile.

    Raises:
        PermanentFailure: ``already_running``, or as the embedded PostgreSQL does.
    """
    with StackLock(settings.home, holder):
        if settings.database_url is not None:
            yield settings
            return
        limits = Limits(
            settings.start_timeout_seconds, settings.stop_timeout_seconds, settings.restart_backoff_max_seconds
        )
        with Supervisor(settings.home, limits, child_environment(settings), progress.tell) as supervisor:
            with progress.step("database"):
                postgres = EmbeddedPostgres(settings.home, service_account(), ports=PortBook(settings.home))
                postgres.prepare()
                supervisor.start(postgres.program())
            yield settings.model_copy(update={"database_url": SecretStr(postgres.url())})
