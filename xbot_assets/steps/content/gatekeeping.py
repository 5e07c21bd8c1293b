"""Judging texts by the gates, with the product's history, and keeping every judgement.

Texts of any origin are judged here: a model's, the pool's, a template's, the owner's. A refused text is stored for the
owner to see and is never logged.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xbot_assets.domain.clock import Clock
from xbot_assets.domain.gates.chain import GATES, first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import History, history_of
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.briefs.brief import PostRequest
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product
from xbot_assets.store.content import gates as gate_store
from xbot_assets.store.content.gates import Judgement, RefusedText
from xbot_assets.store.engine.database import Database

REPORT_WINDOW = timedelta(days=30)
NEWEST = 20
"""Refused texts shown to the owner."""

FurtherGate = Callable[[str], Refusal | None]
"""A gate that needs more than the text's surroundings: such as the data a model was shown."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """A month of judgements: texts refused by gate in the chain's order, the share refused by day, the newest."""

    judged: int
    by_gate: dict[str, int]
    by_day: tuple[tuple[datetime, float], ...]
    newest: tuple[RefusedText, ...]

    @property
    def refused(self) -> int:
        """Texts refused by any gate."""
        return sum(self.by_gate.values())


@dataclass(slots=True)
class GateJudge:
    """The gate chain with this product's history: the ``Judge`` of one batch of texts.

    The history is read at the first judgement; a text that passed belongs to it, so that no two of a batch are alike.

    Attributes:
        database: where history and judgements are.
        clock: the product's.
        persona: whose rules hold.
        settings: the limits.
        purpose: why the texts were written: ``plan``, ``pool``, ``fallback``, ``manual``.
        model: who wrote them; ``None`` when no model did.
        further: gates asked after the chain, in order.
        with_pool: whether pooled posts belong to the history.
    """

    database: Database
    clock: Clock
    persona: Persona
    settings: Settings
    purpose: str
    model: str | None = None
    further: Sequence[FurtherGate] = ()
    with_pool: bool = True
    _history: History | None = field(default=None, init=False)
    _passed: list[str] = field(default_factory=list, init=False)

    def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        """Judge a text, store the judgement, and return why it may not be used, or None."""
        refusal = self.judged(text, ask.format)
        self._record(text, ask.topic, ask.format, refusal)
        return refusal

    def judged(self, text: str, format_name: str) -> Refusal | None:
        """Judge a text and keep nothing: for choosing among candidates."""
        by_chain = self._by_chain(text, format_name)
        return by_chain or next((refusal for gate in self.further if (refusal := gate(text))), None)

    def accept(self, text: str, topic: str, format_name: str) -> None:
        """Store that a text passed which :meth:`judged` let through."""
        self._record(text, topic, format_name, None)

    def _record(self, text: str, topic: str, format_name: str, refusal: Refusal | None) -> None:
        judgement = Judgement(
            judged_at=self.clock.now(),
            text=text,
            topic=topic,
            format=format_name,
            purpose=self.purpose,
            model=self.model,
            gate=refusal.gate if refusal else None,
            reason=refusal.reason if refusal else None,
        )
        gate_store.insert_judgements(self.database, [judgement])
        if refusal is None:
            self._passed.append(text)

    def _by_chain(self, text: str, format_name: str) -> Refusal | None:
        histories = [self._recent(), *([history_of(self._passed, self.persona.language)] if self._passed else [])]
        limits = self.settings.gate_limits
        contexts = (GateContext(self.persona, format_name, limits, history) for history in histories)
        return next((refusal for context in contexts if (refusal := first_refusal(text, context))), None)

    def _recent(self) -> History:
        if self._history is None:
            since = self.clock.now() - timedelta(days=self.settings.gate_history_days)
            texts = gate_store.judged_against(self.database, since, with_pool=self.with_pool)
            self._history = history_of(texts, self.persona.language)
        return self._history


def judge_for(
    product: Product,
    purpose: str,
    *,
    model: str | None = None,
    further: Sequence[FurtherGate] = (),
    with_pool: bool = True,
) -> GateJudge:
    """Return the judge of one batch of texts; see :class:`GateJudge`."""
    parts = (product.database, product.clock, product.account.persona, product.settings)
    return GateJudge(*parts, purpose=purpose, model=model, further=further, with_pool=with_pool)


def gate_report(product: Product) -> GateReport:
    """Count a month of judgements."""
    counts = gate_store.judgements_by_day(product.database, product.clock.now() - REPORT_WINDOW)
    refused = Counter(dict.fromkeys(GATES, 0))
    texts: Counter[datetime] = Counter()
    refused_on: Counter[datetime] = Counter()
    for count in counts:
        texts[count.day] += count.texts
        if count.gate is not None:
            refused[count.gate] += count.texts
            refused_on[count.day] += count.texts
    return GateReport(
        judged=texts.total(),
        by_gate=dict(refused),
        by_day=tuple((day, refused_on[day] / judged) for day, judged in sorted(texts.items())),
        newest=tuple(gate_store.recent_refusals(product.database, NEWEST)),
    )
