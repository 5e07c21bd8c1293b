"""Three posts for a new persona, with the gates' verdicts, and what a month would cost; nothing is stored or queued."""

from contextlib import closing
from dataclasses import dataclass, field

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.clock import RealClock, system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import history_of
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.prices import load_prices
from xbot_assets.settings import Settings
from xbot_assets.steps.language_model import model_access

SAMPLES = 3
DAYS = 30
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A text that the model wrote, for which arm, and what the gates say: ``refusal`` is ``None`` when it passed."""

    text: str
    topic: str
    format: str
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a month would cost, in US dollars: ``usd`` by the samples' tokens, and never more than ``most_usd``."""

    posts_per_day: float
    usd: float
    most_usd: float
    model: str


@dataclass(frozen=True, slots=True)
class Samples:
    """What the model wrote, refused texts too, and what a month of it would cost."""

    judged: tuple[JudgedText, ...]
    estimate: Estimate


@dataclass(slots=True)
class _Judge:
    """The gates without a history but that of this batch."""

    persona: Persona
    settings: Settings
    judged: list[JudgedText] = field(default_factory=list)

    def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        passed = [one.text for one in self.judged if one.refusal is None]
        history = history_of(passed, self.persona.language)
        refusal = first_refusal(text, GateContext(self.persona, ask.format, self.settings.gate_limits, history))
        self.judged.append(JudgedText(text, ask.topic, ask.format, refusal))
        return refusal


class _FreeOfCharge:
    """A budget for the sandbox's model, which costs nothing: it only counts."""

    def __init__(self) -> None:
        self._calls = 0

    def reserve(self, ask: CallAsk) -> Reservation:
        return Reservation(0, ask.called_at.date(), 0)

    def send(self, reservation: Reservation) -> None:
        """Let it go out."""

    def settle(
        self,
        reservation: Reservation,  # noqa: ARG002 - the protocol's
        call: LlmCall,
        failure: ProductError | None,  # noqa: ARG002 - the protocol's
        *,
        answered: bool,  # noqa: ARG002 - the protocol's
    ) -> int:
        return self.refused(call)

    def refused(self, call: LlmCall) -> int:  # noqa: ARG002 - the protocol's
        self._calls += 1
        return self._calls


def sample_posts(settings: Settings, persona: Persona) -> Samples:
    """Have three posts written by the sandbox's model, judge them, and estimate a month at the settings' prices.

    Args:
        settings: with the address of a sandbox's model; the plan's model and its price are the settings' own.
        persona: whose posts.

    Raises:
        ProductError: the model cannot be asked, or there is no price.
    """
    judge = _Judge(persona, settings)
    free = settings.model_copy(update={"llm": "sandbox"})
    with closing(LanguageModel(model_access(free), budget=_FreeOfCharge(), clock=RealClock())) as model:
        brief = PostBrief(persona=persona, posts=_arms(persona), max_weighted_chars=settings.post_max_weighted_chars)
        written = model.write_posts(brief, judge)
    tokens = (written.prompt_tokens, written.completion_tokens)
    return Samples(tuple(judge.judged), _estimate(settings, tokens, len(written.posts)))


def _arms(persona: Persona) -> tuple[PostRequest, ...]:
    """Return arms that differ as much as the persona lets them."""

    def nth(values: tuple[str, ...], number: int) -> str:
        return values[number % len(values)]

    return tuple(
        PostRequest(
            topic=nth(persona.topic_names, number),
            format=nth(persona.format_names, number),
            tone=nth(persona.tones, number),
        )
        for number in range(SAMPLES)
    )


def _estimate(settings: Settings, tokens: tuple[int, int], posts: int) -> Estimate:
    price = load_prices(settings.prices_path).price(settings.plan_model, system_now().date())
    a_post = price.cost_microusd(*tokens) / posts / MICROUSD_PER_USD
    plans = MINUTES_A_DAY / settings.plan_interval_minutes
    per_day = min(plans * settings.posts_per_plan, settings.posts_per_day_max)
    most = settings.daily_budget_usd * DAYS
    return Estimate(per_day, min(most, a_post * per_day * DAYS), most, settings.plan_model)
