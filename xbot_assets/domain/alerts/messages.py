"""What reaches a person of the notices that wait: critical ones at once and alone, all others gathered in a digest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xbot_assets.domain.alerts.catalogue import entry_of
from xbot_assets.domain.alerts.entry import Severity

TITLE_CHARS = 120
"""What a telephone's lock screen shows of a title, and more."""
DIGEST_NOTICES_MAX = 25
"""Notices in one message; some channels take no more than 4,000 characters."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of the outbox: an alert was raised, or it ended. ``created_at`` is on the product's clock."""

    id: int
    event: Literal["raised", "resolved"]
    created_at: datetime
    attempts: int
    key: str
    severity: Severity
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a channel, the notices that it tells, and how often at most one of them was refused."""

    notice_ids: tuple[int, ...]
    attempts: int
    severity: Severity
    title: str
    body: str


def messages_due(
    notices: Sequence[Notice], now: datetime, *, quiet: bool, digest: timedelta, link: str
) -> list[Message]:
    """Return what is to be sent now, the gravest first.

    Args:
        notices: what waits, oldest first.
        now: the product's time.
        quiet: whether only critical alerts are sent now.
        digest: how long others are gathered: they go when the oldest has waited so long.
        link: address of the page on which an alert is seen and acknowledged.
    """
    critical = [notice for notice in notices if notice.severity == "critical"]
    others = [notice for notice in notices if notice.severity != "critical"]
    due = [_single(notice, link) for notice in critical]
    if others and not quiet and now - others[0].created_at >= digest:
        due += _digests(others, link)
    return due


def _digests(notices: Sequence[Notice], link: str) -> Iterator[Message]:
    for start in range(0, len(notices), DIGEST_NOTICES_MAX):
        some = notices[start : start + DIGEST_NOTICES_MAX]
        yield _single(some[0], link) if len(some) == 1 else _digest(some, link)


def _single(notice: Notice, link: str) -> Message:
    over = notice.event == "resolved"
    severity: Severity = "info" if over else notice.severity
    remedy = "" if over else notice.remedy
    body = "\n".join(part for part in (notice.reason, remedy, *_places(notice.key, link)) if part)
    return Message((notice.id,), notice.attempts, severity, _title(notice), body)


def _digest(notices: Sequence[Notice], link: str) -> Message:
    raised = sum(notice.event == "raised" for notice in notices)
    lines = [f"{_title(notice)}. {notice.reason}" for notice in notices]
    severity: Severity = "warning" if raised else "info"
    title = f"xbot: {raised} new, {len(notices) - raised} over"
    ids, attempts = tuple(notice.id for notice in notices), max(notice.attempts for notice in notices)
    return Message(ids, attempts, severity, title, "\n\n".join([*lines, link]).strip())


def _title(notice: Notice) -> str:
    entry = entry_of(notice.key)
    what = entry.title if entry else notice.key
    return f"{'Over' if notice.event == 'resolved' else notice.severity.capitalize()}: {what}"[:TITLE_CHARS]


def _places(key: str, link: str) -> Iterator[str]:
    if link:
        yield link
    entry = entry_of(key)
    if entry:
        yield f"docs/runbook.md#{entry.anchor}"
