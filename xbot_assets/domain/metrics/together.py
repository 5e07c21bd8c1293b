"""Which posts are read from a list that shows many of them, and which each from its own page: what takes less time."""

from collections.abc import Sequence


def depth_worth_reading(places: Sequence[int], *, page_posts: int, least: int) -> int:
    """Return how far down a list reading it pays, in posts; 0 when the posts' own pages are quicker.

    Args:
        places: where the posts stand on the list, its top being 1.
        page_posts: going so many posts further down takes as long as opening a page.
        least: fewer posts than this are read from their own pages in any case.
    """
    most_saved = depth = 0
    for number, place in enumerate(sorted(places), 1):
        saved = (number - 1) * page_posts - place
        if number >= least and saved > most_saved:
            most_saved, depth = saved, place
    return depth
