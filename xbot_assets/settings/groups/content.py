"""Planning, writing and what it may cost."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from xbot_assets.domain.budget.dialects import ThinkingRules
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD, TierRules
from xbot_assets.domain.posts.weighted_length import POST_CHARACTERS_MAX

_WHOLE = 100
_EFFORT = r"^[a-z]{2,16}$"
_SHARES = ("plan_share_percent", "pool_share_percent", "reply_share_percent")


class ContentSettings(BaseModel):
    """Planning, writing and what it may cost."""

    plan_retry_minutes: int = Field(15, ge=1, le=1440, description="After a failed plan, wait this long.")
    plan_queue_max: int = Field(6, ge=1, le=100, description="Do not plan while this many posts wait.")
    llm_attempts: int = Field(
        3, ge=1, le=10, description="Tries of one LLM request; also of a post whose text is refused."
    )
    llm_timeout_seconds: float = Field(60, ge=1, le=600, description="One LLM request may take this long.")
    llm_answer_format: Literal["json_schema", "json_object", "text"] | None = Field(
        None, description="The form that the LLM is asked to answer in. Empty: found out and remembered."
    )
    llm_limit_name: Literal["max_completion_tokens", "max_tokens"] | None = Field(
        None, description="The LLM server's name for the limit of an answer. Empty: found out and remembered."
    )
    llm_seed: bool | None = Field(None, description="Whether to send a seed. Empty: found out and remembered.")
    llm_thinking_tokens: int = Field(
        4000, ge=0, le=200_000, description="How many tokens of an answer's limit a model may use to think."
    )
    llm_unknown_thinking_tokens: int = Field(
        25_000,
        ge=0,
        le=1_000_000,
        description="Put aside of the day's budget for the thinking of a model that never answered before, and of one "
        "whose server bills more than its limit. Models that are known not to think need none.",
    )
    post_max_weighted_chars: int = Field(
        280, ge=1, le=POST_CHARACTERS_MAX, description="X's weighted length limit; the most is what can be typed."
    )

    # budget
    daily_budget_usd: float = Field(5.0, ge=0, le=10_000, description="LLM spending stops here each day.")
    timezone: str = Field(
        "UTC", description="Where the owner lives, as in Europe/Berlin; the budget's day ends at midnight there."
    )
    plan_share_percent: int = Field(60, ge=0, le=100, description="Part of the day's budget kept for planned posts.")
    pool_share_percent: int = Field(10, ge=0, le=100, description="Part kept for the emergency pool.")
    reply_share_percent: int = Field(
        0, ge=0, le=100, description="Part kept for replies; they may use what nothing is kept for."
    )
    prices_path: Path | None = Field(None, description="A price file of your own. Empty: the one shipped.")
    retirement_warning_days: int = Field(
        45, ge=0, le=365, description="An alert and 'xbot doctor' warn this long before a model in use ends."
    )
    model_succession: bool = Field(
        default=True,
        description="From the day a model ends, call what its provider suggests instead, if that has a price; an alert "
        "says so once. Off: nothing is written from that day on.",
    )
    model_look_hours: float = Field(
        24, ge=1, le=720, description="The API's list of models is read for announced ends at most this often."
    )
    api_probe_minutes: int = Field(
        30, ge=1, le=1440, description="After the API refused the key or quota, one call tries again this much later."
    )

    # tiers: what is written while so much of the day's budget is left
    tier_high_percent: int = Field(80, ge=0, le=100, description="The high tier holds above this percentage.")
    tier_medium_percent: int = Field(50, ge=0, le=100, description="The medium tier begins here.")
    tier_low_percent: int = Field(20, ge=0, le=100, description="The low tier begins here; below it is critical.")
    plan_model: str = Field("gpt-4o", min_length=1, description="The model of the high and medium tiers.")
    saving_model: str = Field("gpt-4o-mini", min_length=1, description="The model of the low and critical tiers.")
    plan_effort: str | None = Field(
        None,
        pattern=_EFFORT,
        description="How hard plan_model thinks, in its API's word, such as low; 'off' sends none. Empty: the least it "
        "knows.",
    )
    saving_effort: str | None = Field(None, pattern=_EFFORT, description="The same of saving_model.")
    posts_per_plan: int = Field(2, ge=1, le=10, description="Posts of one plan in the high tier.")
    posts_per_plan_reduced: int = Field(1, ge=1, le=10, description="Posts of one plan in the other tiers.")
    batch_interval_minutes: int = Field(
        90, ge=0, le=1440, description="Plans at most this far apart write posts_per_plan at any tier."
    )
    plan_interval_minutes: int = Field(120, ge=5, le=1440, description="Minutes between two plans.")
    plan_interval_low_minutes: int = Field(240, ge=5, le=2880, description="In the low tier, at least.")
    plan_interval_critical_minutes: int = Field(360, ge=5, le=2880, description="In the critical tier, at least.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("this is no time zone; write it as in Europe/Berlin or UTC") from error
        return value

    @field_validator("tier_medium_percent")
    @classmethod
    def _below_high(cls, value: int, info: ValidationInfo) -> int:
        return _below(value, info, "tier_high_percent")

    @field_validator("tier_low_percent")
    @classmethod
    def _below_medium(cls, value: int, info: ValidationInfo) -> int:
        return _below(value, info, "tier_medium_percent")

    @field_validator("reply_share_percent")
    @classmethod
    def _shares_fit(cls, value: int, info: ValidationInfo) -> int:
        """Checked at the last share: the others are read by then."""
        total = value + sum(info.data.get(name, 0) for name in _SHARES if name != info.field_name)
        if total > _WHOLE:
            raise ValueError(f"the shares of the budget add up to {total} %")
        return value

    @property
    def daily_budget_microusd(self) -> int:
        """The day's budget in millionths of a US dollar."""
        return round(self.daily_budget_usd * MICROUSD_PER_USD)

    @property
    def zone(self) -> ZoneInfo:
        """The owner's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def budget_shares(self) -> dict[str, int]:
        """Percentages of the day's budget by the purpose they are kept for."""
        return {name.removesuffix("_share_percent"): getattr(self, name) for name in _SHARES}

    @property
    def tier_rules(self) -> TierRules:
        """What planning does at each tier."""
        return TierRules(
            high_above=self.tier_high_percent,
            medium_from=self.tier_medium_percent,
            low_from=self.tier_low_percent,
            model=self.plan_model,
            saving_model=self.saving_model,
            posts=self.posts_per_plan,
            reduced_posts=self.posts_per_plan_reduced,
            short_interval=timedelta(minutes=self.batch_interval_minutes),
            interval=timedelta(minutes=self.plan_interval_minutes),
            low_interval=timedelta(minutes=self.plan_interval_low_minutes),
            critical_interval=timedelta(minutes=self.plan_interval_critical_minutes),
            effort=self.plan_effort,
            saving_effort=self.saving_effort,
        )

    @property
    def thinking_rules(self) -> ThinkingRules:
        """How much a model may think."""
        return ThinkingRules(self.llm_thinking_tokens, self.llm_unknown_thinking_tokens)

    @property
    def llm_dialect(self) -> dict[str, Any]:
        """What the owner set of what a server takes, by the names of ``domain.budget.dialects.Dialect``."""
        chosen = {
            "answer_format": self.llm_answer_format,
            "limit_name": self.llm_limit_name,
            "takes_seed": self.llm_seed,
        }
        return {name: value for name, value in chosen.items() if value is not None}


def _below(value: int, info: ValidationInfo, upper: str) -> int:
    """Refuse a threshold that does not lie below the next higher tier's."""
    bound = info.data.get(upper)
    if bound is not None and value >= bound:
        raise ValueError(f"it must be below {upper} ({bound})")
    return value
