"""The pace in PostgreSQL: what counts, what X's answers do, and that nothing goes when the state is not known."""

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from xbot_assets.domain.admission.refusal import Refusal, RuleName
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.answers import PUBLISHED, Answer, Outcome
from xbot_assets.domain.pace.pacing import HOUR, PaceKind, PaceRules
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.admission import Question, peek, take
from xbot_assets.store.publishing.approvals import Decider, reschedule_post
from xbot_assets.store.publishing.pace import learn_hours, observe, pace_facts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.pace_rules import wait_now
from xbot_assets.testing.queueing import (
    BUSY,
    NOON,
    REFUSED,
    armed,
    claim,
    claimed,
    code_of,
    finish_unconfirmed,
    new_post,
    queue,
)

POST, REPLY = PaceKind.POST, PaceKind.REPLY
RULES = Settings().pace_rules
REFUSAL = Answer(Outcome.FAILURE)


def rules_with(**settings: float) -> PaceRules:
    """Return rules that differ from the defaults."""
    return Settings.model_validate(settings).pace_rules


def rate(db: Database, kind: PaceKind = POST) -> float:
    """Return the present rate."""
    return pace_facts(db, kind, NOON, RULES).state.rate


def until(db: Database, kind: PaceKind = POST) -> Wait:
    """Return the wait at noon, which there must be."""
    wait = wait_now(db, kind, NOON, RULES)
    assert wait is not None
    return wait


def changes_of_posts(url: str) -> list[tuple[str, float, float]]:
    """Return what changed the rate or the pause of posts, and how, oldest first."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select outcome, rate_before, rate_after from xbot.pace_changes where kind = 'post' order by id"
        ).fetchall()


def sent(db: Database, kind: PaceKind = POST, now: datetime = NOON, rules: PaceRules = RULES) -> Refusal | None:
    """Queue one post of a kind and have it claimed and sent; return why it may not go, or ``None`` when it went."""
    answers = {"reply_to_x_id": "7", "reply_to_handle": "anna"} if kind is REPLY else {}
    post = new_post(f"A {kind} for {now:%F %T}.", NOON).model_copy(update=answers)
    (post_id,) = posts.enqueue_posts(db, [post], NOON)
    taken = take(db, Question(replace(open_limits(), pace=rules), now), lease=HOUR)
    if isinstance(taken, Refusal):
        reschedule_post(db, post_id, now + timedelta(days=9), Decider("Ann", now))
        return taken
    assert posts.arm_post(db, taken, now)
    finish_unconfirmed(db, taken, now)
    return None


def test_a_post_counts_from_the_moment_it_is_claimed(database: Database) -> None:
    """One an hour: the second waits, less the tolerance, and says why."""
    assert sent(database) is None
    wait = until(database)
    refusal = sent(database, now=NOON + timedelta(minutes=1))
    assert refusal is not None
    assert (refusal.rule, refusal.until) == (RuleName.RATE, wait.until)
    assert wait.until == NOON + timedelta(minutes=45)
    assert "1.00 an hour" in refusal.sentence
    assert sent(database, now=wait.until) is None


def test_posts_and_replies_have_limits_of_their_own(database: Database) -> None:
    """A post does not use up a reply."""
    assert sent(database) is None
    assert wait_now(database, POST, NOON, RULES) is not None
    assert sent(database, REPLY) is None


def test_a_claimed_an_armed_and_an_unconfirmed_post_count(database: Database) -> None:
    """A post that may be on X keeps its place, whether or not its id was lost."""
    held = claimed(database)
    assert wait_now(database, POST, NOON, RULES) is not None
    assert posts.arm_post(database, held, NOON)
    assert wait_now(database, POST, NOON, RULES) is not None
    finish_unconfirmed(database, held, NOON)
    assert wait_now(database, POST, NOON, RULES) is not None


def test_a_post_of_shadow_mode_counts_as_a_real_one(database: Database) -> None:
    """Shadow mode keeps the pace of a real run."""
    posts.mark_shadowed(database, armed(database), NOON)
    assert wait_now(database, POST, NOON, RULES) is not None


def test_a_post_that_surely_did_not_go_makes_room_by_itself(database: Database) -> None:
    """Back in the queue or refused: nobody has to take anything back."""
    held = armed(database)
    posts.disarm_post(database, held, BUSY, NOON)
    assert wait_now(database, POST, NOON, RULES) is None
    again = claim(database)
    assert again is not None
    assert wait_now(database, POST, NOON, RULES) is not None
    posts.fail_post(database, again, REFUSED, NOON)
    assert wait_now(database, POST, NOON, RULES) is None


def test_a_rate_limit_stops_posts_and_replies_until_its_reset(database: Database, database_url: str) -> None:
    """At once, for every kind, and stored with its outcome."""
    observe(database, REPLY, Answer(Outcome.RATE_LIMITED, timedelta(minutes=9)), NOON, RULES)
    for kind in (POST, REPLY):
        assert until(database, kind).until == NOON + timedelta(minutes=9)
    assert [outcome for outcome, _, _ in changes_of_posts(database_url)] == ["rate_limited"]


def test_the_daily_limit_of_x_pauses_for_the_setting(database: Database) -> None:
    """Error 344."""
    observe(database, POST, Answer(Outcome.DAILY_LIMIT), NOON, RULES)
    assert until(database).until == NOON + timedelta(minutes=Settings().limit_pause_minutes)


def test_suspicion_drops_every_rate_until_a_clean_window_and_leaves_the_telling_to_the_hold(database: Database) -> None:
    """Error 226: twenty successes lift the rate again. The hold's alert tells of it; a second one would not."""
    observe(database, REPLY, Answer(Outcome.AUTOMATED), NOON, RULES)
    assert rate(database, POST) == rate(database, REPLY) == Settings().rate_floor_per_hour
    for seen in range(20):
        assert rate(database, POST) == Settings().rate_floor_per_hour, seen
        observe(database, POST, PUBLISHED, NOON, RULES)
    assert rate(database, POST) > Settings().rate_floor_per_hour
    assert open_alerts(database) == []


def test_the_rate_is_kept_and_each_change_is_stored_with_its_reason(database: Database, database_url: str) -> None:
    """What one process learned, every process knows after a restart."""
    for answer in [PUBLISHED] * 20 + [REFUSAL] * 3:
        observe(database, POST, answer, NOON, RULES)
    assert changes_of_posts(database_url) == [("success", 1.0, 1.1), ("failure", 1.1, pytest.approx(0.77))]
    assert rate(database) == pytest.approx(0.77)
    assert rate(database, REPLY) == 1.0


def test_a_rate_from_older_settings_is_moved_into_the_present_bounds(database: Database) -> None:
    """The hard limit stands above what was learned."""
    for _ in range(20):
        observe(database, POST, PUBLISHED, NOON, rules_with(rate_start_per_hour=2, posts_per_hour_max=4))
    assert pace_facts(database, POST, NOON, rules_with(rate_ceiling_per_hour=0.5)).state.rate == 0.5


def test_hours_that_earn_more_get_a_higher_rate(database: Database, database_url: str) -> None:
    """From rewards in the database to a shorter wait in that hour."""
    publish_with_rewards(database_url, {9: 0.1, 12: 0.9})
    weights = learn_hours(database, POST, NOON - timedelta(days=60), rules_with(posts_per_hour_max=4))
    assert weights[9] < 0.7
    assert weights[12] > 1.3
    noon_again = NOON + timedelta(days=1)
    rules = rules_with(posts_per_hour_max=4, rate_tolerance_minutes=0)
    assert sent(database, now=noon_again, rules=rules) is None
    wait = wait_now(database, POST, noon_again, rules)
    assert wait is not None
    assert wait.until - noon_again == pytest.approx(HOUR / weights[12], abs=timedelta(seconds=1))


def publish_with_rewards(url: str, rewards: dict[int, float]) -> None:
    """Store thirty days of published posts that earned these rewards by hour, as a month of operation would."""
    with psycopg.connect(url, options="-c search_path=xbot") as connection:
        for day in range(1, 31):
            for hour, reward in rewards.items():
                at = NOON.replace(hour=hour) - timedelta(days=day)
                connection.execute(EARNING_POST, {"id": f"{day}-{hour}", "at": at, "reward": reward})


EARNING_POST = """
with post as (
    insert into posts (
        status, text, fingerprint, topic, format, scheduled_at, planned_at, published_at, x_post_id
    ) values ('published', %(id)s, %(id)s, 'sea', 'fact', %(at)s, %(at)s, %(at)s, %(id)s)
    returning id
)
insert into engagement_outcomes (post_id, read_at, reward, score, level, computed_at)
select id, %(at)s, %(reward)s, %(reward)s, 0.5, %(at)s from post
"""


def test_nothing_is_admitted_when_the_state_is_missing(database: Database, database_url: str) -> None:
    """Somebody emptied the table: a named failure and no post."""
    with psycopg.connect(database_url) as connection:
        connection.execute("delete from xbot.pace_rates where kind = 'post'")
    assert sent(database, REPLY) is None
    assert code_of(lambda: sent(database)) == "pace_unknown"
    assert code_of(lambda: observe(database, POST, PUBLISHED, NOON, RULES)) == "pace_unknown"


@pytest.mark.parametrize(
    "odd",
    [
        b"update xbot.pace_rates set rate = 'NaN'",
        b"update xbot.pace_rates set rate = 0",
        b"update xbot.pace_rates set rate = 'Infinity'",
        b"update xbot.pace_rates set hour_weights = array_fill(1.0, array[23])",
        b"update xbot.pace_rates set hour_weights = array_fill(-1.0, array[24])",
        b"update xbot.pace_rates set hour_weights = array_fill('NaN'::float8, array[24])",
        b"update xbot.pace_rates set paused_until = now()",
    ],
)
def test_a_state_that_makes_no_sense_cannot_be_stored(database_url: str, odd: bytes) -> None:
    """The table refuses what the rules could not read."""
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(odd)


def test_a_clock_that_was_moved_back_lets_nothing_more_go(database: Database) -> None:
    """What was sent in what is now the future still counts, as does a pause."""
    assert sent(database, now=NOON + 3 * HOUR) is None
    refusal = sent(database)
    assert refusal is not None
    assert refusal.until == NOON + 3 * HOUR
    assert until(database).until > NOON + 3 * HOUR


def test_to_ask_uses_nothing_up(database: Database) -> None:
    """A sensor may ask as often as it likes."""
    queue(database, "waits")
    question = Question(replace(open_limits(), pace=RULES), NOON)
    for _ in range(3):
        assert peek(database, question) is None
    assert isinstance(take(database, question, lease=HOUR), ClaimedPost)


def test_a_claim_in_the_transaction_of_the_question_is_what_counts(database: Database) -> None:
    """As publishing does it: ask and claim in one, and the next one waits."""
    queue(database, "one", "two")
    limits = replace(open_limits(), pace=RULES)
    assert take_post(database, limits, NOON) is not None
    assert wait_now(database, POST, NOON, RULES) is not None
    posts.expire_leases(database, NOON, dead="w")
    held = take_post(database, limits, NOON)
    assert held is not None
    assert posts.arm_post(database, held, NOON)
    finish_unconfirmed(database, held, NOON)
    refusal = take(database, Question(limits, NOON), lease=HOUR)
    assert isinstance(refusal, Refusal)
    assert refusal.rule is RuleName.RATE
