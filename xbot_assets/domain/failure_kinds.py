"""What a failure means for whoever might try again."""

from enum import StrEnum


class FailureKind(StrEnum):
    """What a failure means for whoever might try again."""

    PERMANENT = "permanent"
    """Trying again gives the same answer: bad input, refused credentials, a changed page."""
    BUDGET = "budget"
    """Money or quota is used up: only time, a cheaper choice or the owner helps."""
    TRANSIENT = "transient"
    """Nothing happened and a later attempt may succeed."""
    UNKNOWN = "unknown"
    """It may have happened. Look before doing anything else; never repeat blindly."""
