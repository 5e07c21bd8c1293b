"""Harvesting what others write, and replies."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from xbot_assets.domain.engagement.discovery import DiscoveryRules
from xbot_assets.domain.engagement.pool import PoolRules


class EngagementSettings(BaseModel):
    """Harvesting what others write, and replies."""

    harvest: Literal["off", "inbound", "all"] | None = Field(
        None,
        description="What is read of others: nothing, what turned to the account, or also searches and tracked "
        "accounts. Empty: all in the sandbox; inbound elsewhere, because X calls reading strangers' posts scraping.",
    )
    inbound_minutes: float = Field(10, ge=2, le=1440, description="Between readings of the notifications.")
    inbound_posts_max: int = Field(40, ge=1, le=200, description="Notifications read at once.")
    inbound_answer_hours: float = Field(
        48, ge=1, le=168, description="What turned to the account is answered within this, or not at all."
    )

    harvest_failures_max: int = Field(
        3, ge=1, le=100, description="So many failures in a row stop this reading; the rest as the breaker's settings."
    )

    # the pool of opportunities
    opportunity_hours: float = Field(24, ge=1, le=72, description="A post that was looked for is answered within this.")
    opportunities_alert: int = Field(50, ge=0, le=1000, description="Alert when fewer opportunities are open.")
    opportunities_min: int = Field(
        200, ge=1, le=2000, description="Fewer open opportunities are looked for more often."
    )
    opportunities_max: int = Field(300, ge=1, le=3000, description="More open opportunities are not kept.")
    opportunities_drop_share: float = Field(
        0.5, gt=0, le=1, description="Losing so large a share within opportunities_drop_hours raises an alert."
    )
    opportunities_drop_hours: float = Field(2, ge=0.25, le=48, description="The time in which a drop is rapid.")
    opportunities_warm_up_hours: float = Field(
        6, ge=0, le=72, description="After the first harvest, few opportunities raise no alert for so long."
    )
    opportunity_likes_min: int = Field(2, ge=0, le=10_000, description="A search asks for posts with so many likes.")
    harvest_urgent_minutes: float = Field(10, ge=2, le=1440, description="Between harvests below opportunities_alert.")
    harvest_minutes: float = Field(20, ge=2, le=1440, description="Between harvests below opportunities_min.")
    harvest_relaxed_minutes: float = Field(60, ge=2, le=1440, description="Between harvests from there on.")
    harvest_sources_max: int = Field(3, ge=1, le=20, description="Searches and accounts read by one harvest.")
    harvest_posts_max: int = Field(40, ge=1, le=200, description="Posts read of each.")
    harvest_deep_posts_max: int = Field(
        100,
        ge=1,
        le=200,
        description="The same below opportunities_min: a search shows the newest first, and a pool that lost its posts "
        "is filled again from those of a whole day.",
    )
    harvest_reread_max: int = Field(
        10,
        ge=0,
        le=100,
        description="Posts that a harvest reads once more on their own pages, to see how fast they rise.",
    )
    velocity_gap_minutes: float = Field(4, ge=1, le=120, description="Two readings nearer than this tell no velocity.")
    velocity_half_life_hours: float = Field(6, ge=0.5, le=72, description="A post's velocity counts half at this age.")

    # discovered accounts
    discovery_accounts_max: int = Field(
        5, ge=0, le=50, description="Accounts that nobody tracks and whose posts are looked at, the best ones; 0: none."
    )
    discovery_score_min: float = Field(
        6,
        ge=0,
        le=1000,
        description="Their least score: a reply to us is 3, a repost 2, a like 1, less as time goes by.",
    )
    discovery_half_life_days: float = Field(7, ge=1, le=90, description="What somebody did counts half after this.")

    # relevance
    relevance_batch: int = Field(20, ge=1, le=20, description="Posts that the model judges in one call.")
    relevance_share_percent: int = Field(
        5, ge=0, le=100, description="Most of the day's budget that is spent on judging; after that, words judge."
    )
    relevance_min: float = Field(0.5, ge=0, le=1, description="Less relevant posts are not answered.")

    # replies
    reply_plan_minutes: float = Field(15, ge=1, le=1440, description="Between two plans of replies.")
    replies_per_plan: int = Field(3, ge=1, le=10, description="Replies written by one plan.")
    replies_waiting_max: int = Field(4, ge=1, le=50, description="Do not plan replies while this many wait.")
    suggestions_open_max: int = Field(20, ge=0, le=200, description="Do not suggest more replies than this at a time.")
    replies_per_thread_max: int = Field(3, ge=1, le=50, description="Most replies of ours in one conversation.")
    replies_automated_turns_max: int = Field(
        1, ge=0, le=10, description="Most of them where the other account is automated: a loop of bots ends here."
    )
    bot_answers: int = Field(
        3, ge=2, le=50, description="An account that answered so many posts within bot_answer_seconds each is a bot."
    )
    bot_answer_seconds: float = Field(60, ge=1, le=600, description="Nobody reads and answers faster, again and again.")

    @field_validator("opportunities_max")
    @classmethod
    def _bounds_in_order(cls, value: int, info: ValidationInfo) -> int:
        """Refuse a pool that would be looked for more often above its own end."""
        least = max(info.data.get("opportunities_min", 0), info.data.get("opportunities_alert", 0))
        if value < least:
            raise ValueError(f"it must be at least opportunities_min and opportunities_alert ({least})")
        return value

    @property
    def discovery_rules(self) -> DiscoveryRules:
        """Which accounts are looked at that nobody tracks."""
        return DiscoveryRules(
            half_life=timedelta(days=self.discovery_half_life_days),
            score_min=self.discovery_score_min,
            accounts_max=self.discovery_accounts_max,
        )

    @property
    def opportunity_rules(self) -> PoolRules:
        """How many opportunities there should be."""
        return PoolRules(
            alert_below=self.opportunities_alert,
            least=self.opportunities_min,
            most=self.opportunities_max,
            urgent=timedelta(minutes=self.harvest_urgent_minutes),
            usual=timedelta(minutes=self.harvest_minutes),
            relaxed=timedelta(minutes=self.harvest_relaxed_minutes),
            drop_share=self.opportunities_drop_share,
            drop_within=timedelta(hours=self.opportunities_drop_hours),
            warm_up=timedelta(hours=self.opportunities_warm_up_hours),
        )
