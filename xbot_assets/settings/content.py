"""Planning, writing and what it may cost (report, layer 3). Keep out: using the values."""

from pydantic import BaseModel, Field


class ContentSettings(BaseModel):
    """Planning, writing and what it may cost (report, layer 3)."""

    plan_interval_minutes: int = Field(120, ge=5, le=1440, description="Minutes between two plans.")
    posts_per_plan: int = Field(2, ge=1, le=10, description="Posts written by one plan.")
    plan_retry_minutes: int = Field(15, ge=1, le=1440, description="After a failed plan, wait this long.")
    plan_queue_max: int = Field(6, ge=1, le=100, description="Do not plan while this many posts wait.")
    plan_model: str = Field("gpt-4o-mini", min_length=1, description="The model that writes posts.")
    llm_attempts: int = Field(3, ge=1, le=10, description="Tries of one LLM request.")
    llm_timeout_seconds: float = Field(60, ge=1, le=600, description="One LLM request may take this long.")
    daily_budget_usd: float = Field(5.0, ge=0, le=10_000, description="LLM spending stops here each UTC day.")
    post_max_weighted_chars: int = Field(280, ge=1, le=25_000, description="X's weighted length limit.")
