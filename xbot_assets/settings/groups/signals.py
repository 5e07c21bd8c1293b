"""Reading what others talk about and what works for them, and concluding from it."""

from datetime import timedelta

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from xbot_assets.domain.engagement.insights import InsightKind


class SignalSettings(BaseModel):
    """Signals and insights. Nothing of it is read unless XBOT_HARVEST is all."""

    signals_high_minutes: float = Field(
        120, ge=10, le=10_080, description="Between readings of the accounts that you track."
    )
    signals_background_minutes: float = Field(
        240,
        ge=10,
        le=10_080,
        description="Between readings of trends, news, posts that many liked, and other accounts.",
    )
    signal_sources_max: int = Field(4, ge=1, le=20, description="Topics or accounts read by one such reading.")
    signal_posts_max: int = Field(20, ge=1, le=100, description="Posts read of each.")
    signal_trends_max: int = Field(15, ge=1, le=50, description="Trends, and headlines, kept of one reading.")
    signal_trends_searched: int = Field(
        2, ge=0, le=10, description="Trends near a topic of the account whose posts are looked at."
    )
    signal_likes_min: int = Field(20, ge=0, le=1_000_000, description="A post with so many likes shows what works.")
    signal_hours: float = Field(72, ge=1, le=720, description="Older signals are not shown to the model.")
    signal_failures_max: int = Field(
        2, ge=1, le=100, description="So many failures in a row stop this reading; the rest as the breaker's settings."
    )
    signals_drop_share: float = Field(
        0.8, gt=0, le=1, description="The check of a reading fails when it brings so much less than the usual one."
    )

    insight_expert_hours: float = Field(12, ge=1, le=720, description="Between conclusions of what works.")
    insight_competitor_hours: float = Field(24, ge=1, le=720, description="Between conclusions about other accounts.")
    insight_share_percent: int = Field(
        3, ge=0, le=100, description="Most of the day's budget that is spent on conclusions; none are made after that."
    )
    insight_sentences: int = Field(4, ge=1, le=10, description="Sentences that the model is asked for.")
    insight_signals_min: int = Field(5, ge=1, le=20, description="From fewer posts by others nothing is concluded.")
    insight_signals_max: int = Field(20, ge=1, le=20, description="Posts by others shown to the model for it.")
    insight_days: float = Field(7, ge=1, le=90, description="An older conclusion is not shown to who writes posts.")
    plan_signals_max: int = Field(
        6, ge=0, le=20, description="Signals shown to the model that writes posts; 0: neither these nor conclusions."
    )

    @field_validator("insight_signals_max")
    @classmethod
    def _enough_to_conclude(cls, value: int, info: ValidationInfo) -> int:
        """Refuse to show fewer posts than something is concluded from: it never would be."""
        least = info.data.get("insight_signals_min", 0)
        if value < least:
            raise ValueError(f"it must be at least insight_signals_min ({least})")
        return value

    @property
    def signal_age(self) -> timedelta:
        """How old a signal is looked at."""
        return timedelta(hours=self.signal_hours)

    def insight_every(self, kind: InsightKind) -> timedelta:
        """Return the time between two conclusions of a kind."""
        expert = kind is InsightKind.EXPERT
        return timedelta(hours=self.insight_expert_hours if expert else self.insight_competitor_hours)
