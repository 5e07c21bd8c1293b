"""The adaptive rate, the limits of replies and the breaker."""

from pydantic import BaseModel, Field


class PaceSettings(BaseModel):
    """The adaptive rate, the limits of replies and the breaker."""

    posts_per_hour_max: int = Field(2, ge=1, le=60, description="A hard limit of posts in any 60 minutes.")
    replies_per_hour_max: int = Field(4, ge=1, le=60, description="A hard limit of replies in any 60 minutes.")
    replies_per_day_max: int = Field(48, ge=1, le=500, description="A hard limit of replies on a day of your calendar.")
    rate_start_per_hour: float = Field(1.0, ge=0.05, le=60, description="Posts an hour before anything is learned.")
    rate_floor_per_hour: float = Field(0.25, ge=0.05, le=60, description="The adaptive rate never falls below this.")
    rate_ceiling_per_hour: float = Field(4.0, ge=0.05, le=60, description="Nor rises above this or the hard limit.")
    rate_raise_per_hour: float = Field(0.1, ge=0, le=10, description="Added after a window with over 95 % success.")
    rate_lower_factor: float = Field(0.7, gt=0, lt=1, description="The rate times this after less than 90 % success.")
    rate_window: int = Field(20, ge=10, le=1000, description="Outcomes that judge a rate; of 20, one is 5 %.")
    rate_tolerance_minutes: float = Field(15, ge=0, le=240, description="A post may be this early against the rate.")
    hour_weight_min: float = Field(0.5, gt=0, le=1, description="The hours that earn least get this share of the rate.")
    hour_weight_max: float = Field(2.0, ge=1, le=10, description="The hours that earn most get the rate times this.")
    post_jitter_minutes: float = Field(5, ge=0, le=60, description="A post comes up to this later than planned.")
    breaker_failures: int = Field(15, ge=1, le=1000, description="Failures in a row that stop publishing.")
    breaker_reset_seconds: float = Field(60, ge=1, le=86_400, description="Then one probe is tried after this.")
    breaker_successes: int = Field(3, ge=1, le=100, description="Good probes in a row that end the stop.")
    breaker_probe_seconds: float = Field(300, ge=1, le=3600, description="A probe that is silent for so long is lost.")
    breaker_stuck_minutes: float = Field(30, ge=1, le=1440, description="A stop this long is told again, as critical.")
