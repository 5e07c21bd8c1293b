"""What the view Now shows, as one document; ``/api/status.json`` and ``xbot status`` are the same."""

from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets import __version__
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.service.health.components import Verdict, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages.standing import Standing, standing_of
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.suggestions import suggestions_waiting
from xbot_assets.steps.llm_budget import BudgetNow, budget_now
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.own_profile import Profile
from xbot_assets.store.account.publishing_holds import PublishingHold
from xbot_assets.store.account.session_checks import SessionCheck
from xbot_assets.store.alerts import Alert, open_alerts
from xbot_assets.store.clock import read_line
from xbot_assets.store.learning.models import ModelKind
from xbot_assets.store.operations.browser_operations import BrowserOperation, newest_operations
from xbot_assets.store.publishing.posts import queue_counts, recent_posts
from xbot_assets.store.publishing.rows import RecentPost

POSTS_SHOWN = 12
OPERATIONS_SHOWN = 12
SECONDS_PER_MINUTE = 60
KINDS: tuple[ModelKind, ...] = ("bandit", "predictor")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class PostLine(_Part):
    """One post with its latest reading; ``url`` only when it leads to the target."""

    id: int
    status: str
    text: str
    topic: str
    format: str
    scheduled_at: AwareDatetime
    published_at: AwareDatetime | None
    removed_at: AwareDatetime | None
    """Since when X no longer shows it."""
    url: str | None
    read_at: AwareDatetime | None
    replies: int | None
    reposts: int | None
    likes: int | None
    bookmarks: int | None
    views: int | None
    failure_reason: str | None
    thread: str | None
    """Where it stands in its thread, as ``thread 2/5``."""
    reply_to_handle: str | None
    """Whom it answers, if anybody."""


class ModelLine(_Part):
    """The champion of one kind."""

    kind: str
    version: int
    outcomes_used: int
    trained_at: AwareDatetime


class OperationLine(_Part):
    """One browser operation; times are real.

    ``seconds`` are from being asked for to its end: ``waited_seconds`` for its turn, then ``worked_seconds`` in a slot.
    What did not happen yet, or never did, is absent.
    """

    kind: str
    lane: str
    queued_at: AwareDatetime
    seconds: float | None
    waited_seconds: float | None
    worked_seconds: float | None
    slot: int | None
    outcome: str | None
    failure_reason: str | None


class BudgetLine(_Part):
    """Today's language-model budget, the tier that planning follows, and why; ``held`` when the API is left alone."""

    ends_at: AwareDatetime
    spent_usd: float
    reserved_usd: float
    budget_usd: float
    tier: str
    why: str
    model: str
    posts_per_plan: int
    plan_minutes: float
    held: str | None


class ProductStatus(_Part):
    """What the database knows."""

    now: AwareDatetime
    rate: float
    queue: dict[str, int]
    posts: list[PostLine]
    alerts: list[Alert]
    holds: list[PublishingHold]
    """Why nothing is published, whatever became of the alerts about it."""
    budget: BudgetLine
    models: list[ModelLine]
    operations: list[OperationLine]
    replies_to_answer: int = 0
    """Suggested replies that a person may post by hand."""
    session: SessionCheck | None = None
    """The newest check; absent before the first."""
    standing: Standing | None = None
    """What comes next, how fast it may go, and who has the browser; absent when it cannot be read."""
    standing_problem: str | None = None
    """Why it cannot be read."""


class Status(_Part):
    """Everything on the page. ``product`` is absent when the database does not answer; ``problem`` says why."""

    version: str
    mode: str
    handle: str
    llm: str
    target_url: str | None
    web_url: str | None
    real_now: AwareDatetime
    ready: bool
    components: list[Verdict]
    product: ProductStatus | None
    problem: str | None


def collect(connections: Connections, verdicts: list[Verdict]) -> Status:
    """Read everything the page shows. Never raises a ``ProductError``: what cannot be read is said instead.

    Raises:
        SettingsError: the settings became unusable.
    """
    settings = connections.settings()
    product, problem = None, None
    try:
        with connections.database().one_connection():
            product = _product(connections, settings)
    except ProductError as failure:
        problem = f"{failure.reason} {failure.remedy}".strip()
    return Status(
        version=__version__,
        mode=settings.mode,
        handle=Profile(settings).handle,
        llm=settings.llm,
        target_url=settings.target_url,
        web_url=settings.web_url,
        real_now=system_now(),
        ready=is_ready(verdicts),
        components=verdicts,
        product=product,
        problem=problem,
    )


def _product(connections: Connections, settings: Settings) -> ProductStatus:
    database, clock = connections.database(), connections.clock()
    account, now = Account(settings, database, clock), clock.now()
    line = read_line(database)
    standing, standing_problem = _standing(account)
    return ProductStatus(
        now=now,
        rate=line.rate if line else 1.0,
        queue=queue_counts(database),
        posts=[_post(row, settings) for row in recent_posts(database, POSTS_SHOWN)],
        alerts=open_alerts(database),
        holds=list(account.holds.values()),
        budget=_budget(budget_now(database, settings, now)),
        models=_models(account),
        operations=[_operation(one) for one in newest_operations(database, OPERATIONS_SHOWN)],
        replies_to_answer=suggestions_waiting(account),
        session=account.session,
        standing=standing,
        standing_problem=standing_problem,
    )


def _standing(account: Account) -> tuple[Standing | None, str | None]:
    """Return it, or why it cannot be read: a row that is missing stops publishing, and not this page."""
    try:
        return standing_of(account, system_now()), None
    except PermanentFailure as failure:
        return None, f"{failure.reason} {failure.remedy}".strip()


def _post(row: RecentPost, settings: Settings) -> PostLine:
    url, thread = link_to(row.permalink, settings.target_url), thread_place(row.segment, row.segments)
    return PostLine.model_validate({**asdict(row), "url": url, "thread": thread})


def link_to(permalink: str | None, target_url: str | None) -> str | None:
    """Return the post's address on the target; ``None`` for anything that would lead elsewhere."""
    if not permalink or not target_url:
        return None
    if permalink.startswith("/") and not permalink.startswith("//"):
        return target_url.rstrip("/") + permalink
    same = urlsplit(permalink)[:2] == urlsplit(target_url)[:2]
    return permalink if same else None


def _budget(budget: BudgetNow) -> BudgetLine:
    tier = budget.tier
    return BudgetLine(
        ends_at=budget.day.ends,
        spent_usd=budget.account.spent / MICROUSD_PER_USD,
        reserved_usd=budget.account.reserved / MICROUSD_PER_USD,
        budget_usd=budget.budget_microusd / MICROUSD_PER_USD,
        tier=tier.name,
        why=tier.why,
        model=tier.model,
        posts_per_plan=tier.posts,
        plan_minutes=tier.interval.total_seconds() / SECONDS_PER_MINUTE,
        held=budget.hold.reason if budget.hold else None,
    )


def _models(account: Account) -> list[ModelLine]:
    champions = [account.champion(kind) for kind in KINDS]
    return [ModelLine.model_validate(model, from_attributes=True) for model in champions if model is not None]


def _operation(operation: BrowserOperation) -> OperationLine:
    asked, started, ended = operation.queued_at, operation.started_at, operation.ended_at
    times = {
        "seconds": _between(asked, ended),
        "waited_seconds": _between(asked, started),
        "worked_seconds": _between(started, ended),
    }
    return OperationLine.model_validate(asdict(operation) | times)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start is not None and end is not None else None
