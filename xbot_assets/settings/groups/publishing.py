"""The queue and the pace of publishing."""

from pydantic import BaseModel, Field


class PublishingSettings(BaseModel):
    """The queue and the pace of publishing."""

    post_spacing_minutes: int = Field(5, ge=1, le=1440, description="Least minutes between two posts.")
    thread_segment_seconds: float = Field(
        5, ge=0.5, le=300, description="Least seconds between two segments of a thread; they wait for nothing else."
    )
    post_stale_hours: float = Field(
        24, ge=1, le=720, description="A post that was due longer ago than this goes to a person instead of out."
    )
    first_post_delay_minutes: int = Field(10, ge=0, le=1440, description="From the plan to its first post.")
    planned_spacing_minutes: int = Field(60, ge=5, le=1440, description="Between the posts of one plan.")
    posts_per_day_max: int = Field(24, ge=1, le=200, description="A hard limit of posts on a day of your calendar.")
    claim_lease_minutes: int = Field(15, ge=1, le=240, description="After this a claimed post is reconciled.")
    limit_pause_minutes: int = Field(180, ge=5, le=2880, description="Wait after X says its daily limit is reached.")
    posting_window_minutes: float = Field(
        1, ge=0, le=30, description="Other browser work waits this long before and after a due post."
    )
