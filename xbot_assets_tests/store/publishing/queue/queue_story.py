"""Everything stored about the posts of a queue at one moment, and the promises it must keep."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import psycopg

from xbot_assets.domain.posts.lifecycle import ALLOWED, IN_HAND

Pair = tuple[str | None, str]
TAKEN_BACK = {("armed", "queued"), ("unconfirmed", "queued"), ("unconfirmed", "rejected")}
"""After these it is certain that X does not have the post."""
MAY_BE_ON_X = {"armed", "unconfirmed", "published"}


@dataclass(frozen=True)
class Story:
    """The rows of ``posts`` by number and those of ``post_events`` in order."""

    rows: dict[int, dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def status(self) -> dict[int, str]:
        """The state of each post."""
        return {number: row["status"] for number, row in self.rows.items()}

    def numbers_in(self, *states: str) -> list[int]:
        """Return the posts in these states."""
        return [number for number, status in self.status.items() if status in states]

    def changes(self) -> set[Pair]:
        """Return every change that an event tells of."""
        return {(event["from_status"], event["to_status"]) for event in self.events}

    def check(self, *, spacing: timedelta, cap: int) -> None:
        """Assert every promise."""
        assert len(self.numbers_in(*IN_HAND)) <= 1
        assert self.changes() <= ALLOWED
        for row in self.rows.values():
            assert (row["status"] == "published") == (row["x_post_id"] is not None)
        self._check_events()
        self._check_spacing(spacing)
        assert max(self._submitted_by_day().values(), default=0) <= cap

    def _check_events(self) -> None:
        """Each post's events join on without a gap, end in its row, and its token never falls and grows by claims."""
        told = _by_post(self.events)
        assert set(told) == set(self.rows)
        for number, events in told.items():
            assert events[0]["from_status"] is None
            for earlier, later in pairwise(events):
                assert later["from_status"] == earlier["to_status"]
                assert later["fencing_token"] >= earlier["fencing_token"] + (later["to_status"] == "claimed")
            last = events[-1]
            row = self.rows[number]
            assert (last["to_status"], last["fencing_token"]) == (row["status"], row["fencing_token"])

    def _check_spacing(self, spacing: timedelta) -> None:
        """Nothing was claimed within the spacing after a post that was, or may have been, submitted."""
        submitted: list[datetime] = []
        undone = self._undone()
        for event in self.events:
            at = event["happened_at"]
            if event["to_status"] == "claimed":
                assert all(at - earlier >= spacing for earlier in submitted)
            elif event["id"] not in undone and (
                event["to_status"] == "armed" or (event["from_status"], event["to_status"]) == ("armed", "published")
            ):
                submitted.append(at)

    def _undone(self) -> set[int]:
        """Return the intents that were taken back because surely nothing was submitted."""
        undone: set[int] = set()
        for events in _by_post(self.events).values():
            intent: int | None = None
            for event in events:
                if event["to_status"] == "armed":
                    intent = event["id"]
                elif intent is not None and (event["from_status"], event["to_status"]) in TAKEN_BACK:
                    undone.add(intent)
        return undone

    def _submitted_by_day(self) -> Counter[tuple[bool, date]]:
        """Count the posts, and the replies, that are or may be on X by the owner's day (UTC) of their submission."""
        rows = [row for row in self.rows.values() if row["status"] in MAY_BE_ON_X]
        return Counter(
            (row["reply_to_handle"] is not None, max(filter(None, (row["armed_at"], row["published_at"]))).date())
            for row in rows
        )


def read_story(connection: psycopg.Connection[dict[str, Any]]) -> Story:
    """Read it."""
    rows = connection.execute("select * from posts order by id").fetchall()
    events = connection.execute("select * from post_events order by id").fetchall()
    return Story({row["id"]: row for row in rows}, events)


def _by_post(events: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    ordered = sorted(events, key=lambda event: (event["post_id"], event["id"]))
    return {number: list(group) for number, group in groupby(ordered, key=lambda event: event["post_id"])}
