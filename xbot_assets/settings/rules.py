"""The rules of the domain as the settings describe them: each rule object is made here and nowhere else."""

from datetime import timedelta
from typing import Literal

from xbot_assets.domain.admission.facts import AdmissionLimits
from xbot_assets.domain.gates.context import GateLimits
from xbot_assets.domain.metrics.agreement import Agreement
from xbot_assets.domain.metrics.cadence import AgeBand, Cadence, SuccessRules
from xbot_assets.domain.pace.breaker import BreakerPolicy
from xbot_assets.domain.pace.hours import WeightBounds
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules, Pacing
from xbot_assets.domain.policy.facts import ApprovalMode, PolicyLimits
from xbot_assets.domain.posts.recovery import LAST_CLICK_MARGIN, RecoveryRules
from xbot_assets.settings.groups.alerts import AlertSettings
from xbot_assets.settings.groups.approval import ApprovalSettings
from xbot_assets.settings.groups.backups import BackupSettings
from xbot_assets.settings.groups.browser import BrowserSettings
from xbot_assets.settings.groups.content import ContentSettings
from xbot_assets.settings.groups.endpoints import EndpointSettings
from xbot_assets.settings.groups.engagement import EngagementSettings
from xbot_assets.settings.groups.gates import GateSettings
from xbot_assets.settings.groups.learning import LearningSettings
from xbot_assets.settings.groups.metrics import MetricsSettings
from xbot_assets.settings.groups.pace import PaceSettings
from xbot_assets.settings.groups.publishing import PublishingSettings
from xbot_assets.settings.groups.recovery import RecoverySettings
from xbot_assets.settings.groups.retention import RetentionSettings
from xbot_assets.settings.groups.signals import SignalSettings
from xbot_assets.settings.groups.stores import StoreSettings

_NO_PUBLIC = frozenset({"sandbox", "shadow"})
"""The modes in which nothing reaches X."""


class RuleSettings(
    EngagementSettings,
    SignalSettings,
    LearningSettings,
    MetricsSettings,
    PaceSettings,
    PublishingSettings,
    RecoverySettings,
    ApprovalSettings,
    GateSettings,
    ContentSettings,
    BrowserSettings,
    AlertSettings,
    BackupSettings,
    RetentionSettings,
    StoreSettings,
    EndpointSettings,
):
    """All groups of settings, and the rules that follow from more than one of them."""

    @property
    def reaches_x(self) -> bool:
        """Whether posts of this mode are seen by people on X."""
        return self.mode not in _NO_PUBLIC

    @property
    def is_shadow(self) -> bool:
        """Whether everything is done but the click: shadow mode."""
        return self.mode == "shadow"

    @property
    def harvest_mode(self) -> Literal["off", "inbound", "all"]:
        """What is read of others: what the owner set, else all in the sandbox and what turned to us elsewhere."""
        return self.harvest or ("all" if self.mode == "sandbox" else "inbound")

    @property
    def approval_mode(self) -> ApprovalMode:
        """Which posts a person must approve: what the owner set, else replies as soon as X sees them."""
        if self.approval is not None:
            return ApprovalMode(self.approval)
        return ApprovalMode.REPLIES if self.reaches_x else ApprovalMode.OFF

    @property
    def policy_limits(self) -> PolicyLimits:
        """What the owner allows of publishing."""
        label = self.automated_label_required
        return PolicyLimits(
            approval=self.approval_mode,
            replies_per_author=self.replies_per_author_max,
            replies_per_thread=self.replies_per_thread_max,
            automated_turns=self.replies_automated_turns_max,
            engaged_only=self.replies_engaged_only,
            engaged_within=timedelta(days=self.engaged_within_days),
            label_needed=self.reaches_x if label is None else label,
            account_age=timedelta(days=self.account_age_days_min if self.reaches_x else 0),
            quiet=self.quiet,
            zone=self.zone,
        )

    @property
    def post_spacing(self) -> timedelta:
        """The least time between two posts."""
        return timedelta(minutes=self.post_spacing_minutes)

    @property
    def segment_spacing(self) -> timedelta:
        """The least time between two segments of a thread."""
        return timedelta(seconds=self.thread_segment_seconds)

    @property
    def admission_limits(self) -> AdmissionLimits:
        """Everything that the rules of publishing take from the settings."""
        return AdmissionLimits(
            pace=self.pace_rules,
            policy=self.policy_limits,
            spacing=self.post_spacing,
            segment_spacing=self.segment_spacing,
            late_after=timedelta(hours=self.post_stale_hours),
            shadow=self.is_shadow,
            handle=self.handle or "",
            labelled_automated=self.automated_label_set or None,
            account_created_at=self.account_created_at,
        )

    @property
    def pace_rules(self) -> PaceRules:
        """The bounds and the adaptive rate of each kind of publishing."""
        posts = self._pacing(self.posts_per_hour_max, self.posts_per_day_max)
        replies = self._pacing(self.replies_per_hour_max, self.replies_per_day_max)
        return PaceRules({PaceKind.POST: posts, PaceKind.REPLY: replies}, self.zone)

    @property
    def breaker_policy(self) -> BreakerPolicy:
        """When the publishing breaker opens and closes."""
        return BreakerPolicy(
            failures=self.breaker_failures,
            reset=timedelta(seconds=self.breaker_reset_seconds),
            successes=self.breaker_successes,
            probe=timedelta(seconds=self.breaker_probe_seconds),
            stuck=timedelta(minutes=self.breaker_stuck_minutes),
        )

    @property
    def reading_agreement(self) -> Agreement:
        """How far what a page shows and what X's own data tell may be apart."""
        return Agreement(self.metrics_agreement_least, self.metrics_agreement_share)

    @property
    def recovery_rules(self) -> RecoveryRules:
        """When an unconfirmed post is looked for on X, and when it goes back to the queue."""
        return RecoveryRules(
            looks_max=self.recovery_looks_max,
            between=timedelta(minutes=self.recovery_minutes),
            span=self.requeue_after,
            may_requeue=self.requeues_unconfirmed,
            click_within=timedelta(seconds=self.publish_deadline_seconds) + LAST_CLICK_MARGIN,
        )

    @property
    def requeues_unconfirmed(self) -> bool:
        """Whether a post that is surely not on X goes back to the queue by itself."""
        return self.mode != "live" if self.requeue_unconfirmed is None else self.requeue_unconfirmed

    @property
    def reading_cadence(self) -> Cadence:
        """When a post is read again."""
        return Cadence(
            bands=(
                AgeBand(
                    timedelta(hours=self.metrics_first_day_hours), timedelta(minutes=self.metrics_first_day_minutes)
                ),
                AgeBand(
                    timedelta(days=self.metrics_first_week_days), timedelta(minutes=self.metrics_first_week_minutes)
                ),
                AgeBand(timedelta(days=self.metrics_end_days), timedelta(minutes=self.metrics_later_minutes)),
            ),
            after_end=timedelta(days=self.metrics_after_end_days),
            growth=self.metrics_unchanged_growth,
            growth_max=self.metrics_unchanged_max,
            success=SuccessRules(
                relax_above=self.metrics_relax_share,
                relax_factor=self.metrics_relax_factor,
                intensify_below=self.metrics_intensify_share,
                intensify_factor=self.metrics_intensify_factor,
            ),
        )

    @property
    def gate_limits(self) -> GateLimits:
        """The numbers of the gates."""
        return GateLimits(
            weighted_chars=self.post_max_weighted_chars,
            content_words=self.gate_content_words,
            hashtags=self.gate_hashtags_max,
            mentions=self.gate_mentions_max,
            emoji=self.gate_emoji_max,
            language_probability=self.gate_language_min_probability,
            language_letters=self.gate_language_min_letters,
            near_duplicate=self.gate_near_duplicate,
        )

    def _pacing(self, per_hour: int, per_day: int) -> Pacing:
        return Pacing(
            per_hour=per_hour,
            per_day=per_day,
            rate_start=self.rate_start_per_hour,
            rate_floor=self.rate_floor_per_hour,
            rate_ceiling=self.rate_ceiling_per_hour,
            raise_by=self.rate_raise_per_hour,
            lower_to=self.rate_lower_factor,
            window=self.rate_window,
            tolerance=timedelta(minutes=self.rate_tolerance_minutes),
            limit_pause=timedelta(minutes=self.limit_pause_minutes),
            hour_weights=WeightBounds(self.hour_weight_min, self.hour_weight_max),
        )
