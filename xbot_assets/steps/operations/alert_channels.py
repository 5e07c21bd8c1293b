"""The channels that alerts go to. Only this module knows apprise, which speaks to many services."""

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from xbot_assets.domain.alerts.entry import Severity
from xbot_assets.domain.alerts.messages import Message
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure

if TYPE_CHECKING:
    import apprise

HASH_CHARS = 8
KIND_OF: dict[Severity, str] = {"critical": "failure", "warning": "warning", "info": "info"}
"""Our severities in apprise's words."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One place that alerts are sent to. Its address may hold a secret and is never shown."""

    address: str

    @property
    def name(self) -> str:
        """What it is called in records and on the terminal: its kind, and a hash that tells two of a kind apart."""
        kind = urlsplit(self.address).scheme or "unknown"
        return f"{kind}:{hashlib.sha256(self.address.encode()).hexdigest()[:HASH_CHARS]}"

    def check(self) -> None:
        """Raise ``PermanentFailure`` with ``bad_alert_channel`` when apprise knows no such channel."""
        _opened(self)

    def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            PermanentFailure: ``bad_alert_channel``.
            TransientFailure: ``alert_not_sent``: the channel did not take it.
        """
        kind = KIND_OF[message.severity]
        taken = _opened(self).notify(body=message.body, title=message.title, notify_type=kind, body_format="text")
        if not taken:
            raise TransientFailure(
                f"The channel {self.name} did not take the message.",
                code=FailureCode.ALERT_NOT_SENT,
                remedy="Check its address in XBOT_ALERT_URLS and whether this machine reaches it: 'xbot alerts test'.",
            )


def _opened(channel: Channel) -> "apprise.Apprise":
    # Here, not above: it costs every process that loads it memory, and most stacks have no channel.
    import apprise  # noqa: PLC0415

    # Its own lines may hold an address, and with it a secret; what went wrong is told by us.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    opened = apprise.Apprise()
    if not opened.add(channel.address):
        raise PermanentFailure(
            f"The channel {channel.name} is none that apprise knows, or its address lacks a part.",
            code=FailureCode.BAD_ALERT_CHANNEL,
            remedy="Write it in XBOT_ALERT_URLS as its page at https://appriseit.com/services/ says.",
        )
    return opened
