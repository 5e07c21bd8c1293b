"""Holds on the language model's API, shared by every process: who may call, and who alone may try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.budget.holds import Hold
from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class _Asked(Hold):
    """A hold, and whether the one who asked may try the account now."""

    may_probe: bool


def hold_api(db: Statements, account: str, hold: Hold) -> None:
    """Hold an account back; a hold for speed never replaces one that waits for a person."""
    columns = {"code": hold.code, "reason": hold.reason, "remedy": hold.remedy, "until": hold.until}
    db.execute("hold_api", account=account, probed=hold.probed, **columns)


def ask_api(db: Statements, account: str, now: datetime, lease: timedelta) -> bool:
    """Return whether the caller is the probe of a hold; ``False`` when there is none.

    Of all who ask after a hold's time, one is told to probe; the others go on waiting until it reports or ``lease``,
    in the server's real time, ran out.

    Raises:
        ProductError: ``api_held``; do not call.
    """
    answer = db.fetch_row(_Asked, "ask_api", account=account, now=now, lease=lease)
    if answer is None:
        return False
    if not answer.may_probe:
        raise answer.refusal(now)
    return True


def api_hold(db: Statements, account: str, now: datetime) -> Hold | None:
    """Return the hold in force, for showing it."""
    return db.fetch_row(Hold, "read_api_hold", account=account, now=now)


def put_off_probe(db: Statements, account: str, until: datetime) -> None:
    """Let the next probe be made at ``until``: this one did not find out."""
    db.execute("put_off_probe", account=account, until=until)


def release_api(db: Statements, account: str) -> bool:
    """Lift the hold; ``False`` when there was none."""
    return db.execute("release_api", account=account) > 0
