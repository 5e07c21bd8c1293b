"""What the catalogue says of all assets of a subject: who answers for them, and how long they stay fresh.

An asset that says so itself keeps its own word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import dagster as dg

OWNER = "team:xbot"


@dataclass(frozen=True, slots=True)
class SubjectPolicy:
    """One subject's rule.

    Attributes:
        owner: who answers for an asset that names nobody.
        fresh_for: how long an asset may go without being made anew, in real time, before something is wrong.
        on_demand: assets that are made only when something calls for them, so that no age of theirs is wrong.
    """

    owner: str
    fresh_for: timedelta
    on_demand: frozenset[str] = frozenset()


SUBJECTS: Mapping[str, SubjectPolicy] = {
    # A full queue puts planning off; quiet hours and limits put publishing off, but not for two days.
    "content": SubjectPolicy(OWNER, timedelta(days=1)),
    "publishing": SubjectPolicy(OWNER, timedelta(days=2), frozenset({"recovered_post_ids"})),
    # Notifications are read every few minutes, but a full pool and quiet days put the rest off.
    "engagement": SubjectPolicy(OWNER, timedelta(days=1), frozenset({"reply_opportunities", "planned_replies"})),
    # Only where strangers' posts may be read; without accounts to track and without money nothing new is made.
    "signals": SubjectPolicy(OWNER, timedelta(days=2), frozenset({"high_value_signals"})),
    # Old posts are read once a day, the profile every hour.
    "metrics": SubjectPolicy(OWNER, timedelta(days=1, hours=2)),
    # A post is judged hours after it was published.
    "learning": SubjectPolicy(OWNER, timedelta(days=3)),
    "operations": SubjectPolicy(OWNER, timedelta(hours=2)),
}
"""By the asset's group."""


def catalogued(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset's specification with what its subject says about owner and freshness."""
    subject = SUBJECTS.get(spec.group_name or "")
    if subject is None:
        return spec
    owned = spec if spec.owners else spec.replace_attributes(owners=[subject.owner])
    if owned.freshness_policy is not None or spec.key.to_user_string() in subject.on_demand:
        return owned
    return owned.replace_attributes(freshness_policy=dg.FreshnessPolicy.time_window(fail_window=subject.fresh_for))
