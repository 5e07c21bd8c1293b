"""What a post's outcome is: how engaging it was among the account's own posts of that time.

A post's *score* is where its engagement per view stands on a logarithmic scale from ignored (0) to loved (1), see
``reward.py``. Its *level* is what the account's posts before it scored on average, with a few posts at the middle of
the scale added, so that the first ones have a level too. Its *reward* is the score, or half a scale plus by how much
the score exceeds the level: then an account whose readers become more ready to like does not take that for better
posts. Being per view, neither grows with the number of readers alone.

How each kind of post is treated:

* without views: no outcome until a reading shows some; never imputed.
* taken down, by X or the owner: what was read before counts for nobody, neither as a success nor for comparison.
* of the pool or a template, or written by the owner: it has an outcome, which sets the level and teaches the effects of
  its arm if it has one; it is not used to compare models, since no model chose it.
* imported: no outcome; X's archive has no views.
* answered by ourselves (the next segment of a thread, an answer to a reader): these replies are not counted.
"""

from collections.abc import Sequence
from math import fsum, sqrt
from typing import Literal

from xbot_assets.domain.learning.reward import RATE_CEILING, RATE_FLOOR

Level = Literal["own", "fixed"]
"""Whether a score is compared with the account's own level, or is the reward as it stands."""
MIDDLE = 0.5
"""The middle of the scale: an engagement of 2.4 % of the views."""
MIDDLE_RATE = sqrt(RATE_FLOOR * RATE_CEILING)
"""That engagement per view."""
MIDDLE_POSTS = 5
"""So many posts at the middle are added to those that set a level."""


def level_of(scores: Sequence[float]) -> float:
    """Return the account's level after posts of these scores."""
    return (MIDDLE_POSTS * MIDDLE + fsum(scores)) / (MIDDLE_POSTS + len(scores))


def relative_reward(score: float, level: float) -> float:
    """Return how a score stands to a level, in [0, 1]: a half is as good as usual."""
    return min(1.0, max(0.0, MIDDLE + score - level))
