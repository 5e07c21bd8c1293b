"""Which version of each model is champion: what is shown better takes the seat, what is shown worse gives it back.

A bandit is its way of learning, its *rule*: the champion's rule takes each new outcome in at once (a refresh), as any
bandit must; another rule has to be shown better first. A predictor is a version: one fitted later has to be shown
better on posts that neither had seen, as soon as the champion has learned from enough posts for such a test. Who was
champion is tested against who is, so the same proof that promotes also rolls back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from xbot_assets.domain.alerts.learning import MODEL_ROLLED_BACK
from xbot_assets.domain.learning.bandit import Posterior, Rule, other_rule
from xbot_assets.domain.learning.comparison import NextStep, next_step
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.steps.learning.evidence import Evidence, bandit_gains, predictor_gains, weigh
from xbot_assets.steps.learning.foresight import Foresight, foresee_test
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.learning import comparisons
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.learning.models import ChampionVerdict, ModelKind, ModelVersion

KINDS: tuple[ModelKind, ...] = ("bandit", "predictor")
SEATING = frozenset({"first", "refreshed", "promoted", "rolled_back"})
NO_SHARE = "It has no share in what is posted, so what the champion's posts say of it is told and proves nothing."
HELD = "Models are held (XBOT_MODELS_HELD): nothing is promoted or rolled back."


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was decided about the champion of a kind, why, and the numbers that it rests on."""

    kind: ModelKind
    champion: ModelVersion
    verdict: ChampionVerdict
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def promoted(self) -> bool:
        """Whether a version took the seat."""
        return self.verdict in SEATING


def promote_newest(product: Product) -> list[Promotion]:
    """Decide for each kind of model who is champion from now on, and record why.

    A decision and all that belongs to it are one transaction: who is killed before its end has decided nothing.
    """
    decided = [_decide(product, kind) for kind in KINDS]
    return [promotion for promotion in decided if promotion is not None]


def _decide(product: Product, kind: ModelKind) -> Promotion | None:
    now = product.clock.now()
    with product.database.transaction() as transaction:
        comparisons.lock_champions(transaction, kind)
        newest = _newest(product, transaction, kind)
        if newest is None:
            return None
        champion = model_store.champion(transaction, kind)
        decision = _judge(product, transaction, newest, champion, now)
        if decision.promoted:
            model_store.promote(
                transaction,
                decision.champion,
                decision.reason,
                now,
                verdict=decision.verdict,
                evidence=decision.evidence,
            )
            _tell_of_rollback(transaction, champion, decision, now)
        else:
            comparisons.note_champion_event(
                transaction, kind, decision.verdict, decision.reason, decision.evidence, now
            )
    return decision


def _tell_of_rollback(
    transaction: Transaction, champion: ModelVersion | None, decision: Promotion, now: datetime
) -> None:
    if champion is not None and decision.verdict == "rolled_back":
        kind, version = decision.kind, champion.version
        alert(transaction, MODEL_ROLLED_BACK, now=now, kind=kind, version=version, reason=decision.reason)


def _newest(product: Product, transaction: Transaction, kind: ModelKind) -> ModelVersion | None:
    """Return the newest version that could be the first champion."""
    newest = model_store.model_versions(transaction, kind, 1)
    if kind == "bandit":
        return comparisons.newest_of_rule(transaction, product.settings.bandit_rule) or next(iter(newest), None)
    return next(iter(newest), None)


def _judge(
    product: Product, transaction: Transaction, newest: ModelVersion, champion: ModelVersion | None, now: datetime
) -> Promotion:
    if champion is None:
        return Promotion(newest.kind, newest, "first", "The first version.")
    if product.settings.models_held:
        return Promotion(newest.kind, champion, "held", HELD)
    if newest.kind == "bandit":
        return _judge_bandit(product, transaction, champion, now)
    return _judge_predictor(product, transaction, newest, champion, now)


def _judge_bandit(product: Product, transaction: Transaction, champion: ModelVersion, now: datetime) -> Promotion:
    rule = rule_of(champion)
    other = other_rule(rule)
    rival = comparisons.newest_of_rule(transaction, other)
    latest = comparisons.newest_of_rule(transaction, rule) or champion
    if rival is None:
        return _refreshed(champion, latest, f"No version learns in the other way ({other}) yet.", {}, told_apart=False)
    tested = comparisons.challenger(transaction, "bandit")
    if tested is None or rule_of(tested.model) != other:
        foreseen = _begin_test(product, transaction, latest, rival, now)
        words = f"The {other} way of learning is tested against it from now on. {foreseen.words}"
        return _refreshed(champion, latest, words, foreseen.numbers, told_apart=False)
    gains = bandit_gains(transaction, tested.since, rule, other, lived=tested.share > 0)
    evidence = weigh(gains, product.settings.comparison_of("bandit"), now - tested.since)
    words, numbers = f"The {other} way of learning: {evidence.explanation}", {**evidence.numbers, "share": tested.share}
    step = _next_step(product, transaction, "bandit", evidence, now, lived=tested.share > 0)
    if step is NextStep.FLIP:
        foreseen = _begin_test(product, transaction, rival, latest, now)
        return _flip(transaction, champion, rival, evidence, foreseen)
    if step is NextStep.DROP and tested.share:
        comparisons.set_challenger(transaction, rival, now)
        return Promotion("bandit", champion, "dropped", f"{words} {NO_SHARE}", numbers)
    if step is NextStep.WAIT:
        words = _too_soon(product, words)
    elif not tested.share:
        words = f"{words} {NO_SHARE}"
    if step is NextStep.BEGIN_ANEW:
        foreseen = _begin_test(product, transaction, latest, rival, now)
        words = f"{words} The test is over, and a new one begins. {foreseen.words}"
        numbers |= foreseen.numbers
    return _refreshed(champion, latest, words, numbers)


def _begin_test(
    product: Product, transaction: Transaction, champion: ModelVersion, rival: ModelVersion, now: datetime
) -> Foresight:
    """Test a version from now on, a bandit with a share of what is posted, and say what that can prove."""
    share = product.settings.compare_share if rival.kind == "bandit" else 0.0
    comparisons.set_challenger(transaction, rival, now, share=share)
    return foresee_test(transaction, product.settings, champion, rival, now)


def _refreshed(
    champion: ModelVersion, latest: ModelVersion, reason: str, numbers: Mapping[str, Any], *, told_apart: bool = True
) -> Promotion:
    """Keep the champion's way of learning, in its newest version; ``told_apart`` says that it was tried to."""
    if latest.id == champion.id:
        verdict: ChampionVerdict = "cannot_tell" if told_apart else "stays"
        return Promotion("bandit", champion, verdict, reason, numbers)
    took_in = (
        f"The champion's way of learning took in {latest.outcomes_used} outcomes ({champion.outcomes_used} before)."
    )
    return Promotion("bandit", latest, "refreshed", f"{took_in} {reason}", numbers)


def _judge_predictor(
    product: Product, transaction: Transaction, newest: ModelVersion, champion: ModelVersion, now: datetime
) -> Promotion:
    settings = product.settings
    if champion.outcomes_used < settings.compare_posts_min:
        return _provisional(newest, champion, settings.compare_posts_min)
    tested = comparisons.challenger(transaction, "predictor")
    if tested is None or tested.id == champion.id:
        return _next_test(product, transaction, newest, champion, now)
    posts = comparisons.compared_posts(transaction, tested.since)
    old, new = Predictor.model_validate(champion.parameters), Predictor.model_validate(tested.parameters)
    gains, rules = predictor_gains(posts, old, new, settings.zone), settings.comparison_of("predictor")
    evidence = weigh(gains, rules, now - tested.since)
    words = f"Version {tested.version} against {champion.version}: {evidence.explanation}"
    step = _next_step(product, transaction, "predictor", evidence, now)
    if step is NextStep.FLIP:
        foreseen = _begin_test(product, transaction, tested.model, champion, now)
        return _flip(transaction, champion, tested.model, evidence, foreseen)
    if step is NextStep.WAIT:
        return Promotion("predictor", champion, "stays", _too_soon(product, words), evidence.numbers)
    if step in {NextStep.DROP, NextStep.BEGIN_ANEW}:
        rival = newest if newest.id != tested.id else champion
        foreseen = _begin_test(product, transaction, champion, rival, now)
        next_test = f" Version {rival.version} is next. {foreseen.words}" if rival.id != champion.id else ""
        return Promotion("predictor", champion, "dropped", f"The test is over. {words}{next_test}", evidence.numbers)
    return Promotion("predictor", champion, "cannot_tell", words, evidence.numbers)


def _provisional(newest: ModelVersion, champion: ModelVersion, least: int) -> Promotion:
    """Let a champion of few outcomes make room without a test: nothing could be shown before there are more."""
    more = newest.outcomes_used > champion.outcomes_used
    if not more or (_beats_mean(champion) and not _beats_mean(newest)):
        return Promotion("predictor", champion, "stays", "No later version learned from more and beats the mean.")
    learned = f"Learned from {newest.outcomes_used} outcomes, the champion from {champion.outcomes_used}"
    reason = f"{learned}: nothing can be tested before {least}."
    return Promotion("predictor", newest, "refreshed", reason)


def _next_test(
    product: Product, transaction: Transaction, newest: ModelVersion, champion: ModelVersion, now: datetime
) -> Promotion:
    needed = product.settings.challenger_growth * champion.outcomes_used
    if newest.id == champion.id or newest.outcomes_used < needed:
        return Promotion("predictor", champion, "stays", f"A challenger needs {needed:.0f} outcomes to learn from.")
    foreseen = _begin_test(product, transaction, champion, newest, now)
    reason = f"Version {newest.version} is tested against version {champion.version} from now on. {foreseen.words}"
    return Promotion("predictor", champion, "stays", reason, foreseen.numbers)


def _next_step(
    product: Product,
    transaction: Transaction,
    kind: ModelKind,
    evidence: Evidence,
    now: datetime,
    *,
    lived: bool = True,
) -> NextStep:
    last, settings = comparisons.last_flip(transaction, kind), product.settings
    return next_step(
        evidence.compared,
        posts_max=settings.comparison_of(kind).posts_max,
        since_flip=None if last is None else now - last,
        least=settings.least_between_flips,
        lived=lived,
    )


def _flip(
    transaction: Transaction,
    champion: ModelVersion,
    rival: ModelVersion,
    evidence: Evidence,
    foreseen: Foresight,
) -> Promotion:
    """Seat a challenger that was shown better; ``foreseen`` is of the test that now begins the other way round."""
    back = _was_champion(transaction, champion, rival)
    verdict: ChampionVerdict = "rolled_back" if back else "promoted"
    act = "Rolled back" if back else "Promoted"
    numbers = {**evidence.numbers, "instead_of": champion.version, **foreseen.numbers}
    next_test = f"It is tested against its predecessor from now on. {foreseen.words}"
    reason = f"{act} in place of version {champion.version}. {evidence.explanation} {next_test}"
    return Promotion(champion.kind, rival, verdict, reason, numbers)


def _was_champion(transaction: Transaction, champion: ModelVersion, rival: ModelVersion) -> bool:
    """Say whether the challenger is what the champion had replaced: the same version, or the same way of learning."""
    if champion.kind == "bandit":
        return comparisons.last_flip(transaction, "bandit") is not None
    return comparisons.has_been_champion(transaction, rival)


def _too_soon(product: Product, words: str) -> str:
    least: timedelta = product.settings.least_between_flips
    return f"{words} It waits: champions change at most every {least.total_seconds() / 86400:g} days."


def rule_of(version: ModelVersion) -> Rule:
    """Return the way of learning of a bandit version."""
    return Posterior.model_validate(version.parameters).rule


def _beats_mean(version: ModelVersion) -> bool:
    """Say whether a predictor is at least as good, left out, as always predicting the mean."""
    error, of_mean = version.evaluation.get("error"), version.evaluation.get("error_of_mean")
    return error is None or of_mean is None or error <= of_mean
