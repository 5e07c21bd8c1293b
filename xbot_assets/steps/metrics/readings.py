"""Reading the account's posts and profile back from X."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.metrics import METRICS_UNREADABLE
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.metrics.readings import Fields, PostToMeasure
from xbot_assets.store.publishing.policy import store_account_facts
from xbot_assets.x.answers import PostReading, ProfileRead
from xbot_assets.x.operations import ReadPosts, ReadProfile

NEEDED = ("replies", "reposts", "likes", "bookmarks")
"""Counts without which a reading is none: a missing one is no zero."""
HEALTHY_SHARE = 0.9
"""Below this share of posts read, an alert is raised (report, layer 8: under 90 % intensify)."""


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """What was asked for, what was read (rows as stored) and what was missed, with reasons."""

    asked: int
    read: tuple[Fields, ...]
    missed: tuple[Fields, ...]

    @property
    def success_share(self) -> float:
        """Return the share of posts read; 1 when none was due."""
        return len(self.read) / self.asked if self.asked else 1.0


def measure_posts(product: Product) -> MeasureReport:
    """Read every post that is due, in one browser operation, and store readings and misses.

    Raises:
        ProductError: when the batch as a whole could not be read; nothing is stored then.
    """
    due = posts_due(product)
    if not due:
        return MeasureReport(0, (), ())
    settings = product.settings
    answer = product.x.run(
        ReadPosts(post_ids=tuple(post.x_post_id for post in due), handle=product.account.handle),
        lane=Lane.HIGH,
        deadline_seconds=settings.read_deadline_seconds + len(due) * settings.read_post_seconds,
    )
    by_id = {post.x_post_id: post for post in due}
    now = product.clock.now()
    shown = [(by_id[post.post_id], post) for post in answer.posts if post.post_id is not None and post.post_id in by_id]
    read = tuple(_reading_row(ours, post, now) for ours, post in shown if not unread_counts(post))
    missed = tuple(
        {"post_id": by_id[m.post_id].id, "missed_at": now, "why": m.why, "reason": m.reason} for m in answer.missed
    ) + tuple(_miss_row(ours, post, now) for ours, post in shown if unread_counts(post))
    metric_store.insert_readings(product.database, read)
    metric_store.insert_misses(product.database, missed)
    report = MeasureReport(len(due), read, missed)
    _watch(product, report)
    return report


def posts_due(product: Product) -> list[PostToMeasure]:
    """Return the posts whose next reading is due, missing ones first."""
    settings = product.settings
    return metric_store.posts_to_measure(
        product.database,
        now=product.clock.now(),
        young=timedelta(minutes=settings.metrics_first_day_minutes),
        middle=timedelta(minutes=settings.metrics_first_week_minutes),
        old=timedelta(minutes=settings.metrics_later_minutes),
        limit=settings.metrics_batch_max,
    )


def measure_account(product: Product) -> ProfileRead:
    """Read the own profile and store its numbers, and what it says of the account's age and label.

    Raises:
        PermanentFailure: ``page_changed``, when a number cannot be read for sure; what else was told is stored.
        ProductError: when the profile could not be read.
    """
    handle = product.account.handle
    profile = product.x.run(
        ReadProfile(handle=handle),
        lane=Lane.HIGH,
        deadline_seconds=product.settings.read_deadline_seconds,
    )
    now = product.clock.now()
    store_account_facts(
        product.database,
        handle,
        now,
        created_at=profile.created_at,
        labelled=profile.labelled_automated,
    )
    _check_numbers(profile)
    metric_store.insert_account_reading(
        product.database,
        {
            "handle": handle,
            "read_at": now,
            "followers": profile.followers,
            "following": profile.following,
            "posts": profile.posts,
            "exact": profile.exact,
        },
    )
    return profile


def _check_numbers(profile: ProfileRead) -> None:
    unread = [name for name in ("followers", "following", "posts") if getattr(profile, name) is None]
    if unread:
        raise PermanentFailure(
            f"The numbers of @{profile.handle} cannot be read for sure: {', '.join(unread)}.",
            code=FailureCode.PAGE_CHANGED,
            remedy="Set the account's display language to English, or report the profile's words as X shows them.",
        )


def account_due(product: Product) -> bool:
    """Say whether the profile's next reading is due."""
    last = product.account.last_reading
    interval = timedelta(minutes=product.settings.account_metrics_minutes)
    return last is None or product.clock.now() - last.read_at >= interval


def unread_counts(reading: PostReading) -> list[str]:
    """Return the counts that must be known for a reading to be kept, and are not. X does not show everybody's views."""
    return [name for name in NEEDED if getattr(reading.counts, name) is None]


def _miss_row(post: PostToMeasure, reading: PostReading, now: datetime) -> Fields:
    names = ", ".join(unread_counts(reading))
    reason = f"These counts cannot be read for sure: {names}. The label: {reading.label or 'none'}."
    return {"post_id": post.id, "missed_at": now, "why": "unread", "reason": reason}


def _reading_row(post: PostToMeasure, reading: PostReading, now: datetime) -> Fields:
    return {
        "post_id": post.id,
        "x_post_id": post.x_post_id,
        "read_at": now,
        "age_seconds": max(0.0, (now - post.published_at).total_seconds()),
        "replies": reading.counts.replies,
        "reposts": reading.counts.reposts,
        "likes": reading.counts.likes,
        "bookmarks": reading.counts.bookmarks,
        "views": reading.counts.views,
        "label": reading.label,
    }


def _watch(product: Product, report: MeasureReport) -> None:
    now = product.clock.now()
    if report.success_share >= HEALTHY_SHARE:
        resolve_alert(product.database, METRICS_UNREADABLE, now)
        return
    alert(
        product.database,
        METRICS_UNREADABLE,
        now=now,
        read=len(report.read),
        asked=report.asked,
        reason=report.missed[0]["reason"],
    )
