"""The rules of publishing, each a pure function of the facts and the owner's limits, and their order.

First what stops everything, then the queue's order and the pace, then the policy of a single post: what rejects for
good, what needs a person, what only takes time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.admission.facts import AdmissionFacts, AdmissionLimits
from xbot_assets.domain.admission.refusal import Consequence, Refusal, RuleName
from xbot_assets.domain.pace import admission as pace
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.policy import rules as policy
from xbot_assets.domain.policy.facts import Objection, PolicyFacts, PolicyLimits, clock

RuleFunction = Callable[[AdmissionFacts, AdmissionLimits], Objection | None]
PolicyFunction = Callable[[PolicyFacts, PolicyLimits], Objection | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: what it is stored and shown by.
        objects: the question itself.
        says: what the rule says, for the table.
        consequence: what becomes of a post that breaks it.
        settings: those that shape it.
        noted: whether a refusal is kept with the post; what holds for every post alike is not.
    """

    name: RuleName
    objects: RuleFunction
    says: str
    consequence: Consequence = Consequence.WAIT
    settings: tuple[str, ...] = ()
    noted: bool = False


def publishing_hold(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """While the account itself is in trouble nothing is published."""
    return Objection(facts.queue.hold) if facts.queue.hold else None


def due(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """A post waits in the queue and its time has come."""
    queue = facts.queue
    if queue.due:
        return None
    if queue.due_at is None:
        return Objection("The post does not wait in the queue.")
    return Objection(f"It is not due before {clock(queue.due_at)}.", queue.due_at)


def one_in_hand(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """Of all posts at most one is in hand."""
    holder = facts.queue.in_hand
    return Objection(f"The worker {holder} has a post in hand.") if holder is not None else None


def thread_order(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """A segment of a thread goes after the one before it is on X."""
    segment = facts.queue.segment
    if not segment or facts.queue.follows:
        return None
    return Objection(f"Segment {segment + 1} of a thread waits until segment {segment} is on X.")


def spacing(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
    """Two posts, and two segments of a thread, are at least so far apart; a begun thread waits for its own only."""
    last, apart = facts.queue.last_activity, limits.spacing
    if facts.continues:
        last, apart = facts.queue.before_at, limits.segment_spacing
    if last is None or facts.now >= last + apart:
        return None
    until = last + apart
    return Objection(f"The last post was published too short a time ago; the next may go at {clock(until)}.", until)


def x_pause(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """When X itself limits the account (429, its own limit of a day: 344) nothing goes before the pause ends."""
    return _objection(pace.x_pause(facts.pace.state, facts.now))


def hourly_limit(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
    """In any 60 minutes only so many go; a thread counts once."""
    if facts.continues:
        return None
    return _objection(pace.hourly_limit(facts.pace.recent, facts.now, limits.pacing(facts.kind)))


def rate(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
    """The rate that was learned from X's answers spreads posts over the hours; a thread counts once."""
    if facts.continues:
        return None
    seen = facts.pace
    return _objection(pace.rate_limit(seen.state, seen.recent, facts.now, limits.pacing(facts.kind), seen.hours))


def daily_cap(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
    """On a day of the owner's calendar only so many posts, and so many replies, are published; a thread fits whole."""
    # The room of a begun thread is kept: it counts for whoever would begin, and not for the thread itself.
    promised = 0 if facts.continues else facts.pace.promised
    submitted = (*facts.pace.recent, *facts.pace.continued)
    pacing, zone = limits.pacing(facts.kind), limits.pace.zone
    return _objection(pace.daily_cap(submitted, facts.now, pacing, zone, size=facts.queue.size, promised=promised))


def breaker(facts: AdmissionFacts, _limits: AdmissionLimits) -> Objection | None:
    """After many failures in a row nothing is tried but one probe at a time."""
    return Objection(facts.queue.breaker) if facts.queue.breaker else None


def late(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
    """What was meant for long ago may be wrong by now: it is neither published unasked nor dropped in silence."""
    meant, after = facts.queue.meant_at, limits.late_after
    if meant is None or after is None or facts.now - meant <= after:
        return None
    hours = after / timedelta(hours=1)
    return Objection(f"It was due more than {hours:g} hours ago. Approve it to publish it now, or reject it.")


def _objection(wait: Wait | None) -> Objection | None:
    return Objection(wait.reason, wait.until) if wait else None


def _rule(
    name: RuleName, objects: RuleFunction, *settings: str, then: Consequence = Consequence.WAIT, noted: bool = False
) -> Rule:
    return Rule(name, objects, _says(objects), then, settings, noted)


def _policy(name: RuleName, objects: PolicyFunction, *settings: str, then: Consequence = Consequence.WAIT) -> Rule:
    def asked(facts: AdmissionFacts, limits: AdmissionLimits) -> Objection | None:
        return objects(facts.policy, limits.policy)

    return Rule(name, asked, _says(objects), then, settings, noted=True)


def _says(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").strip()


_N = RuleName
RULES = (
    _rule(_N.PUBLISHING_HOLD, publishing_hold),
    _rule(_N.DUE, due),
    _rule(_N.ONE_IN_HAND, one_in_hand),
    _rule(_N.THREAD_ORDER, thread_order),
    _rule(_N.SPACING, spacing, "post_spacing_minutes", "thread_segment_seconds"),
    _rule(_N.X_PAUSE, x_pause, "limit_pause_minutes"),
    _rule(_N.HOURLY_LIMIT, hourly_limit, "posts_per_hour_max", "replies_per_hour_max"),
    _rule(_N.RATE, rate, "rate_start_per_hour", "rate_floor_per_hour", "rate_ceiling_per_hour"),
    _rule(_N.DAILY_CAP, daily_cap, "posts_per_day_max", "replies_per_day_max", "timezone", noted=True),
    _rule(_N.BREAKER, breaker, "breaker_failures", "breaker_reset_seconds"),
    _policy(_N.UNANSWERABLE, policy.unanswerable, then=Consequence.REJECT),
    _policy(
        _N.THREAD_CAP,
        policy.thread_cap,
        "replies_per_thread_max",
        "replies_automated_turns_max",
        then=Consequence.REJECT,
    ),
    _policy(
        _N.ENGAGED_ONLY,
        policy.engaged_only,
        "replies_engaged_only",
        "engaged_within_days",
        then=Consequence.REJECT,
    ),
    _rule(_N.LATE, late, "post_stale_hours", then=Consequence.HOLD, noted=True),
    _policy(_N.APPROVAL, policy.approval, "approval", then=Consequence.HOLD),
    _policy(_N.AUTOMATED_LABEL, policy.automated_label, "automated_label_required", "automated_label_set"),
    _policy(_N.ACCOUNT_AGE, policy.account_age, "account_age_days_min", "account_created_on"),
    _policy(_N.QUIET_HOURS, policy.quiet_hours, "quiet_hours", "timezone"),
    _policy(_N.AUTHOR_CAP, policy.author_cap, "replies_per_author_max"),
)
"""Every rule, in order."""
NOTED = frozenset(rule.name for rule in RULES if rule.noted)
"""The rules whose refusals are kept with the post."""


def first_refusal(facts: AdmissionFacts, limits: AdmissionLimits, rules: tuple[Rule, ...] = RULES) -> Refusal | None:
    """Return the refusal of the first rule that objects, or ``None`` when the post may go."""
    for rule in rules:
        objection = rule.objects(facts, limits)
        if objection is not None:
            return Refusal(rule.name, objection.reason, rule.consequence, objection.until, objection.remedy)
    return None


def unalterable(facts: AdmissionFacts, limits: AdmissionLimits) -> Refusal | None:
    """Return the refusal that neither time nor a person can lift: approving such a post would be in vain."""
    return first_refusal(facts, limits, tuple(rule for rule in RULES if rule.consequence is Consequence.REJECT))
