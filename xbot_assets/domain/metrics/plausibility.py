"""Which readings can be true, and which of the others are kept as evidence instead of as numbers."""

from typing import Literal, NamedTuple

from xbot_assets.domain.learning.reward import EngagementCounts

ReadingProblem = Literal["another_post", "twice", "out_of_range", "falling_views", "sources_disagree"]
REACTIONS_MAX = 2**31 - 1
"""More reactions of a kind than this are not believed: so many people are not on X."""
VIEWS_MAX = 10**12


class Implausible(NamedTuple):
    """Why a reading cannot be true: the kind of the problem, and a sentence."""

    problem: ReadingProblem
    reason: str


def implausible(
    before: EngagementCounts | None, now: EngagementCounts, *, falls: int, falls_believed: int
) -> Implausible | None:
    """Say why a reading cannot be true after the one before it; ``None`` when it can.

    Args:
        before: the newest stored counts of the same post.
        now: what the page says.
        falls: readings in a row, before this one, whose views were below the stored ones.
        falls_believed: so many in a row are believed: then the stored number was the wrong one.
    """
    if min(*now.reactions, now.views or 0) < 0 or max(now.reactions) > REACTIONS_MAX or (now.views or 0) > VIEWS_MAX:
        return Implausible(
            "out_of_range", "The page gives a number that no post has: below nought, or beyond all people."
        )
    if not _views_fall(before, now) or falls + 1 >= falls_believed:
        return None
    fell = f"The page gives {now.views} views, fewer than the {before.views if before else None} that it gave before."
    return Implausible("falling_views", fell)


def disagrees(before: EngagementCounts | None, now: EngagementCounts) -> bool:
    """Say whether a reading that is stored does not agree with itself or with the one before it.

    More likes than views, views that are gone, or views that fell and were believed in the end.
    """
    if now.views is None:
        return before is not None and before.views is not None
    return now.likes > now.views or _views_fall(before, now)


def _views_fall(before: EngagementCounts | None, now: EngagementCounts) -> bool:
    return before is not None and before.views is not None and now.views is not None and now.views < before.views
