"""The report of learning as typed values, for whoever shows it."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.learning.comparison import Provable
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.domain.learning.outcomes import Level
from xbot_assets.store.learning.models import ModelKind


@dataclass(frozen=True, slots=True)
class Example:
    """A post of a group, as it stands on X; ``over_usual`` is its engagement per view over the account's of then."""

    text: str
    url: str | None
    published_at: datetime
    over_usual: float


@dataclass(frozen=True, slots=True)
class Insight:
    """What posts say of one kind of post; ``ratio`` is its engagement per view over the others', with its interval."""

    factor: str
    level: str
    finding: Finding
    posts: int
    ratio: float
    low: float
    high: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class HourCell:
    """The posts of one hour of one weekday, owner's time; ``over_usual`` is ``None`` below five posts."""

    weekday: str
    hour: int
    posts: int
    over_usual: float | None


@dataclass(frozen=True, slots=True)
class RareArm:
    """A kind of post that was tried and is hardly chosen any more."""

    topic: str
    format: str
    posts: int
    chance: float
    expected: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A model that was put in use, taken back, or dropped after its test, and why."""

    kind: ModelKind
    version: int
    at: datetime
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Week:
    """What one week's posts earned that a champion's way of learning chose, alone or sharing with what is in test.

    ``rate`` is the engagement per view of an ordinary one of them, with a 95 % interval; ``None`` with one post.
    """

    begins_at: datetime
    rule: str
    in_test: bool
    posts: int
    rate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RunningTest:
    """What is tested against a champion, since when, and what that can prove: ``provable`` is in rewards a post.

    ``share`` is the challenger's in the choice of what is posted.
    """

    kind: ModelKind
    champion: int
    challenger: int
    since: datetime
    share: float
    last_word: str
    provable: tuple[Provable, ...]


@dataclass(frozen=True, slots=True)
class LearningReport:
    """Everything that is told of what was learned; ``missing`` is why there is no more."""

    handle: str
    made_at: datetime
    timezone: str
    outcome_age_hours: float
    outcome_level: Level
    posts: int
    first_at: datetime | None
    last_at: datetime | None
    posts_a_day: float | None
    usual_rate: float | None
    group_min: int
    missing: tuple[str, ...]
    insights: tuple[Insight, ...]
    hours: tuple[HourCell, ...]
    rare_arms: tuple[RareArm, ...]
    weeks: tuple[Week, ...]
    """Newest first."""
    decisions: tuple[Decision, ...]
    tests: tuple[RunningTest, ...]
    groups_provable: tuple[Provable, ...]
    """The least difference that a group of half of the posts can be shown to have."""
