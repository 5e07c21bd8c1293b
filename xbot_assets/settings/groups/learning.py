"""Reading metrics and learning from them."""

from pydantic import BaseModel, Field


class LearningSettings(BaseModel):
    """Reading metrics and learning from them."""

    # metrics
    metrics_first_day_minutes: int = Field(20, ge=5, le=1440, description="Between readings of a post under 24 h old.")
    metrics_first_week_minutes: int = Field(120, ge=5, le=10080, description="Between readings from 24 h to 7 days.")
    metrics_later_minutes: int = Field(1440, ge=5, le=43200, description="Between readings after 7 days.")
    metrics_batch_max: int = Field(20, ge=1, le=100, description="Posts read by one operation.")
    account_metrics_minutes: int = Field(60, ge=5, le=1440, description="Between readings of the own profile.")

    # learning
    outcome_age_hours: float = Field(6, ge=1, le=240, description="An outcome is measured at this age.")
    learn_interval_minutes: int = Field(60, ge=5, le=1440, description="Least minutes between two trainings.")
    bandit_prior_strength: float = Field(2.0, gt=0, le=100, description="Posts' worth of prior belief per arm.")
    predictor_ridge: float = Field(1.0, gt=0, le=1e6, description="Ridge penalty of the predictor.")
    predictor_min_outcomes: int = Field(1, ge=1, le=10_000, description="Outcomes needed to fit a predictor.")
