"""A search in X's own words, made of typed parts: nothing that somebody else wrote can become an operator."""

import re
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.identifiers import HANDLE

_WORD = re.compile(r"[^\w' -]")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
QUERY_CHARACTERS_MAX = 500
"""What the operation takes; X's own box takes about as much."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for; every part narrows the search, and those that are not given do not.

    Attributes:
        any_of: words or phrases of which one must occur.
        from_handle: only posts by this account.
        to_handle: only answers to this account.
        mentioning: only posts that name this account.
        language: X's code, as ``en``.
        likes: posts with at least so many likes; X's own counts may lag.
        since: posts of this moment or later.
        originals: no answers.

    Raises:
        ValueError: a handle or language is none, nothing is looked for, or the query is too long for X.
    """

    any_of: tuple[str, ...] = ()
    from_handle: str = ""
    to_handle: str = ""
    mentioning: str = ""
    language: str = ""
    likes: int = 0
    since: datetime | None = None
    originals: bool = False

    def __post_init__(self) -> None:
        """Refuse what would not be the search that it looks like."""
        for handle in filter(None, (self.from_handle, self.to_handle, self.mentioning)):
            if not HANDLE.fullmatch(handle):
                raise ValueError(f"{handle!r} is no name of an account.")
        if self.language and not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language!r} is no code of a language.")
        if not (self._words or self.from_handle or self.to_handle or self.mentioning):
            raise ValueError("A search looks for words or for an account.")
        if len(self.text) > QUERY_CHARACTERS_MAX:
            raise ValueError(f"A search has at most {QUERY_CHARACTERS_MAX} characters.")

    @property
    def _words(self) -> list[str]:
        plain = (" ".join(_WORD.sub(" ", words).split()) for words in self.any_of)
        return [f'"{words}"' if not words.isalnum() else words.lower() for words in plain if words]

    @property
    def text(self) -> str:
        """Return the query as X's search box takes it."""
        # Quoted or in small letters: OR in capitals is an operator, whoever wrote it.
        words = " OR ".join(self._words)
        parts = (
            f"({words})" if len(self._words) > 1 else words,
            self.from_handle and f"from:{self.from_handle}",
            self.to_handle and f"to:{self.to_handle}",
            self.mentioning and f"@{self.mentioning}",
            self.language and f"lang:{self.language}",
            f"min_faves:{self.likes}" if self.likes else "",
            f"since_time:{int(self.since.timestamp())}" if self.since else "",
            "-filter:replies" if self.originals else "",
        )
        return " ".join(filter(None, parts))
