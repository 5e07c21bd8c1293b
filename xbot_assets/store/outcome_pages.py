"""Long reads in pages: no statement holds up another for long, however much there is to learn from."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements

PAGE = 250
"""Rows that are read at once; so many posts with their features take about 3 ms."""


@dataclass(frozen=True, slots=True)
class PageOfPosts:
    """From which post to which, by id."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PageOfTimes:
    """From which time to which."""

    first: datetime
    last: datetime


def pages_of_outcomes(db: Statements, limit: int) -> list[PageOfPosts]:
    """Return the pages that the newest ``limit`` outcomes are on, newest first."""
    return db.fetch_rows(PageOfPosts, "outcome_pages", limit=limit, page=PAGE)


def pages_since(db: Statements, since: datetime) -> list[PageOfTimes]:
    """Return the pages of the outcomes that became known after a time, oldest first."""
    return db.fetch_rows(PageOfTimes, "compared_pages", since=since, page=PAGE)
