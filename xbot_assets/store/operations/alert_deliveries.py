"""What each channel was told of the alerts' outbox. Times here are real: channels live in the world's time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.messages import Notice
from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class ChannelState:
    """When a channel took something last, how many notices it has refused so far, and the newest reason."""

    sent_at: datetime | None
    waiting: int
    last_error: str | None


def notices_for(db: Statements, channel: str, limit: int) -> list[Notice]:
    """Return the notices that a channel has not taken and may be tried with now, oldest first."""
    return db.fetch_rows(Notice, "notices_for_channel", channel=channel, limit=limit)


def claim_notices(db: Statements, channel: str, ids: Sequence[int], attempt_within: timedelta) -> set[int]:
    """Take notices for one attempt, which may last so long; return those that no other sender has in hand."""
    rows = db.fetch_all("claim_notices", channel=channel, ids=list(ids), attempt_within=attempt_within)
    return {row["notice_id"] for row in rows}


def note_delivered(db: Statements, channel: str, ids: Sequence[int]) -> None:
    """Note that the channel took them."""
    db.execute("note_delivered", channel=channel, ids=list(ids))


def note_refused(db: Statements, channel: str, ids: Sequence[int], error: str, pause: timedelta) -> None:
    """Note that the channel did not take them, and when it is tried again."""
    db.execute("note_refused", channel=channel, ids=list(ids), error=error, pause=pause)


def close_notices(db: Statements, channels: Sequence[str], now: datetime) -> int:
    """Close the notices that all these channels took; with no channel, all of them. Return how many."""
    return db.execute("close_notices", channels=list(channels), now=now)


def channel_state(db: Statements, channel: str) -> ChannelState:
    """Return how a channel does."""
    return db.fetch_row(ChannelState, "channel_state", channel=channel) or ChannelState(None, 0, None)
