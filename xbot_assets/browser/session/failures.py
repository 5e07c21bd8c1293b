"""What can be wrong with the owner's session, in one sentence each.

No sentence holds a cookie, a key or any part of the file.
"""

from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.x.account_state import LOG_IN


def missing(path: Path, why: str) -> PermanentFailure:
    """Say that there is no file to read, and why."""
    reason = f"The session file {path} cannot be read: {why}."
    return PermanentFailure(reason, code=FailureCode.SESSION_MISSING, remedy=f"{LOG_IN} Or correct XBOT_SESSION_PATH.")


def not_sealed(path: Path) -> PermanentFailure:
    """Say that the file is a storage state that anybody can read."""
    return PermanentFailure(
        f"The session in {path} is not sealed.",
        code=FailureCode.SESSION_DAMAGED,
        remedy=f"Run 'xbot login --import {path}', which seals it and deletes that file.",
    )


def damaged(what: str) -> PermanentFailure:
    """Say how the sealed session is not the one that was written."""
    return PermanentFailure(f"The sealed session {what}.", code=FailureCode.SESSION_DAMAGED, remedy=LOG_IN)


def no_key(why: str, remedy: str) -> PermanentFailure:
    """Say why there is no key to open the session with."""
    return PermanentFailure(why, code=FailureCode.SESSION_KEY, remedy=remedy)


def wrong_key() -> PermanentFailure:
    """Say that the key is a key, but not this session's."""
    return PermanentFailure(
        "The session was sealed with another key.",
        code=FailureCode.SESSION_KEY,
        remedy="Give the key that it was sealed with (XBOT_SESSION_KEY or XBOT_SESSION_KEY_PATH), or run 'xbot login'.",
    )


def expired(when: str) -> PermanentFailure:
    """Say that the session's login has ended."""
    return PermanentFailure(f"The session's login {when}.", code=FailureCode.SESSION_EXPIRED, remedy=LOG_IN)
