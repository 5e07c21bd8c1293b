"""Why X does not show an account: what its data say, in any language, and else what its page says in English."""

import re
from collections.abc import Mapping

from xbot_assets.browser.pages.refusals import OF_SOMEBODY, errors_in
from xbot_assets.browser.pages.told.graphql import at
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.x.account_state import AccountState, shown_trouble

_REASONS = (
    ("suspend", FailureCode.ACCOUNT_SUSPENDED),
    ("protect", FailureCode.ACCOUNT_PROTECTED),
    ("block", FailureCode.ACCOUNT_BLOCKED),
    ("deactivat", FailureCode.NO_ACCOUNT),
    ("notfound", FailureCode.NO_ACCOUNT),
)
"""What the reason of a ``UserUnavailable`` holds, in small letters."""
_WORDS = (
    (re.compile(r"doesn.t exist|does not exist", re.IGNORECASE), FailureCode.NO_ACCOUNT),
    (re.compile(r"account (is )?suspended|suspended account", re.IGNORECASE), FailureCode.ACCOUNT_SUSPENDED),
    (re.compile(r"(posts|tweets) are protected|owner limits who can", re.IGNORECASE), FailureCode.ACCOUNT_PROTECTED),
    (re.compile(r"blocked", re.IGNORECASE), FailureCode.ACCOUNT_BLOCKED),
)
_SENTENCES = {
    FailureCode.NO_ACCOUNT: "X knows no account @{handle}.",
    FailureCode.ACCOUNT_SUSPENDED: "X has suspended @{handle}.",
    FailureCode.ACCOUNT_PROTECTED: "Only the followers of @{handle} may see its posts.",
    FailureCode.ACCOUNT_BLOCKED: "X does not show us the posts of @{handle}: one has blocked the other.",
    FailureCode.ACCOUNT_UNAVAILABLE: "X does not show @{handle}, and not why.",
}
HIDES_POSTS = frozenset({FailureCode.ACCOUNT_PROTECTED, FailureCode.ACCOUNT_BLOCKED})
"""Such an account is there, and its numbers may be shown."""


def why_unshown(body: object) -> FailureCode | None:
    """Return why X does not show the account that an answer is about; ``None`` when it does, or does not tell."""
    data = at(body, "data")
    by_error = next((OF_SOMEBODY[number] for number, _ in errors_in(body) if number in OF_SOMEBODY), None)
    if by_error is not None or not isinstance(data, Mapping):
        return by_error
    if data and "user" not in data:
        results = (at(value, "result") for value in data.values())
        return next((_unavailable(one) for one in results if at(one, "__typename") == "UserUnavailable"), None)
    result = at(data, "user", "result")
    if not result:
        return None if errors_in(body) else FailureCode.NO_ACCOUNT
    if at(result, "__typename") == "UserUnavailable":
        return _unavailable(result)
    return _hidden(result)


def _unavailable(result: object) -> FailureCode:
    names = ("reason", "unavailable_reason", "message", "unavailable_message", "unavailable_header")
    told = [at(result, name, "text") or at(result, name) for name in names]
    words = " ".join(str(part) for part in told if part).casefold().replace(" ", "").replace("_", "")
    return next((code for part, code in _REASONS if part in words), FailureCode.ACCOUNT_UNAVAILABLE)


def _hidden(result: object) -> FailureCode | None:
    """Say why an account that is shown hides its posts. Who is no follower is told by the same answer."""

    def told(old: str, *path: str) -> bool:
        return (at(result, *path) if at(result, *path) is not None else at(result, "legacy", old)) is True

    def between(name: str) -> bool:
        return told(name, "relationship_perspectives", name)

    if between("blocked_by") or between("blocking"):
        return FailureCode.ACCOUNT_BLOCKED
    if told("protected", "privacy", "protected") and not between("following"):
        return FailureCode.ACCOUNT_PROTECTED
    return None


def words_say(words: str | None) -> FailureCode | None:
    """Return what English words on a page say of an account that is not shown."""
    return next((code for pattern, code in _WORDS if words and pattern.search(words)), None)


def unshown(code: FailureCode, handle: str, words: str | None = None) -> PermanentFailure:
    """Return the failure for an account that X does not show; ``words`` are the page's own."""
    sentence = _SENTENCES[code].format(handle=handle)
    return PermanentFailure(f"{sentence} The page says: {words}" if words else sentence, code=code)


class HeardAccounts:
    """What X's answers told of the accounts that a page looked up.

    Args:
        own: the handle of our own account: suspended, it is in trouble itself, and it sees its posts when protected.
    """

    def __init__(self, own: str) -> None:
        self._own = own.casefold()
        self._why: dict[str, FailureCode | None] = {}

    def hear(self, answer: Answer) -> None:
        """Learn from an answer that says by its variables which account it is about."""
        handle = answer.asked.get("screen_name") or answer.asked.get("screenName")
        why = why_unshown(answer.body)
        if isinstance(handle, str) and (why or at(answer.body, "data", "user", "result", "rest_id")):
            self._why[handle.casefold()] = why

    def why_unshown(self, handle: str) -> FailureCode | None:
        """Return why X does not show an account; ``None`` when it does, or was not heard to tell."""
        return self._why.get(handle.casefold())

    def failure(self, handle: str, words: str | None = None) -> ProductError | None:
        """Return the failure that it is to want an account's posts, or ``None`` when nothing was told against it.

        Args:
            handle: whose posts.
            words: the page's own, where it shows words instead; they count when the data do not tell.
        """
        code, is_own = self.why_unshown(handle) or words_say(words), handle.casefold() == self._own
        if code is None or (is_own and code in HIDES_POSTS):
            return None
        if is_own and code is FailureCode.ACCOUNT_SUSPENDED:
            return shown_trouble(AccountState.SUSPENDED, where=f"the page of @{handle}")
        return unshown(code, handle, words)
