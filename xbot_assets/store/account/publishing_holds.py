"""Holds of publishing: while one is open nothing is sent, and each keeps who lifted it and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from xbot_assets.domain.alerts.account import hold_sentence
from xbot_assets.store.engine.database import Statements


class Lifting(StrEnum):
    """How a hold ended."""

    RESUMED = "resumed"
    """A person put it right and said so."""
    DISPROVED = "disproved"
    """A session check saw that it is over."""
    COMPARED = "compared"
    """After a restored backup: the timeline was compared with the queue."""


@dataclass(frozen=True, slots=True)
class PublishingHold:
    """One open hold, on the product's clock. ``code`` is that of the failure that led to it."""

    code: str
    reason: str
    remedy: str
    since: datetime

    @property
    def sentence(self) -> str:
        """Why nothing is published, as the hold's alert says it."""
        return hold_sentence(self.reason)


def insert_hold(db: Statements, *, code: str, reason: str, remedy: str, now: datetime) -> None:
    """Hold publishing; an open hold of the same code takes over the newer words and keeps its beginning."""
    db.execute("hold_publishing", code=code, reason=reason, remedy=remedy, now=now)


def open_holds(db: Statements) -> list[PublishingHold]:
    """Return every hold in force, oldest first."""
    return db.fetch_rows(PublishingHold, "open_publishing_holds")


def hold_reason(db: Statements) -> str | None:
    """Return why publishing is on hold, by the oldest hold, or ``None`` when it is not."""
    return next((hold.sentence for hold in open_holds(db)), None)


def lift_holds(db: Statements, codes: Sequence[str], by: str, how: Lifting, now: datetime) -> list[str]:
    """Lift the open holds of these codes; return the codes of those that were open."""
    rows = db.fetch_all("lift_publishing_holds", codes=list(codes), who=by, how=how, now=now)
    return [row["code"] for row in rows]
