"""Reading the account's posts and profile back from X."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.alerts.metrics import METRICS_UNREADABLE
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.steps.metrics.asking import ask
from xbot_assets.steps.metrics.careful import Attempt, careful
from xbot_assets.steps.metrics.page_watch import (
    PROFILE,
    READING,
    Watched,
    keep_page,
    only_changes,
    profile_policy,
    reading_policy,
    reading_wait,
    stops_reading,
    tell_breaker,
    watched,
)
from xbot_assets.steps.metrics.sorting import ReadingRules, SortedAnswer, sort_answer
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.metrics.readings import Fields, PostToMeasure, ReadingBatch, ReadingSuccess
from xbot_assets.store.publishing.policy import store_account_facts
from xbot_assets.x.answers import PageEvidence, ProfileRead
from xbot_assets.x.operations import ReadPosts, ReadProfile

HEALTHY_SHARE = 0.9
"""Below this share of posts read, an alert is raised."""
SUCCESS_BATCHES = 20
"""How well reading goes is what so many operations say."""


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """What was asked for, what was read, what was missed, with reasons, and what cannot be true: rows as stored."""

    asked: int
    read: tuple[Fields, ...]
    missed: tuple[Fields, ...]
    quarantined: tuple[Fields, ...] = ()
    wait: str | None = None
    """Why nothing was asked for: X's page has changed, and the next probe is to come."""

    @property
    def success_share(self) -> float:
        """Return the share of posts read; 1 when none was due."""
        return len(self.read) / self.asked if self.asked else 1.0


def measure_posts(product: Product) -> MeasureReport:
    """Read every post that is due, from the timeline or its own page; store what came of each, and its next time.

    While X's page is not as it was, only a few are asked for at a time, until they can be read again.

    Raises:
        ProductError: when the batch as a whole could not be read; nothing is stored then.
    """
    with careful(product, READING, reading_policy(product.settings), only_changes) as attempt:
        if attempt is None:
            return MeasureReport(0, (), (), wait=reading_wait(product) or "Another run probes X's page.")
        probe = product.settings.metrics_probe_posts if attempt.permit.is_probe else None
        due = posts_due(product)[:probe]
        return _measure(product, due, attempt) if due else MeasureReport(0, (), ())


def _measure(product: Product, due: Sequence[PostToMeasure], attempt: Attempt) -> MeasureReport:
    asked = ask(product, due, along=not attempt.permit.is_probe)
    lately = metric_store.reading_success(product.database, SUCCESS_BATCHES)
    rows = sort_answer(asked.posts, asked.answer, _rules(product, lately))
    judged = watched(asked.posts, rows, lately, product.settings.metrics_changed_jump)
    report = MeasureReport(len(asked.posts), rows.read, rows.missed, rows.quarantined)
    _store(product, report, rows, judged)
    _tell(product, report, judged, attempt, asked.answer.evidence)
    return report


def posts_due(product: Opened) -> list[PostToMeasure]:
    """Return the posts whose next reading is due, missing ones first."""
    return metric_store.posts_to_measure(
        product.database, now=product.clock.now(), limit=product.settings.metrics_batch_max
    )


def measure_account(product: Product) -> ProfileRead | None:
    """Read the own profile and store its numbers, and what it says of the account's age and label.

    Returns:
        What was read; ``None`` when nothing was asked, because the page has changed and the next probe is to come.

    Raises:
        PermanentFailure: ``page_changed``, when a number cannot be read for sure; what else was told is stored.
        ProductError: when the profile could not be read.
    """
    with careful(product, PROFILE, profile_policy(product.settings), only_changes) as attempt:
        if attempt is None:
            return None
        profile = _read_account(product, attempt)
        attempt.outcome = AttemptOutcome.SUCCESS
    return profile


def _read_account(product: Product, attempt: Attempt) -> ProfileRead:
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
    _check_numbers(product, profile, attempt)
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


def _check_numbers(product: Product, profile: ProfileRead, attempt: Attempt) -> None:
    unread = [name for name in ("followers", "following", "posts") if getattr(profile, name) is None]
    if unread:
        reason = f"The numbers of @{profile.handle} cannot be read for sure: {', '.join(unread)}."
        if profile.evidence is not None:
            kept = ReadProfile.__name__
            reason += keep_page(product, profile.evidence, kept, is_probe=attempt.permit.is_probe)
        raise PermanentFailure(
            reason,
            code=FailureCode.PAGE_CHANGED,
            remedy="Set the account's display language to English, or report the profile's words as X shows them.",
        )


def account_due(product: Opened) -> bool:
    """Say whether the profile's next reading is due."""
    last = product.account.last_reading
    interval = timedelta(minutes=product.settings.account_metrics_minutes)
    return last is None or product.clock.now() - last.read_at >= interval


def _rules(product: Product, lately: ReadingSuccess) -> ReadingRules:
    cadence = product.settings.reading_cadence
    return ReadingRules(
        handle=product.account.handle,
        now=product.clock.now(),
        cadence=cadence,
        factor=cadence.success.factor(lately.asked, lately.posts_read),
        falls_believed=product.settings.metrics_falls_believed,
        agreement=product.settings.reading_agreement,
    )


def _store(product: Product, report: MeasureReport, rows: SortedAnswer, judged: Watched) -> None:
    batch = ReadingBatch(
        read_at=product.clock.now(),
        asked=report.asked,
        posts_read=len(report.read),
        looked=judged.seen.looked,
        unparsed=judged.seen.unparsed,
        changed=judged.changed,
        compared=rows.compared,
        disagreed=rows.disagreed,
    )
    with product.database.transaction() as transaction:
        metric_store.insert_readings(transaction, report.read)
        metric_store.insert_misses(transaction, report.missed)
        metric_store.quarantine_readings(transaction, report.quarantined)
        metric_store.insert_reading_batch(transaction, batch)


def _tell(
    product: Product, report: MeasureReport, judged: Watched, attempt: Attempt, evidence: PageEvidence | None
) -> None:
    """Tell the breaker and, unless the breaker's own alert says it, a person."""
    first = next(iter((*report.missed, *report.quarantined)), None)
    reason: str = first["reason"] if first else ""
    if evidence is not None and judged.changed:
        reason += keep_page(product, evidence, ReadPosts.__name__, is_probe=attempt.permit.is_probe)
    tell_breaker(attempt, judged, reason)
    now, stops = product.clock.now(), judged.changed and stops_reading(product, attempt)
    if stops or report.success_share >= HEALTHY_SHARE:
        resolve_alert(product.database, METRICS_UNREADABLE, now)
        return
    database, read, asked = product.database, len(report.read), report.asked
    alert(database, METRICS_UNREADABLE, now=now, read=read, asked=asked, reason=reason)
