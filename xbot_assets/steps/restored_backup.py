"""Restoring a backup into the product's database, and what has to be so before anything works with it again."""

from datetime import datetime

from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import terms_at
from xbot_assets.steps.publishing.restoration import begin_after_restore, restored_hold
from xbot_assets.store.backup.restoring import OpenBackup, hold_script, refuse_occupied, restore_into
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.content.budget import spend_rest_of_day
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate


def restore_database(settings: Settings, backup: OpenBackup, *, force: bool) -> None:
    """Replace the database by a backup; from the first moment on, publishing is on hold.

    Args:
        settings: with the address of a database that nobody uses.
        backup: as ``open_backup`` gave it.
        force: whether a database that holds something is replaced.

    Raises:
        PermanentFailure: ``restore_not_empty``, ``restore_in_use``, ``restore_failed``; nothing was changed then.
    """
    refuse_occupied(settings, force=force)
    held = restored_hold()
    # In the restore's own transaction: a stack that starts right after it must not find a queue without a hold.
    restore_into(settings, backup, afterwards=hold_script(held.code, held.reason, held.remedy))
    migrate(settings)
    with open_database(settings) as database:
        now = DatabaseClock(database).now()
        begin_after_restore(database, backup.manifest.taken_at, now)
        _keep_the_wall(database, settings, now)


def _keep_the_wall(database: Database, settings: Settings, now: datetime) -> None:
    """Count the rest of the owner's day as spent: what was paid after the backup was made is not known.

    The sandbox's model costs nothing.
    """
    if settings.llm == "openai":
        spend_rest_of_day(database, terms_at(settings, now))
