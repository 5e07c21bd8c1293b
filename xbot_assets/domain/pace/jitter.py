"""A little chance in due times, so that posts do not come on the stroke of the hour."""

import hashlib
from datetime import datetime, timedelta

_DIGEST_BYTES = 8
"""64 bits of the digest make the fraction: far finer than a microsecond of any bound."""


def jittered(due: datetime, key: str, most: timedelta) -> datetime:
    """Return ``due``, later by less than ``most``; the same key and bound always give the same delay.

    The delay is drawn from a digest of the key, not from a generator, so a restart does not draw it again. It only
    ever delays: nothing comes before the time it was planned for.

    Args:
        due: the planned time.
        key: what names the post for good: its id, or its fingerprint before it has one.
        most: the bound; zero or less leaves the time as it is.
    """
    digest = hashlib.sha256(f"due time of {key}".encode()).digest()
    fraction = int.from_bytes(digest[:_DIGEST_BYTES]) / (1 << 8 * _DIGEST_BYTES)
    return due + max(most, timedelta(0)) * fraction
