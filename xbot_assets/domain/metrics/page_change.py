"""Whether X's page has changed: the share of posts that cannot be read rises at once, and not with single odd posts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Posts whose page was looked at, and how many of them could not be read or told what cannot be."""

    looked: int
    unparsed: int

    @property
    def share(self) -> float:
        """Return the share that could not be read; 0 when none was looked at."""
        return self.unparsed / self.looked if self.looked else 0.0

    def rises_from(self, usual: "Unparsed", jump: float) -> bool:
        """Say whether the share is higher than usual by so much that the page must have changed."""
        return self.looked > 0 and self.share - usual.share >= jump


def is_odd_by_itself(read_at: datetime | None, looked_at: datetime | None, others_read_at: datetime | None) -> bool:
    """Say whether a post could not be read when others could: then it says nothing about the page of all.

    Args:
        read_at: when the post was last read.
        looked_at: when it was last asked for, read or not.
        others_read_at: when any post was last read.
    """
    if looked_at is None or others_read_at is None:
        return False
    failed_last = read_at is None or read_at < looked_at
    return failed_last and looked_at <= others_read_at
