"""How the counts of single authors spread on saved pages of X, with intervals; their folder may be absent."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xbot_assets_tests.browser.pages.saved_pages import folder

PAGE = "json_UserTweets_pinned_20260807.json"
CHI_SQUARE_10 = (3.247, 20.483)
"""The 2.5 % and 97.5 % quantiles of chi squared with 10 degrees of freedom."""
HALF_CHI_SQUARE_1 = 1.92
"""A log likelihood this far below its greatest bounds a 95 % interval of one parameter."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Likes and views of one original post."""

    author: str
    likes: int
    views: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


def posts_of_authors() -> list[Counted]:
    """Return the originals on a saved page of authors with at least two of them, or skip the test."""
    page = json.loads((folder() / PAGE).read_text("utf-8"))
    posts = dict(_originals(page))
    by_author = _by_author(list(posts.values()))
    return [post for group in by_author.values() if len(group) > 1 for post in group]


def log_spread(posts: Sequence[Counted]) -> Fitted:
    """Return the standard deviation of log views within authors."""
    groups = [np.log([p.views for p in group]) for group in _by_author(posts).values()]
    squares = sum(float(np.square(group - group.mean()).sum()) for group in groups)
    free = sum(len(group) - 1 for group in groups)
    low, high = CHI_SQUARE_10
    bounds = (math.sqrt(squares * 10 / free / bound) for bound in (high, low))
    return Fitted(math.sqrt(squares / free), *bounds)


def fitted_shape(posts: Sequence[Counted]) -> Fitted:
    """Return the shape of the negative binomial of likes given views, each author with a like rate of their own."""
    shapes = np.exp(np.linspace(-1, 4, 100))
    likelihoods = np.array([sum(_likelihood(group, k) for group in _by_author(posts).values()) for k in shapes])
    inside = shapes[likelihoods > likelihoods.max() - HALF_CHI_SQUARE_1]
    return Fitted(float(shapes[likelihoods.argmax()]), float(inside[0]), float(inside[-1]))


def _likelihood(group: Sequence[Counted], shape: float) -> float:
    """Return the log likelihood at the like rate that fits best, up to what does not depend on the shape."""
    likes, views = (np.array([getattr(p, name) for p in group], float) for name in ("likes", "views"))
    constant = sum(math.lgamma(shape + count) - math.lgamma(shape) for count in likes)
    around = math.log(likes.sum() / views.sum())
    rates = np.exp(np.linspace(around - 1.5, around + 1.5, 150))[:, None]
    expected = rates * views
    parts = shape * np.log(shape / (shape + expected)) + likes * np.log(expected / (shape + expected))
    return float(constant + parts.sum(axis=1).max())


def _by_author(posts: Sequence[Counted]) -> dict[str, list[Counted]]:
    groups = defaultdict[str, list[Counted]](list)
    for post in posts:
        groups[post.author].append(post)
    return groups


def _originals(part: Any) -> Iterator[tuple[str, Counted]]:  # noqa: ANN401 - JSON
    if isinstance(part, list):
        for one in part:
            yield from _originals(one)
    elif isinstance(part, dict):
        counts = part.get("legacy")
        if isinstance(counts, dict) and "favorite_count" in counts and _is_original(counts):
            author = part["core"]["user_results"]["result"]["core"]["screen_name"]
            yield part["rest_id"], Counted(author, counts["favorite_count"], int(part["views"]["count"]))
        for one in part.values():
            yield from _originals(one)


def _is_original(counts: dict[str, Any]) -> bool:
    return not counts["full_text"].startswith("RT @") and not counts.get("in_reply_to_status_id_str")
