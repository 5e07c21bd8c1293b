"""The words of a simulation that the command line needs before anything is computed."""

from enum import StrEnum


class PolicyName(StrEnum):
    """Who chooses."""

    OURS = "ours"
    RANDOM = "random"
    BEST_FIXED = "best-fixed"
    NO_LEARNING = "no-learning"
