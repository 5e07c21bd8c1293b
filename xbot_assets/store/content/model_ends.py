"""Until when the API serves its models, as it said itself, and which successions the owner was told of.

``account`` is the API and key in use, as for the holds. Looks are in real time: the provider's calendar does not follow
the product's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xbot_assets.store.engine.database import Database, Statements


@dataclass(frozen=True, slots=True)
class _Row:
    """One announced end."""

    model: str
    ends_on: date


def claim_look(db: Statements, account: str, now: datetime, every: timedelta) -> bool:
    """Say whether the caller is to look at the API's list now: one process each time, and not sooner than ``every``."""
    return db.fetch_one("claim_model_look", account=account, now=now, due=now - every) is not None


def note_problem(db: Statements, account: str, problem: str) -> None:
    """Note why the list could not be read; the ends known before still stand."""
    db.execute("note_look_problem", account=account, problem=problem)


def replace_ends(database: Database, account: str, ends: Mapping[str, date]) -> None:
    """Keep what a list announced, and nothing of the one before."""
    with database.transaction() as transaction:
        transaction.execute("forget_model_ends", account=account)
        for model, ends_on in sorted(ends.items()):
            transaction.execute("add_model_end", account=account, model=model, ends_on=ends_on)


def announced_ends(db: Statements, account: str) -> dict[str, date]:
    """Return the ends that the API announced, by model."""
    return {row.model: row.ends_on for row in db.fetch_rows(_Row, "model_ends", account=account)}


def note_succession(db: Statements, model: str, successor: str, now: datetime) -> bool:
    """Note that a succession is told; ``False`` when it was before."""
    return db.fetch_one("note_succession", model=model, successor=successor, now=now) is not None
