"""Whether the two sources of a reading agree: what the page shows, and what X's own data told while it loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

COMPARED = ("replies", "likes", "bookmarks", "views")
"""Not reposts: quotes may be among those of the page, and are told apart by the data."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two numbers of one count may be apart: people go on reacting while a page loads.

    Attributes:
        least: so much always.
        share: so much of the greater one.
    """

    least: int
    share: float

    def differing(self, shown: Mapping[str, int | None], told: Mapping[str, int | None]) -> tuple[str, ...]:
        """Return the names of the counts that both sources know and that do not agree."""
        return tuple(name for name, one, other in _known_to_both(shown, told) if not self._agree(one, other))

    def _agree(self, one: int, other: int) -> bool:
        return abs(one - other) <= max(self.least, self.share * max(one, other))


def can_be_compared(shown: Mapping[str, int | None], told: Mapping[str, int | None]) -> bool:
    """Say whether there is a count that both sources know."""
    return any(True for _ in _known_to_both(shown, told))


def _known_to_both(shown: Mapping[str, int | None], told: Mapping[str, int | None]) -> Iterator[tuple[str, int, int]]:
    for name in COMPARED:
        one, other = shown.get(name), told.get(name)
        if one is not None and other is not None:
            yield name, one, other
