"""The rules of the pace asked alone, for tests that are about nothing else. The product asks all of its rules."""

from datetime import datetime

from xbot_assets.domain.pace.admission import Wait, daily_cap, hourly_limit, rate_limit, x_pause
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules, Pacing
from xbot_assets.domain.pace.rate import PaceFacts
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing.pace import pace_facts


def wait_at(facts: PaceFacts, now: datetime, pacing: Pacing) -> Wait | None:
    """Return why the pace lets nothing of a kind go at ``now``, and when the first may; ``None`` when one may.

    A record that is dated after ``now`` (the clock went back) counts as any other: the wait is longer, never shorter.
    """
    submitted, zone = (*facts.recent, *facts.continued), facts.hours.zone
    limits = (
        x_pause(facts.state, now),
        hourly_limit(facts.recent, now, pacing),
        daily_cap(submitted, now, pacing, zone, promised=facts.promised),
    )
    fixed = max(filter(None, limits), key=lambda wait: wait.until, default=None)
    start = fixed.until if fixed else now
    return rate_limit(facts.state, facts.recent, start, pacing, facts.hours) or fixed


def wait_now(db: Statements, kind: PaceKind, now: datetime, rules: PaceRules) -> Wait | None:
    """Return the same of what is stored. Raises ``pace_unknown``."""
    return wait_at(pace_facts(db, kind, now, rules), now, rules.pacing[kind])
