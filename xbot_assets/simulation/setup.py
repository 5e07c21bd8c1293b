"""What one simulated run is made of, from the settings, and how each policy is built."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from xbot_assets.domain.learning.bandit import Arm, Posterior, Rule, prior
from xbot_assets.domain.persona import Persona
from xbot_assets.sandbox.people.audience import Readers
from xbot_assets.sandbox.people.audiences import Audiences
from xbot_assets.sandbox.people.hard_audience import HardReaders
from xbot_assets.settings import Settings
from xbot_assets.simulation.champions import Champions, ChangeRules
from xbot_assets.simulation.loop import Loop, Pace, Played
from xbot_assets.simulation.names import PolicyName
from xbot_assets.simulation.policies import Fixed, NoLearning, Ours, Policy, Random
from xbot_assets.simulation.texts import library
from xbot_assets.simulation.world import World

BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday at midnight; seeds, not dates, make runs differ."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Setup:
    """One account's life to be: who reads, for how long, at what pace, and how the product learns.

    ``turn_day`` turns the taste of a hard audience round at that day's beginning; ``still`` keeps it from drifting.
    """

    audience: Audiences
    days: int
    pace: Pace
    arms: tuple[Arm, ...]
    tones: tuple[str, ...]
    start: Posterior
    rule: Rule
    changes: ChangeRules
    turn_day: int | None = None
    still: bool = False

    @property
    def turned_at(self) -> datetime | None:
        """When taste is turned round, if it is."""
        return None if self.turn_day is None else BEGINS + self.turn_day * DAY

    def readers(self, seed: int) -> Readers:
        """Return the readers of a seed."""
        return HardReaders(seed, self.turned_at, still=self.still) if self.audience == "hard" else Readers(seed)


@dataclass(frozen=True, slots=True)
class Life:
    """What came of one run: all posts, the arm when it was a fixed one, and what changed champions."""

    posts: tuple[Played, ...]
    fixed_arm: Arm | None
    changes: tuple[str, ...]
    followers: int


def setup_from(
    settings: Settings,
    persona: Persona,
    *,
    audience: Audiences,
    days: int,
    posts_a_day: float | None = None,
    turn_day: int | None = None,
) -> Setup:
    """Return what the settings say of the pace and of learning, at another pace when one is given."""
    topics, formats = persona.topic_names, persona.format_names
    return Setup(
        audience=audience,
        days=days,
        pace=_pace(settings, posts_a_day),
        arms=tuple(Arm(topic, form) for topic in topics for form in formats),
        tones=tuple(persona.tones),
        start=prior(topics, formats, strength=settings.bandit_prior_strength),
        rule=settings.bandit_rule,
        changes=ChangeRules(
            settings.comparison_of("bandit"),
            settings.compare_share,
            settings.least_between_flips,
            settings.learn_posts_max,
        ),
        turn_day=turn_day,
    )


def live(setup: Setup, name: PolicyName, seed: int) -> Life:
    """Play one run; the same seed has the same readers, texts and slots whoever chooses."""
    if name is not PolicyName.BEST_FIXED:
        return life_of(setup, policy_of(setup, name), seed)
    lives = [life_of(setup, Fixed(arm), seed) for arm in setup.arms]
    return max(lives, key=lambda life: sum(post.published.expected for post in life.posts))


def life_of(setup: Setup, policy: Policy, seed: int) -> Life:
    """Play one run by a policy of one's own."""
    world = World(setup.readers(seed), seed)
    loop = Loop(world, policy, setup.pace, library(setup.arms, setup.tones), seed)
    posts = tuple(loop.run(BEGINS, setup.days))
    fixed = policy.arm if isinstance(policy, Fixed) else None
    changes = policy.champions.changes if isinstance(policy, Ours) else []
    told = tuple(f"day {(one.at - BEGINS) / DAY:.0f}: {one.rule}. {one.words}" for one in changes)
    return Life(posts, fixed, told, world.followers(BEGINS + setup.days * DAY))


def policy_of(setup: Setup, name: PolicyName) -> Policy:
    """Return a policy that learned nothing yet; the best fixed arm is only known in hindsight (:func:`live`)."""
    if name is PolicyName.RANDOM:
        return Random(setup.arms)
    if name is PolicyName.NO_LEARNING:
        return NoLearning(setup.start)
    return Ours(Champions(setup.start, setup.rule, setup.changes))


def _pace(settings: Settings, posts_a_day: float | None) -> Pace:
    count = settings.posts_per_plan
    interval = timedelta(minutes=settings.plan_interval_minutes)
    return Pace(
        interval=interval if posts_a_day is None else count * DAY / posts_a_day,
        posts_per_plan=count,
        first_delay=timedelta(minutes=settings.first_post_delay_minutes),
        outcome_age=timedelta(hours=settings.outcome_age_hours),
        level=settings.outcome_level,
        level_posts=settings.outcome_level_posts,
    )
