"""Gates, the emergency pool and templates."""

from pathlib import Path

from pydantic import BaseModel, Field, ValidationInfo, field_validator


class GateSettings(BaseModel):
    """Gates, the emergency pool and templates."""

    # gates
    gate_history_days: int = Field(
        90, ge=1, le=3650, description="A post is compared with those of so many days, the newest 2500."
    )
    gate_near_duplicate: float = Field(
        0.6, ge=0.3, le=1, description="From this similarity on a post repeats an earlier one; 1: the same words."
    )
    gate_content_words: int = Field(2, ge=0, le=20, description="Fewer meaningful words say nothing.")
    gate_hashtags_max: int = Field(1, ge=0, le=30, description="Most hashtags of a post.")
    gate_mentions_max: int = Field(0, ge=0, le=30, description="Most accounts that a post mentions.")
    gate_emoji_max: int = Field(6, ge=0, le=140, description="Most emoji of a post.")
    gate_language_min_probability: float = Field(
        0.02, ge=0, le=1, description="A post is refused when the persona's language is less likely than this."
    )
    gate_language_min_letters: int = Field(16, ge=0, le=280, description="A shorter post's language is not judged.")

    # emergency pool and templates
    pool_posts_min: int = Field(10, ge=0, le=100, description="The emergency pool is topped up below this.")
    pool_posts_max: int = Field(20, ge=0, le=100, description="The emergency pool is topped up to this.")
    pool_rotate_days: float = Field(7, ge=0.5, le=365, description="A pooled post older than this is retired.")
    pool_retry_minutes: int = Field(60, ge=5, le=1440, description="After a failed top-up, wait this long.")
    template_repeat_days: int = Field(30, ge=1, le=365, description="A template text does not return within this.")
    templates_path: Path | None = Field(None, description="A templates file. Empty: the one shipped.")
    fallback_share_alert: float = Field(
        0.5, ge=0, le=1, description="Alert when a larger share of a day's posts is from pool or templates."
    )

    @field_validator("pool_posts_max")
    @classmethod
    def _pool_bounds_in_order(cls, value: int, info: ValidationInfo) -> int:
        """Refuse a pool that would be topped up to less than what it is topped up at."""
        least = info.data.get("pool_posts_min", 0)
        if value < least:
            raise ValueError(f"it must be at least pool_posts_min ({least})")
        return value
