"""Concluding from stored signals: a model's sentences, each resting on stored posts, within a share of the budget."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from xbot_assets.domain.engagement.insights import INSIGHT_PURPOSE, SOURCES, InsightKind, InsightSentence, cited_among
from xbot_assets.domain.engagement.signals import earned
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.llm.briefs.insight import SIGNALS_MAX, InsightBrief, ShownSignal
from xbot_assets.steps.content.seen_signals import CANDIDATES, best_signals, counts_of
from xbot_assets.steps.llm_budget import share_used_up
from xbot_assets.steps.model_service import rules_in_use
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import insights as insight_store
from xbot_assets.store.engagement.insights import NewInsight
from xbot_assets.store.engagement.signals import Signal, newest_signals, posts_stored


@dataclass(frozen=True, slots=True)
class InsightReport:
    """What came of one attempt. ``why_none`` says why nothing new is in use; the last conclusion then stands."""

    kind: InsightKind
    shown: int = 0
    sentences: tuple[InsightSentence, ...] = ()
    cost_microusd: int = 0
    why_none: str = ""
    stands_since: datetime | None = None
    """When what is in use now was concluded."""

    @property
    def kept(self) -> int:
        """How many sentences may be used."""
        return sum(one.dropped is None for one in self.sentences)


def conclude(product: Product, kind: InsightKind) -> InsightReport:
    """Have something concluded from the newest signals and store it with every sentence that may not be used.

    Raises:
        ProductError: the model could not be asked. Without money, and when the answer cannot be read, nothing is raised
            and the last conclusion stands.
    """
    shown = _shown(product, kind)
    if len(shown) < product.settings.insight_signals_min:
        return _none(product, kind, f"Only {len(shown)} posts by others are known; nothing is concluded from so few.")
    settings, now = product.settings, product.clock.now()
    if share_used_up(product.database, settings, now, INSIGHT_PURPOSE, settings.insight_share_percent):
        return _none(product, kind, "Conclusions have used their share of the day's budget.")
    try:
        answer = product.writer.conclude(_brief(product, kind, shown))
    except ProductError as failure:
        if failure.kind is not FailureKind.BUDGET and failure.code is not FailureCode.BAD_ANSWER:
            raise
        return _none(product, kind, failure.reason)
    sentences = _with_stored(product, answer.sentences)
    why = "" if any(one.dropped is None for one in sentences) else "No sentence of the answer may be used."
    report = InsightReport(kind, len(shown), sentences, answer.cost_microusd, why)
    return _stored(product, report, answer.model)


def _brief(product: Product, kind: InsightKind, shown: Sequence[Signal]) -> InsightBrief:
    rules = rules_in_use(product.settings, product.database)
    return InsightBrief(
        persona=product.account.persona,
        kind=kind,
        signals=tuple(map(_line, shown)),
        sentences=product.settings.insight_sentences,
        model=rules.saving_model,
        effort=rules.saving_effort,
    )


def _none(product: Product, kind: InsightKind, why: str) -> InsightReport:
    return _stored(product, InsightReport(kind, why_none=why), "")


def _stored(product: Product, report: InsightReport, model: str) -> InsightReport:
    """Keep the attempt, and say since when what is in use stands."""
    attempt = NewInsight(
        kind=report.kind,
        sentences=report.sentences,
        model=model,
        shown=report.shown,
        why_none=report.why_none,
        cost_microusd=report.cost_microusd,
    )
    insight_store.store_insight(product.database, attempt, product.clock.now())
    current = insight_store.current_insight(product.database, report.kind)
    return replace(report, stands_since=current.made_at if current else None)


def _shown(product: Product, kind: InsightKind) -> list[Signal]:
    """Return the posts that the model is shown: the best half and the least, so that it can tell them apart."""
    since = product.clock.now() - product.settings.signal_age
    posts = {
        one.x_post_id: one
        for source in SOURCES[kind]
        for one in newest_signals(product.database, source, since=since, limit=CANDIDATES)
        if one.x_post_id is not None and earned(counts_of(one)) is not None
    }
    ranked = _ranked(list(posts.values()), kind, product)
    most = min(product.settings.insight_signals_max, SIGNALS_MAX)
    if len(ranked) <= most:
        return ranked
    least = most // 2
    return ranked[: most - least] + ranked[-least:] if least else ranked[:most]


def _ranked(posts: Sequence[Signal], kind: InsightKind, product: Product) -> list[Signal]:
    if kind is InsightKind.EXPERT:
        return best_signals(posts, product.account.persona.topics)
    return sorted(posts, key=lambda one: (-(earned(counts_of(one)) or 0.0), one.id))


def _line(signal: Signal) -> ShownSignal:
    told = {name: getattr(signal, name) for name in ("likes", "reposts", "replies", "views")}
    return ShownSignal(
        x_post_id=signal.x_post_id or "",
        made=signal.format or "post",
        earned=", ".join(f"{value} {name}" for name, value in told.items() if value is not None),
        text=signal.text,
    )


def _with_stored(product: Product, sentences: Sequence[InsightSentence]) -> tuple[InsightSentence, ...]:
    """Drop what cites a post that is stored no more: one may be purged while the model thinks."""
    cited = {post_id for one in sentences for post_id in one.x_post_ids}
    stored = posts_stored(product.database, cited)
    return tuple(cited_among(one, stored) for one in sentences)
