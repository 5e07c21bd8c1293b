"""Notices that X's page has changed: reading stops behind its breaker, the page is kept, and one alert names it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.metrics.page_change import Unparsed, is_odd_by_itself
from xbot_assets.domain.pace.breaker import AttemptOutcome, BreakerPolicy
from xbot_assets.settings import Settings
from xbot_assets.steps.metrics.careful import CHANGED, Attempt, breaker_wait
from xbot_assets.steps.metrics.sorting import SortedAnswer
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.metrics.evidence import keep_evidence
from xbot_assets.store.metrics.readings import PostToMeasure, ReadingSuccess
from xbot_assets.store.publishing.breaker import breaker_state
from xbot_assets.x.answers import PageEvidence

READING, PROFILE = "reading", "profile"
"""The breakers of the account's posts and of its profile: two pages, and one that is well says nothing of the other."""
EVIDENCE_EVERY = timedelta(hours=6)
"""While reading stays stopped, its probes keep another page this often: it may have changed again."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a batch says of X's page: posts looked at, without odd ones, and how many could not be read."""

    seen: Unparsed
    changed: bool


def reading_wait(product: Opened) -> str | None:
    """Say why posts are not read now, or ``None``."""
    return breaker_wait(product, READING, "X's page has changed, and reading waits for its next probe")


def profile_wait(product: Opened) -> str | None:
    """Say why the profile is not read now, or ``None``."""
    return breaker_wait(
        product, PROFILE, "X's page of the profile has changed, and reading it waits for its next probe"
    )


def reading_policy(settings: Settings) -> BreakerPolicy:
    """When the breakers of reading open and close."""
    return replace(settings.breaker_policy, failures=settings.metrics_failures_max)


def profile_policy(settings: Settings) -> BreakerPolicy:
    """The same for the profile, of which one look tells all: it is read once an hour, and three would take three."""
    return replace(reading_policy(settings), successes=1)


def only_changes(failure: ProductError) -> AttemptOutcome:
    """Return what a failure says of X's page: X being away or busy is for others to tell, and passes by itself."""
    return AttemptOutcome.FAILURE if failure.code in CHANGED else AttemptOutcome.UNUSED


def watched(due: Sequence[PostToMeasure], rows: SortedAnswer, lately: ReadingSuccess, jump: float) -> Watched:
    """Judge a batch. Posts that could not be read when others could say nothing about the page of all."""
    odd = {post.id for post in due if is_odd_by_itself(post.metrics_read_at, post.looked_at, lately.read_at)}
    unparsed = rows.unparsed - odd
    seen = Unparsed(len(rows.looked - (rows.unparsed & odd)), len(unparsed))
    return Watched(seen, seen.rises_from(Unparsed(lately.looked, lately.unparsed), jump))


def tell_breaker(attempt: Attempt, judged: Watched, reason: str) -> None:
    """Say what the batch means to the breaker; one that looked at no page means nothing."""
    if judged.changed:
        attempt.outcome = AttemptOutcome.FAILURE
        attempt.reason = f"{judged.seen.unparsed} of {judged.seen.looked} posts could not be read. {reason}"
    elif judged.seen.looked > judged.seen.unparsed:
        attempt.outcome = AttemptOutcome.SUCCESS


def stops_reading(product: Product, attempt: Attempt) -> bool:
    """Say whether one more failure opens the breaker, or keeps it open: then its own alert tells a person."""
    if attempt.permit.is_probe:
        return True
    failures = breaker_state(product.database, attempt.permit.name).failures
    return failures + 1 >= product.settings.metrics_failures_max


def keep_page(product: Product, seen: PageEvidence, operation: str, *, is_probe: bool) -> str:
    """Keep a page that could not be read; return the words that name it, empty when it is not kept again."""
    now = product.clock.now()
    since = now - EVIDENCE_EVERY if is_probe else now
    number = keep_evidence(product.database, seen, operation=operation, now=now, since=since)
    return f" The page is kept: xbot evidence {number}." if number is not None else ""
