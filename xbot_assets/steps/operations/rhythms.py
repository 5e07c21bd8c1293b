"""How often each automation does its work now, and when next: the questions of the ticks, answered in numbers.

Ticks only say whether work is due. People ask how often, and when: with intervals that change by themselves (tiers of
the budget, the learned rate, the age of a post) that is a reading of the database, not of the code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.own_account import Account
from xbot_assets.store.engagement.authors import NOTIFICATIONS, harvest_sources
from xbot_assets.store.engagement.insights import last_insight
from xbot_assets.store.engagement.opportunities import REPLY_PURPOSE, counts_since, open_count, waiting_replies
from xbot_assets.store.engagement.signals import ReadingName, last_readings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning.models import model_versions
from xbot_assets.store.metrics.readings import next_reading_at
from xbot_assets.store.operations.retention import last_upkeep
from xbot_assets.store.publishing.pace import pace_facts
from xbot_assets.store.publishing.queue import last_llm_call, last_planned, waiting_times
from xbot_assets.store.publishing.recovery import last_comparison

HARVEST_OFF = "switched off by XBOT_HARVEST"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which account it is asked, and when on the product's clock."""

    account: Account
    now: datetime

    @property
    def database(self) -> Database:
        """The account's own."""
        return self.account.database

    @property
    def settings(self) -> Settings:
        """As the owner set them."""
        return self.account.settings


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often work is done, and when it is due next, on the product's clock where ``real`` does not say otherwise.

    Attributes:
        every: the interval in force; ``None`` when only an event calls for work.
        next_at: when it is due; a time that is over means as soon as it is asked; ``None`` when nobody can tell.
        rule: what decides, in words.
        real: whether it goes by real time.
    """

    every: timedelta | None
    next_at: datetime | None
    rule: str
    real: bool = False


def _plan(asked: Asked) -> Rhythm:
    tier = budget_now(asked.database, asked.settings, asked.now).tier
    return _since(last_planned(asked.database), tier.interval, f"budget tier {tier.name}")


def _pool(asked: Asked) -> Rhythm:
    days = timedelta(days=asked.settings.pool_rotate_days)
    return Rhythm(days, None, "when the pool is small or holds stale posts")


def _publish(asked: Asked) -> Rhythm:
    pace = pace_facts(asked.database, PaceKind.POST, asked.now, asked.settings.pace_rules)
    rate = min(pace.state.rate, asked.settings.posts_per_hour_max)
    every = max(asked.settings.admission_limits.spacing, timedelta(hours=1) / rate)
    return Rhythm(every, min(waiting_times(asked.database), default=None), "when a post is due; by the learned rate")


def _recover(asked: Asked) -> Rhythm:
    return Rhythm(timedelta(minutes=asked.settings.recovery_minutes), None, "while a post is unconfirmed")


def _reconcile(asked: Asked) -> Rhythm:
    return _since(
        last_comparison(asked.database).covered_at,
        asked.settings.reconcile_every,
        "and when a new post is to be seen on X",
    )


def _measure(asked: Asked) -> Rhythm:
    every = timedelta(minutes=asked.settings.metrics_first_day_minutes)
    return Rhythm(every, next_reading_at(asked.database), "by each post's age; this is for young ones")


def _measure_account(asked: Asked) -> Rhythm:
    last = asked.account.last_reading
    every = timedelta(minutes=asked.settings.account_metrics_minutes)
    return _since(last.read_at if last else None, every, "outside posting windows")


def _learn(asked: Asked) -> Rhythm:
    newest = model_versions(asked.database, "bandit", 1)
    every = timedelta(minutes=asked.settings.learn_interval_minutes)
    return _since(newest[0].trained_at if newest else None, every, "at most, and only for new outcomes")


def _session(asked: Asked) -> Rhythm:
    last = asked.account.session
    every = timedelta(minutes=asked.settings.session_check_minutes)
    return _since(last.checked_at if last else None, every, "outside posting windows")


def _inbound(asked: Asked) -> Rhythm:
    if asked.settings.harvest_mode == "off":
        return Rhythm(None, None, HARVEST_OFF)
    looked = {source.name: source.read_at for source in harvest_sources(asked.database)}
    every = timedelta(minutes=asked.settings.inbound_minutes)
    return _since(looked.get(NOTIFICATIONS), every, "outside posting windows")


def _harvest(asked: Asked) -> Rhythm:
    if asked.settings.harvest_mode != "all":
        return Rhythm(None, None, HARVEST_OFF)
    rules = asked.settings.opportunity_rules
    every = rules.interval(open_count(asked.database, asked.now))
    if every is None:
        return Rhythm(None, None, "enough posts can be answered")
    counts = counts_since(asked.database, asked.now - rules.relaxed)
    last = counts[-1].counted_at if counts else None
    return _since(last, every, "by how many posts can be answered; outside posting windows")


def _plan_replies(asked: Asked) -> Rhythm:
    if asked.settings.harvest_mode == "off":
        return Rhythm(None, None, HARVEST_OFF)
    waiting, call = waiting_replies(asked.database, asked.now), last_llm_call(asked.database, REPLY_PURPOSE)
    times = [waiting.last_planned, waiting.last_suggested, call.called_at if call else None]
    every = timedelta(minutes=asked.settings.reply_plan_minutes)
    return _since(max((at for at in times if at), default=None), every, "when there is something to answer, and room")


def _high_value(asked: Asked) -> Rhythm:
    return _signals(asked, "high_value", asked.settings.signals_high_minutes)


def _background(asked: Asked) -> Rhythm:
    return _signals(asked, "background", asked.settings.signals_background_minutes)


def _signals(asked: Asked, reading: ReadingName, minutes: float) -> Rhythm:
    if asked.settings.harvest_mode != "all":
        return Rhythm(None, None, HARVEST_OFF)
    last = last_readings(asked.database, reading, 1)
    return _since(last[0].read_at if last else None, timedelta(minutes=minutes), "outside posting windows")


def _expert(asked: Asked) -> Rhythm:
    return _insight(asked, InsightKind.EXPERT)


def _competitor(asked: Asked) -> Rhythm:
    return _insight(asked, InsightKind.COMPETITOR)


def _insight(asked: Asked, kind: InsightKind) -> Rhythm:
    last, every = last_insight(asked.database, kind), asked.settings.insight_every(kind)
    return _since(last.made_at if last else None, every, "when enough posts by others are known")


def _purge(asked: Asked) -> Rhythm:
    last = last_upkeep(asked.database, "purge")
    return _since(last.done_at if last else None, timedelta(hours=asked.settings.retention_every_hours), "")


def _backup(asked: Asked) -> Rhythm:
    return _real_task(asked, "backup", asked.settings.backup_every_hours)


def _drill(asked: Asked) -> Rhythm:
    return _real_task(asked, "restore_drill", asked.settings.backup_drill_hours)


def _real_task(asked: Asked, task: str, hours: float) -> Rhythm:
    if not hours:
        return Rhythm(None, None, "switched off", real=True)
    last, every = last_upkeep(asked.database, task), timedelta(hours=hours)
    return Rhythm(every, last.done_at_real + every if last else None, "", real=True)


RHYTHMS: Mapping[str, Callable[[Asked], Rhythm]] = {
    "plan_when_due": _plan,
    "top_up_pool_when_due": _pool,
    "publish_when_due": _publish,
    "recover_when_due": _recover,
    "reconcile_when_due": _reconcile,
    "measure_when_due": _measure,
    "measure_account_when_due": _measure_account,
    "learn_when_due": _learn,
    "check_session_when_due": _session,
    "harvest_inbound_when_due": _inbound,
    "harvest_opportunities_when_due": _harvest,
    "plan_replies_when_due": _plan_replies,
    "read_high_value_when_due": _high_value,
    "read_background_when_due": _background,
    "conclude_expert_when_due": _expert,
    "conclude_competitor_when_due": _competitor,
    "purge_when_due": _purge,
    "backup_when_due": _backup,
    "drill_when_due": _drill,
}
"""By the name of the schedule or sensor: every one that asks whether work is due."""


def rhythms(asked: Asked) -> dict[str, Rhythm]:
    """Return the rhythm of every automation that asks whether work is due. Raises as the database does."""
    return {name: rhythm(asked) for name, rhythm in RHYTHMS.items()}


def _since(last: datetime | None, every: timedelta, rule: str) -> Rhythm:
    return Rhythm(every, last + every if last else None, rule)
