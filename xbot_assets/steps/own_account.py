"""The account on X that this installation posts for, and all that belongs to it.

Steps, pages and commands ask :class:`Account` who it is, how it speaks, how fast it may publish, what holds it, whether
its session stands and which models choose for it. There is one account. A further one would get a database schema of
its own, hence a ``Database`` and an ``Account`` of its own, and no statement would change.
"""

from dataclasses import dataclass
from functools import cached_property

from xbot_assets.domain.clock import Clock
from xbot_assets.domain.pace.pacing import PaceRules
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.persona import load_persona
from xbot_assets.steps.own_profile import Profile
from xbot_assets.store.account.publishing_holds import PublishingHold, hold_reason, open_holds
from xbot_assets.store.account.session_checks import SessionCheck, last_session_check
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning.models import (
    ChampionSeat,
    ModelKind,
    ModelVersion,
    champion,
    champion_seat,
)
from xbot_assets.store.metrics.readings import StoredAccountReading, last_account_reading
from xbot_assets.store.publishing.admission import Question


@dataclass(frozen=True)
class Account(Profile):
    """One account, over opened parts. ``worker`` names this process where it asks for something."""

    database: Database
    clock: Clock
    worker: str = ""

    @cached_property
    def persona(self) -> Persona:
        """How it speaks and about what, read when first asked for. Raises as ``load_persona`` does."""
        return load_persona(self.settings.persona_path)

    @property
    def pace(self) -> PaceRules:
        """How fast it may publish, as the owner has set it."""
        return self.settings.pace_rules

    @property
    def admission(self) -> Question:
        """Return the question whether a post of its may go now."""
        return Question(self.settings.admission_limits, self.clock.now(), self.worker)

    @property
    def holds(self) -> dict[str, PublishingHold]:
        """What holds all its publishing, by the code of the failure that led to it, oldest first."""
        return {hold.code: hold for hold in open_holds(self.database)}

    @property
    def hold_reason(self) -> str | None:
        """Why nothing of its is published, in words, or ``None`` when it may be."""
        return hold_reason(self.database)

    @property
    def session(self) -> SessionCheck | None:
        """What the last look at its session saw; ``None`` before the first."""
        return last_session_check(self.database)

    @property
    def last_reading(self) -> StoredAccountReading | None:
        """Its newest numbers, such as followers; ``None`` before the first reading."""
        return last_account_reading(self.database, self.handle)

    def champion(self, kind: ModelKind) -> ModelVersion | None:
        """Return the model of a kind that chooses for it; ``None`` before the first promotion."""
        return champion(self.database, kind)

    def champion_seat(self, kind: ModelKind) -> ChampionSeat | None:
        """Return which version that is, without its parameters."""
        return champion_seat(self.database, kind)
