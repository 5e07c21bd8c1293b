"""Reading posts and the profile back from X."""

from pydantic import BaseModel, Field


class MetricsSettings(BaseModel):
    """Reading posts and the profile back from X."""

    metrics_first_day_minutes: int = Field(20, ge=5, le=1440, description="Between readings of a young post.")
    metrics_first_week_minutes: int = Field(120, ge=5, le=10080, description="Between readings of a post in its week.")
    metrics_later_minutes: int = Field(1440, ge=5, le=43200, description="Between readings of an older post.")
    metrics_first_day_hours: float = Field(24, ge=1, le=72, description="The age up to which a post is young.")
    metrics_first_week_days: float = Field(7, ge=3, le=30, description="The age at which a post's week is over.")
    metrics_end_days: float = Field(90, ge=30, le=3650, description="The age at which the frequent readings end.")
    metrics_after_end_days: float = Field(30, ge=1, le=365, description="Between readings after that.")
    metrics_unchanged_growth: float = Field(
        2,
        ge=1,
        le=4,
        description="Each reading in a row that found nothing new multiplies the time to the next by this.",
    )
    metrics_unchanged_max: float = Field(4, ge=1, le=50, description="And all of them together by this at most.")
    metrics_relax_share: float = Field(
        0.95, ge=0.5, le=1, description="When more than this share of posts could be read, relax_factor counts."
    )
    metrics_relax_factor: float = Field(
        1, ge=1, le=3, description="What all intervals are multiplied by when reading goes well; 1 keeps them."
    )
    metrics_intensify_share: float = Field(
        0.9, ge=0, le=1, description="When less than this share of posts could be read, intensify_factor counts."
    )
    metrics_intensify_factor: float = Field(
        0.75, ge=0.25, le=1, description="What all intervals are multiplied by when many posts could not be read."
    )
    metrics_falls_believed: int = Field(
        3, ge=2, le=20, description="Readings in a row with fewer views than are stored, until they are believed."
    )
    metrics_changed_jump: float = Field(
        0.3,
        ge=0.05,
        le=1,
        description="When the share of posts that cannot be read rises by this above the usual, X's page has changed.",
    )
    metrics_failures_max: int = Field(
        2, ge=1, le=100, description="So many such readings in a row stop reading; the rest as the breaker's settings."
    )
    metrics_probe_posts: int = Field(
        3, ge=1, le=20, description="Posts that a probe reads, to see whether X's page can be read again."
    )
    metrics_agreement_least: int = Field(
        5, ge=0, le=1000, description="A page and X's own data may tell numbers of a post so far apart."
    )
    metrics_agreement_share: float = Field(
        0.05, ge=0, le=1, description="Or by this share of the number: people go on reacting while a page loads."
    )
    metrics_timeline_min: int = Field(
        3,
        ge=1,
        le=100,
        description="So many posts whose turn has come, or is near, are read from an own list, not one by one.",
    )
    metrics_timeline_posts: int = Field(
        190,
        ge=1,
        le=190,
        description="How many of the newest posts are looked for there; older ones are read one by one.",
    )
    metrics_timeline_page_posts: int = Field(
        50,
        ge=1,
        le=1000,
        description="Going so many posts further down a list takes as long as opening a post's own page.",
    )
    metrics_together_share: float = Field(
        0.5,
        ge=0.25,
        le=1,
        description="A post on a list that is read anyway is read with it once this share of its time has passed.",
    )
    metrics_batch_max: int = Field(20, ge=1, le=100, description="Posts read by one operation.")
    account_metrics_minutes: int = Field(60, ge=5, le=1440, description="Between readings of the own profile.")
