"""The policy rules, one by one, on a post that nothing else holds back."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.admission import rules
from xbot_assets.domain.admission.facts import AdmissionFacts, QueueFacts
from xbot_assets.domain.admission.refusal import Consequence, Refusal
from xbot_assets.domain.policy.facts import ApprovalMode, PolicyFacts, PolicyLimits
from xbot_assets.domain.policy.quiet import QuietHours
from xbot_assets.testing.admission import NO_PACE, open_limits

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
POST = PolicyFacts(NOON)
REPLY = PolicyFacts(NOON, author="anna", author_engaged_at=NOON - timedelta(days=1))
LIMITS = PolicyLimits()
MINUTE = timedelta(minutes=1)


def first_refusal(facts: PolicyFacts, limits: PolicyLimits) -> Refusal | None:
    """Return what the rules say."""
    return rules.first_refusal(AdmissionFacts(QueueFacts(), NO_PACE, facts), replace(open_limits(), policy=limits))


def unalterable(facts: PolicyFacts, limits: PolicyLimits) -> Refusal | None:
    """Return what neither time nor a person can lift."""
    return rules.unalterable(AdmissionFacts(QueueFacts(), NO_PACE, facts), replace(open_limits(), policy=limits))


def rule_of(facts: PolicyFacts, limits: PolicyLimits = LIMITS) -> str | None:
    """Return the name of the rule that refuses, or None."""
    refusal = first_refusal(facts, limits)
    return refusal.rule if refusal else None


def test_a_post_and_a_reply_to_somebody_who_engaged_pass_the_default_rules() -> None:
    """Nothing is refused without a reason."""
    assert rule_of(POST) is None
    assert rule_of(REPLY) is None


@pytest.mark.parametrize("why", ["stop", "bot", "owner"])
def test_whoever_is_not_to_be_answered_is_not_whatever_else_holds(why: str) -> None:
    """Not even approved, and with the reason in words."""
    facts = replace(REPLY, unanswerable=why, approved=True)
    refusal = first_refusal(facts, LIMITS)
    assert refusal is not None
    assert (refusal.rule, refusal.consequence) == ("unanswerable", Consequence.REJECT)
    assert "@anna" in refusal.sentence


def test_a_conversation_has_only_so_many_replies_and_fewer_with_another_automated_account() -> None:
    """By default three, and one."""
    turns = [rule_of(replace(REPLY, replies_in_thread=number)) for number in range(4)]
    looping = [rule_of(replace(REPLY, replies_in_thread=number, author_automated=True)) for number in range(2)]
    assert turns == [None, None, None, "thread_cap"]
    assert looping == [None, "thread_cap"]
    assert rule_of(replace(POST, replies_in_thread=9)) is None


@pytest.mark.parametrize(
    ("mode", "post", "reply"),
    [
        (ApprovalMode.OFF, None, None),
        (ApprovalMode.REPLIES, None, "approval"),
        (ApprovalMode.ALL, "approval", "approval"),
    ],
)
def test_approval_concerns_nothing_replies_or_everything(
    mode: ApprovalMode, post: str | None, reply: str | None
) -> None:
    """And an approved text passes in every mode."""
    limits = replace(LIMITS, approval=mode)
    assert (rule_of(POST, limits), rule_of(REPLY, limits)) == (post, reply)
    assert rule_of(replace(REPLY, approved=True), limits) is None


def test_a_post_without_approval_waits_for_a_person() -> None:
    """It is not lost."""
    refusal = first_refusal(POST, replace(LIMITS, approval=ApprovalMode.ALL))
    assert refusal is not None
    assert refusal.consequence is Consequence.HOLD
    assert refusal.until is None


def test_only_who_engaged_lately_is_answered() -> None:
    """Never seen, and seen too long ago, are refused for good; approval cannot lift it."""
    stranger = replace(REPLY, author_engaged_at=None, approved=True)
    assert rule_of(stranger) == "engaged_only"
    assert unalterable(stranger, LIMITS) is not None
    assert unalterable(REPLY, replace(LIMITS, approval=ApprovalMode.ALL)) is None
    assert rule_of(replace(REPLY, author_engaged_at=NOON - timedelta(days=7))) is None
    assert rule_of(replace(REPLY, author_engaged_at=NOON - timedelta(days=7, seconds=1))) == "engaged_only"
    assert rule_of(stranger, replace(LIMITS, engaged_only=False)) is None
    assert rule_of(replace(POST, author_engaged_at=None)) is None


def test_the_label_must_be_known_to_be_there() -> None:
    """Not knowing is as good as not carrying it."""
    limits = replace(LIMITS, label_needed=True)
    assert rule_of(POST, limits) == "automated_label"
    assert rule_of(replace(POST, labelled_automated=False), limits) == "automated_label"
    assert rule_of(replace(POST, labelled_automated=True), limits) is None


def test_a_young_account_and_one_of_unknown_age_wait() -> None:
    """The refusal says from when on it may publish."""
    limits = replace(LIMITS, account_age=timedelta(days=30))
    assert rule_of(POST, limits) == "account_age"
    born = NOON - timedelta(days=30)
    assert rule_of(replace(POST, account_created_at=born), limits) is None
    refusal = first_refusal(replace(POST, account_created_at=born + MINUTE), limits)
    assert refusal is not None
    assert refusal.until == NOON + MINUTE


def test_one_author_gets_only_so_many_replies_in_24_hours() -> None:
    """The wait ends when the oldest that counts is a day old."""
    answered = (NOON - timedelta(hours=20), NOON - timedelta(hours=1))
    refusal = first_refusal(replace(REPLY, replies_to_author=answered), LIMITS)
    assert refusal is not None
    assert (refusal.rule, refusal.until) == ("author_cap", NOON + timedelta(hours=4))
    assert rule_of(replace(REPLY, replies_to_author=answered[:1])) is None


@pytest.mark.parametrize(
    ("words", "loud", "quiet"),
    [("23:00-07:00", ["07:00", "22:59"], ["23:00", "00:00", "06:59"]), ("13:00-14:30", ["12:59", "14:30"], ["13:00"])],
)
def test_quiet_hours_begin_with_their_start_and_end_before_their_end(
    words: str, loud: list[str], quiet: list[str]
) -> None:
    """Over midnight or within a day."""
    hours = QuietHours.parse(words)

    def contained(shown: str) -> bool:
        local = datetime.combine(NOON.date(), time.fromisoformat(shown), BERLIN)
        return hours.contain(local.astimezone(UTC), BERLIN)

    assert not any(map(contained, loud))
    assert all(map(contained, quiet))


@pytest.mark.parametrize("words", ["", "23:00", "23:00-23:00", "25:00-07:00", "23-7", "23:00:30-07:00", "x-y"])
def test_quiet_hours_that_mean_nothing_are_refused(words: str) -> None:
    """With the way to write them."""
    with pytest.raises(ValueError, match="23:00-07:00"):
        QuietHours.parse(words)


def test_quiet_hours_follow_the_wall_clock_when_it_is_put_forward() -> None:
    """On 29 March 2026 Berlin has no 02:30: quiet until then ends when the clock jumps to 03:00."""
    hours = QuietHours.parse("23:00-02:30")
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert hours.contain(before, BERLIN)
    assert hours.end_after(before, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert not hours.contain(datetime(2026, 3, 29, 1, tzinfo=UTC), BERLIN)


def test_an_hour_that_the_wall_clock_shows_twice_is_quiet_both_times() -> None:
    """On 25 October 2026 Berlin has 02:15 twice."""
    hours = QuietHours.parse("02:00-02:30")
    first, second = datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert hours.contain(first, BERLIN)
    assert not hours.contain(first + timedelta(minutes=20), BERLIN)
    assert hours.contain(second, BERLIN)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - made aware below
    st.times().map(lambda value: value.replace(second=0, microsecond=0)),
    st.times().map(lambda value: value.replace(second=0, microsecond=0)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_the_end_of_quiet_hours_is_never_quiet_and_all_before_it_is(
    naive: datetime, start: time, end: time, zone_name: str
) -> None:
    """At every moment of a year, in zones with odd offsets."""
    if start == end:
        return
    now, zone, hours = naive.replace(tzinfo=UTC), ZoneInfo(zone_name), QuietHours(start, end)
    until = hours.end_after(now, zone)
    assert until >= now
    assert not hours.contain(until, zone)
    if until > now:
        assert hours.contain(now, zone)
        assert hours.contain(max(now, until - MINUTE), zone)
