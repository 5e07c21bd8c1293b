"""The states that the account can be in, and the failure that each of them but the good one is.

This is the only list of them: pages, session checks, holds and the stored rows use these names.
"""

from enum import StrEnum
from typing import Literal, TypeAlias

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

LOG_IN = "Run 'xbot login'."


class AccountState(StrEnum):
    """What is known of the account and of the session that speaks for it."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    LOCKED = "locked"
    SUSPENDED = "suspended"
    CHALLENGE = "challenge"
    """X wants proof that a person is there."""
    LOOKS_AUTOMATED = "looks_automated"
    """X refused a request because it looked automated."""
    SESSION_MISSING = "session_missing"
    SESSION_KEY = "session_key"
    """The key that opens the stored session is missing, or it is another one."""
    SESSION_DAMAGED = "session_damaged"
    SESSION_EXPIRED = "session_expired"
    OTHER_ACCOUNT = "session_other_account"

    @property
    def failure_code(self) -> FailureCode:
        """Return the code of the failure that this state is; a good session is none."""
        return FailureCode(self.value)


SessionState: TypeAlias = Literal[
    AccountState.LOGGED_IN, AccountState.LOGGED_OUT, AccountState.LOCKED, AccountState.SUSPENDED
]
"""What X can say when it is asked whether the session stands."""
SESSION_TROUBLE: frozenset[str] = frozenset(
    {
        AccountState.SESSION_MISSING,
        AccountState.SESSION_KEY,
        AccountState.SESSION_DAMAGED,
        AccountState.SESSION_EXPIRED,
        AccountState.OTHER_ACCOUNT,
    }
)
"""What can be wrong with the stored session, known without asking X."""
ACCOUNT_TROUBLE: frozenset[str] = frozenset(AccountState) - {AccountState.LOGGED_IN}
"""The states in which nothing may be published; a failure of the account has the state as its code."""

_SHOWN: dict[AccountState, tuple[str, str]] = {
    AccountState.LOGGED_OUT: (
        "The stored session is no longer logged in.",
        "Run 'xbot login'; the sandbox's session is renewed by itself.",
    ),
    AccountState.LOCKED: (
        "X has locked the account.",
        "Unlock it by hand in a browser, and find out why before anything else is posted.",
    ),
    AccountState.SUSPENDED: (
        "X has suspended the account.",
        "Nothing more can be posted; the owner may appeal to X.",
    ),
    AccountState.CHALLENGE: (
        "X asks for proof that a person is there.",
        "Stop, and look at the account by hand.",
    ),
}


def shown_trouble(state: AccountState, *, where: str = "") -> PermanentFailure:
    """Return the failure for a state that X showed.

    Args:
        state: logged out, locked, suspended or challenge.
        where: what showed it, for the reason.
    """
    reason, remedy = _SHOWN[state]
    return PermanentFailure(f"{reason} ({where})" if where else reason, code=state.failure_code, remedy=remedy)


def other_account(shown: str, wanted: str) -> PermanentFailure:
    """Say whose session it is instead; both are handles or addresses, which are no secret."""
    return PermanentFailure(
        f"The session is one of {shown}, not of {wanted}.",
        code=AccountState.OTHER_ACCOUNT.failure_code,
        remedy="Run 'xbot login' with the account you mean, or correct XBOT_HANDLE.",
    )
