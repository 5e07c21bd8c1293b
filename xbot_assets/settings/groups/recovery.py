"""Unconfirmed posts, and what X shows of those it accepted."""

from datetime import timedelta

from pydantic import BaseModel, Field


class RecoverySettings(BaseModel):
    """Unconfirmed posts, and what X shows of those it accepted."""

    recovery_looks_max: int = Field(
        3, ge=1, le=20, description="Looks that say 'not there' before a post is queued again or a person is asked."
    )
    recovery_minutes: int = Field(5, ge=1, le=1440, description="Between two looks for an unconfirmed post.")
    requeue_after_minutes: float = Field(
        30,
        ge=3,
        le=10_080,
        description="Those looks are spread over at least this; more than claim_lease_minutes and "
        "publish_deadline_seconds together.",
    )
    requeue_unconfirmed: bool | None = Field(
        None, description="Queue a post once more when X surely does not show it. Empty: not when live."
    )
    verify_after_minutes: float = Field(
        10, ge=1, le=1440, description="X is asked whether it still shows a post this long after publication."
    )
    verify_again_minutes: float = Field(
        10, ge=1, le=1440, description="Between two looks that find a published post missing; the second counts."
    )
    reconcile_timeline_hours: float = Field(
        24, ge=1, le=720, description="The own timeline is compared with the queue at least this often."
    )

    @property
    def requeue_after(self) -> timedelta:
        """The least time between the first and the last look that say "not there"."""
        return timedelta(minutes=self.requeue_after_minutes)

    @property
    def verify_after(self) -> timedelta:
        """The age at which a published post is first looked for."""
        return timedelta(minutes=self.verify_after_minutes)

    @property
    def verify_again(self) -> timedelta:
        """The least time between two comparisons of the timeline."""
        return timedelta(minutes=self.verify_again_minutes)

    @property
    def reconcile_every(self) -> timedelta:
        """The most time between two comparisons of the timeline."""
        return timedelta(hours=self.reconcile_timeline_hours)
