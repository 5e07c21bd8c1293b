"""Bringing alerts to a person: each notice to each channel, again and again until the channel took it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.alerts.messages import Message, messages_due
from xbot_assets.domain.clock import Clock
from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings
from xbot_assets.steps.operations.alert_channels import Channel
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations import alert_deliveries

NOTICES_AT_ONCE = 200
ATTEMPT_WITHIN = timedelta(minutes=2)
"""Another sender may try a notice after this: apprise gives up on a connection after seconds."""
FIRST_PAUSE = timedelta(seconds=5)
"""Doubled with each refusal, up to the setting."""
DOUBLINGS_MAX = 16

Send = Callable[[Channel, Message], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one pass did: messages that channels took, and what went wrong with others, in words without secrets."""

    sent: int
    troubles: tuple[str, ...]


def deliver(database: Database, clock: Clock, settings: Settings, send: Send = Channel.send) -> Delivery:
    """Send to every channel what is due for it. A channel that fails does not keep the others from their messages.

    A notice counts as sent only after the channel took it. A sender that dies in between leaves its notice to the next
    one, so a message may come twice then; none is lost.

    Raises:
        ProductError: the database does not answer.
    """
    channels = channels_of(settings)
    sent, troubles = 0, list[str]()
    for channel in channels:
        for message in _due(database, clock, settings, channel):
            trouble = _try(database, settings, channel, message, send)
            sent += trouble is None
            troubles += [trouble] if trouble else []
    alert_deliveries.close_notices(database, [channel.name for channel in channels], clock.now())
    return Delivery(sent, tuple(troubles))


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels that the owner has set."""
    return tuple(Channel(address) for address in settings.alert_channels)


def _due(database: Database, clock: Clock, settings: Settings, channel: Channel) -> Sequence[Message]:
    now, quiet = clock.now(), settings.alerts_quiet
    return messages_due(
        alert_deliveries.notices_for(database, channel.name, NOTICES_AT_ONCE),
        now,
        quiet=quiet is not None and quiet.contain(now, settings.zone),
        digest=timedelta(minutes=settings.alert_digest_minutes),
        link=settings.alert_link or settings.service_url or "",
    )


def _try(database: Database, settings: Settings, channel: Channel, message: Message, send: Send) -> str | None:
    """Send one message unless another sender has it in hand; return what went wrong, or ``None``."""
    ids = message.notice_ids
    if alert_deliveries.claim_notices(database, channel.name, ids, ATTEMPT_WITHIN) != set(ids):
        # What was taken of a digest that another sender has begun is free again when the attempt's time is over.
        return None
    try:
        send(channel, message)
    except ProductError as failure:
        pause = _pause(settings, message.attempts)
        alert_deliveries.note_refused(database, channel.name, ids, failure.reason, pause)
        return failure.reason
    alert_deliveries.note_delivered(database, channel.name, ids)
    return None


def _pause(settings: Settings, attempts: int) -> timedelta:
    longest = timedelta(seconds=settings.alert_retry_seconds_max)
    pause: timedelta = FIRST_PAUSE * (1 << min(attempts, DOUBLINGS_MAX))
    return min(longest, pause)
