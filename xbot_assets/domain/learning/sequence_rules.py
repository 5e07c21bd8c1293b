"""What is asked of a confidence sequence; apart from its arithmetic, so that settings need no numpy."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SequenceRules:
    """How sure to be, before how many posts nothing is said, and after how many the interval is narrowest.

    ``caution`` says how often the value farthest from the mean is counted again in the variance; 0 is the paper's.
    A sequence of ``posts_max`` posts that has shown nothing is given up.
    """

    alpha: float
    first_look: int
    narrowest_at: int
    caution: int = 2
    posts_max: int = 1_000_000

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1 or self.first_look < 2 or self.narrowest_at < 1:  # noqa: PLR2004 - two have a spread
            raise ValueError("A sequence needs an alpha between 0 and 1 and at least two posts before the first look.")

    @property
    def rho_squared(self) -> float:
        """The square of the paper's rho that makes the interval narrowest after ``narrowest_at`` posts."""
        log = -2 * math.log(self.alpha)
        return (log + math.log(log) + 1) / self.narrowest_at
