"""Learning from what posts earned."""

from pydantic import BaseModel, Field


class LearningSettings(BaseModel):
    """Learning from what posts earned."""

    outcome_age_hours: float = Field(6, ge=1, le=240, description="An outcome is measured at this age.")
    learn_interval_minutes: int = Field(60, ge=5, le=1440, description="Least minutes between two trainings.")
    learn_posts_max: int = Field(
        1000, ge=50, le=20_000, description="Learned from are the newest outcomes, so many: tastes change."
    )
    bandit_prior_strength: float = Field(2.0, gt=0, le=100, description="Posts' worth of prior belief per arm.")
    predictor_ridge: float = Field(1.0, gt=0, le=1e6, description="Ridge penalty of the predictor.")
    predictor_min_outcomes: int = Field(1, ge=1, le=10_000, description="Outcomes needed to fit a predictor.")
