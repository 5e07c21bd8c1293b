"""The one list of rules: each objects by itself, they are asked in order, and the table tells people of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from xbot_assets.domain.admission.facts import AdmissionFacts, AdmissionLimits, QueueFacts
from xbot_assets.domain.admission.refusal import Consequence, Refusal, RuleName
from xbot_assets.domain.admission.rules import NOTED, RULES, first_refusal, unalterable
from xbot_assets.domain.admission.table import rules_table
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.pace.rate import RateState
from xbot_assets.domain.policy.facts import ApprovalMode, PolicyFacts, PolicyLimits
from xbot_assets.domain.policy.quiet import QuietHours
from xbot_assets.settings import CHECKOUT, Settings
from xbot_assets.testing.admission import NO_PACE, open_limits

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
LIMITS = replace(Settings().admission_limits, spacing=5 * MINUTE, segment_spacing=timedelta(seconds=5))
POST = AdmissionFacts(QueueFacts(), replace(NO_PACE, state=RateState(1.0)), PolicyFacts(NOON))
REPLY = replace(POST, policy=PolicyFacts(NOON, author="anna", author_engaged_at=NOON - DAY))
SEGMENT = replace(POST, policy=replace(POST.policy, continues=True), queue=QueueFacts(segment=1, before_at=NOON - HOUR))


def with_queue(facts: AdmissionFacts, **queue: object) -> AdmissionFacts:
    """Return the facts with another place in the queue."""
    return replace(facts, queue=replace(facts.queue, **queue))  # type: ignore[arg-type]  # any field


def with_pace(facts: AdmissionFacts, **pace: object) -> AdmissionFacts:
    """Return the facts with another pace."""
    return replace(facts, pace=replace(facts.pace, **pace))  # type: ignore[arg-type]  # any field


def refused(facts: AdmissionFacts, limits: AdmissionLimits = LIMITS) -> tuple[RuleName, datetime | None] | None:
    """Return the rule that refuses, and until when, or ``None``."""
    refusal = first_refusal(facts, limits)
    return (refusal.rule, refusal.until) if refusal else None


@pytest.mark.parametrize("facts", [POST, REPLY, SEGMENT])
def test_what_nothing_stands_against_may_go(facts: AdmissionFacts) -> None:
    """A post, a reply to somebody who engaged, and a segment whose turn it is."""
    assert refused(facts) is None


@pytest.mark.parametrize(
    ("facts", "rule", "until"),
    [
        (with_queue(POST, hold="Publishing is on hold: X locked the account."), RuleName.PUBLISHING_HOLD, None),
        (with_queue(POST, due=False, due_at=NOON + HOUR), RuleName.DUE, NOON + HOUR),
        (with_queue(POST, due=False), RuleName.DUE, None),
        (with_queue(POST, in_hand="w"), RuleName.ONE_IN_HAND, None),
        (with_queue(SEGMENT, follows=False), RuleName.THREAD_ORDER, None),
        (with_queue(POST, last_activity=NOON - MINUTE), RuleName.SPACING, NOON + 4 * MINUTE),
        (with_queue(SEGMENT, before_at=NOON), RuleName.SPACING, NOON + timedelta(seconds=5)),
        (
            with_pace(POST, state=RateState(1.0, paused_until=NOON + HOUR, pause_reason="X says no.")),
            RuleName.X_PAUSE,
            NOON + HOUR,
        ),
        (with_pace(POST, recent=(NOON - 50 * MINUTE, NOON - 40 * MINUTE)), RuleName.HOURLY_LIMIT, NOON + 10 * MINUTE),
        (with_pace(POST, recent=(NOON,)), RuleName.RATE, NOON + 45 * MINUTE),
        (with_queue(POST, size=25), RuleName.DAILY_CAP, NOON + 12 * HOUR),
        (with_queue(POST, meant_at=NOON - DAY - MINUTE), RuleName.LATE, None),
        (with_queue(POST, breaker="The publishing breaker is open: X is down."), RuleName.BREAKER, None),
    ],
)
def test_each_rule_of_the_queue_and_the_pace_objects_by_itself(
    facts: AdmissionFacts, rule: RuleName, until: datetime | None
) -> None:
    """With the time at which it objects no more, where that is known."""
    assert refused(facts) == (rule, until)


def test_a_begun_thread_waits_for_no_other_post_no_hour_and_no_rate() -> None:
    """Its room on the day is kept: what is promised to it does not stand in its own way."""
    busy = with_pace(SEGMENT, recent=(NOON - MINUTE,) * 3, promised=24)
    assert refused(with_queue(busy, last_activity=NOON)) is None
    paused = RateState(1.0, paused_until=NOON + HOUR, pause_reason="X says no.")
    assert refused(with_pace(busy, state=paused)) == (RuleName.X_PAUSE, NOON + HOUR)


def test_posts_and_replies_have_a_daily_cap_each_that_ends_at_the_owner_s_midnight() -> None:
    """Posts of the day, later segments, and segments that are promised count; a thread begins when all of it fits."""
    limits = replace(open_limits(3, zone=BERLIN), policy=PolicyLimits(zone=BERLIN))
    midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
    yesterday = NOON - 14 * HOUR
    assert refused(with_pace(POST, recent=(yesterday, NOON), continued=(NOON,)), limits) is None
    for full in ({"recent": (NOON,) * 3}, {"recent": (NOON,), "promised": 2}, {"continued": (NOON,) * 3}):
        assert refused(with_pace(POST, **full), limits) == (RuleName.DAILY_CAP, midnight)
    assert refused(with_pace(REPLY, recent=(NOON,) * 3), limits) == (RuleName.DAILY_CAP, midnight)
    begins = with_queue(with_pace(POST, recent=(NOON,)), segment=0, size=2)
    assert refused(begins, limits) is None
    assert refused(with_queue(begins, size=3), limits) == (RuleName.DAILY_CAP, midnight)
    assert POST.kind is PaceKind.POST
    assert REPLY.kind is PaceKind.REPLY


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_the_day_of_the_cap_is_as_long_as_the_owner_s_day(date: str, hours: int) -> None:
    """Also on the days on which the clocks change."""
    starts = datetime.fromisoformat(date).replace(tzinfo=BERLIN).astimezone(UTC)
    limits = open_limits(1, zone=BERLIN)
    for now in (starts, starts + hours * HOUR - MINUTE):
        facts = with_pace(replace(POST, policy=PolicyFacts(now)), recent=(starts,))
        assert refused(facts, limits) == (RuleName.DAILY_CAP, starts + hours * HOUR)
        assert refused(with_pace(facts, recent=(starts - MINUTE,)), limits) is None
    assert (
        refused(with_pace(replace(POST, policy=PolicyFacts(starts + hours * HOUR)), recent=(starts,)), limits) is None
    )


def everything_at_once() -> tuple[AdmissionFacts, AdmissionLimits]:
    """Return facts to which every rule objects."""
    policy = PolicyLimits(
        approval=ApprovalMode.ALL,
        replies_per_author=1,
        label_needed=True,
        account_age=DAY,
        quiet=QuietHours.parse("11:00-13:00"),
    )
    facts = replace(REPLY, policy=replace(REPLY.policy, author_engaged_at=None, replies_to_author=(NOON,)))
    facts = replace(facts, policy=replace(facts.policy, unanswerable="stop", replies_in_thread=9))
    facts = with_queue(facts, hold="On hold.", due=False, in_hand="w", segment=1, follows=False, last_activity=NOON)
    facts = with_queue(facts, breaker="The breaker is open.", size=500, meant_at=NOON - 2 * DAY)
    paused = RateState(1.0, paused_until=NOON + HOUR, pause_reason="X says no.")
    return with_pace(facts, state=paused, recent=(NOON,) * 9), replace(LIMITS, policy=policy)


def test_the_rules_are_asked_in_order_and_each_says_why_in_a_sentence() -> None:
    """When the first is left out the next one speaks."""
    facts, limits = everything_at_once()
    for place, rule in enumerate(RULES):
        refusal = first_refusal(facts, limits, RULES[place:])
        assert isinstance(refusal, Refusal)
        assert (refusal.rule, refusal.consequence) == (rule.name, rule.consequence)
        assert refusal.sentence.endswith(".")
        assert str(refusal) == refusal.sentence


def test_only_what_neither_time_nor_a_person_can_lift_makes_an_approval_vain() -> None:
    """Whatever else objects now."""
    facts, limits = everything_at_once()
    refusal = unalterable(facts, limits)
    assert refusal is not None
    assert (refusal.rule, refusal.consequence) == (RuleName.UNANSWERABLE, Consequence.REJECT)
    answerable = replace(facts, policy=replace(facts.policy, unanswerable=None, replies_in_thread=0))
    refusal = unalterable(answerable, limits)
    assert refusal is not None
    assert (refusal.rule, refusal.consequence) == (RuleName.ENGAGED_ONLY, Consequence.REJECT)
    engaged = replace(answerable, policy=replace(answerable.policy, author_engaged_at=NOON))
    assert unalterable(engaged, limits) is None


def test_every_name_has_one_rule_and_what_moves_a_post_is_noted() -> None:
    """A post never leaves the queue without a record of the rule."""
    assert [rule.name for rule in RULES] == list(RuleName)
    assert {rule.name for rule in RULES if rule.consequence is not Consequence.WAIT} <= NOTED


def test_every_rule_names_settings_that_exist() -> None:
    """The table sends people to them."""
    assert {name for rule in RULES for name in rule.settings} <= set(Settings.model_fields)


def test_the_document_holds_the_table_of_the_rules_as_they_are() -> None:
    """``python -m xbot_assets.domain.admission.table`` prints it."""
    assert rules_table() in (CHECKOUT / "docs" / "publishing.md").read_text(encoding="utf-8")
