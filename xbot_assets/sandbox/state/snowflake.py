"""Post and account ids as X makes them: 64-bit numbers, ordered by time, written as strings."""

from datetime import UTC, datetime, timedelta

EPOCH_MS = 1_288_834_974_657
"""Zero of X's ids, in unix milliseconds (4 November 2010)."""
LOW_BITS = 22
"""Bits below the milliseconds: machine and sequence."""
LOW_SIZE = 1 << LOW_BITS
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def snowflake(moment: datetime, low: int = 0) -> int:
    """Return the id of something made at ``moment``; ``low`` tells things of one millisecond apart."""
    milliseconds = (moment - _UNIX) // timedelta(milliseconds=1)
    return (max(0, milliseconds - EPOCH_MS) << LOW_BITS) | (low % LOW_SIZE)
