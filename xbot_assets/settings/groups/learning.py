"""Learning from what posts earned."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field

from xbot_assets.domain.learning.outcomes import Level
from xbot_assets.domain.learning.sequence_rules import SequenceRules


class LearningSettings(BaseModel):
    """Learning from what posts earned."""

    outcome_age_hours: float = Field(6, ge=1, le=240, description="An outcome is measured at this age.")
    outcome_level: Level = Field(
        "fixed",
        description="What a post's engagement per view is compared with: 'own' is the account's own level by then, so "
        "that a livelier time is not mistaken for better posts; 'fixed' is one scale for ever. Changing it applies to "
        "what was measured before too.",
    )
    outcome_level_posts: int = Field(50, ge=5, le=1000, description="So many posts set the account's own level.")
    learn_interval_minutes: int = Field(60, ge=5, le=1440, description="Least minutes between two trainings.")
    learn_posts_max: int = Field(
        1000, ge=50, le=20_000, description="Learned from are the newest outcomes, so many: tastes change."
    )
    bandit_prior_strength: float = Field(2.0, gt=0, le=100, description="Posts' worth of prior belief per arm.")
    predictor_ridge: float = Field(20.0, gt=0, le=1e6, description="Ridge penalty of the predictor.")
    predictor_min_outcomes: int = Field(1, ge=1, le=10_000, description="Outcomes needed to fit a predictor.")
    text_candidates: int = Field(
        3,
        ge=1,
        le=5,
        description="Texts written for each post, of which the predictor takes one, while later posts show that it can "
        "and the budget is in its high tier; with 1 never.",
    )
    text_explore_share: float = Field(
        0.2,
        ge=0.05,
        le=1,
        description="Share of the choices among candidate texts that are made at random, so that it is still seen "
        "whether the predictor can.",
    )

    # champions and challengers
    models_held: bool = Field(
        default=False, description="Keep every champion as it is: nothing is promoted or rolled back."
    )
    bandit_rule: Literal["steady", "restarting"] = Field(
        "restarting", description="How the first champion bandit learns; the other way has to prove itself against it."
    )
    compare_alpha: float = Field(0.05, ge=0.001, le=0.2, description="Chance of a false proof in one comparison.")
    compare_posts_min: int = Field(40, ge=20, le=1000, description="Posts before a comparison says anything.")
    compare_posts_best: int = Field(150, ge=20, le=10_000, description="Posts at which a comparison is sharpest.")
    compare_posts_max: int = Field(
        400,
        ge=40,
        le=10_000,
        description="Posts after which a test of a predictor that has shown nothing ends, and the next begins.",
    )
    compare_rules_posts_max: int = Field(
        1000,
        ge=40,
        le=10_000,
        description="The same for a way in which the bandit learns: there are two of them, so no other waits.",
    )
    compare_share: float = Field(
        0.5,
        ge=0,
        le=0.5,
        description="While a way of learning is in test, its share in the choice of what is posted: with a half, tests "
        "need the fewest posts, and cost the most when it is worse. With 0 it is told what the champion's choices say, "
        "and no other is ever promoted.",
    )
    challenger_growth: float = Field(
        1.25, ge=1, le=100, description="A challenging predictor learned from so many times the champion's outcomes."
    )
    flip_days_min: float = Field(
        7, ge=0, le=365, description="Least days between two promotions or rollbacks of a kind."
    )

    @property
    def comparison_rules(self) -> SequenceRules:
        """How sure to be of a difference, without an end."""
        return SequenceRules(self.compare_alpha, self.compare_posts_min, self.compare_posts_best)

    def comparison_of(self, kind: Literal["bandit", "predictor"]) -> SequenceRules:
        """Return how a challenger of a kind is compared with the champion, and when that is given up."""
        most = self.compare_rules_posts_max if kind == "bandit" else self.compare_posts_max
        return replace(self.comparison_rules, posts_max=most)

    @property
    def least_between_flips(self) -> timedelta:
        """The least time between two promotions or rollbacks of one kind of model."""
        return timedelta(days=self.flip_days_min)
