"""The pace in PostgreSQL: what counts, what X's answers do, and that nothing goes when the state is not known."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.admission.refusal import Refusal, RuleName
from xbot_assets.domain.failures import TransientFailure, UnknownOutcome
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.answers import PUBLISHED, Answer, Outcome
from xbot_assets.domain.pace.pacing import HOUR, PaceKind, PaceRules
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.admission import Question, take
from xbot_assets.store.publishing.pace import (
    Admitted,
    admission,
    learn_hours,
    observe,
    pace_facts,
    release,
    wait_now,
)
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.patience import until as eventually
from xbot_assets.testing.queueing import (
    BUSY,
    NOON,
    REFUSED,
    armed,
    claim,
    claimed,
    code_of,
    finish_unconfirmed,
    queue,
)
from xbot_assets.testing.servers import running_postgres

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


def test_an_admission_counts_from_the_moment_it_is_given(database: Database) -> None:
    """One an hour: the second waits, less the tolerance, and says why."""
    assert isinstance(admission(database, POST, NOON, RULES), Admitted)
    wait = admission(database, POST, NOON, RULES)
    assert isinstance(wait, Wait)
    assert wait.until == NOON + timedelta(minutes=45)
    assert "1.00 an hour" in wait.reason
    assert isinstance(admission(database, POST, wait.until, RULES), Admitted)


def test_posts_and_replies_have_limits_of_their_own(database: Database) -> None:
    """A post does not use up a reply."""
    assert isinstance(admission(database, POST, NOON, RULES), Admitted)
    assert isinstance(admission(database, REPLY, NOON, RULES), Admitted)


def test_an_admission_that_was_taken_back_does_not_count(database: Database) -> None:
    """Once, and only once."""
    admitted = admission(database, POST, NOON, RULES)
    assert isinstance(admitted, Admitted)
    assert release(database, admitted, NOON)
    assert not release(database, admitted, NOON)
    assert isinstance(admission(database, POST, NOON, RULES), Admitted)


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
    assert isinstance(admission(database, POST, noon_again, rules), Admitted)
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
    assert code_of(lambda: admission(database, POST, NOON, RULES)) == "pace_unknown"
    assert code_of(lambda: observe(database, POST, PUBLISHED, NOON, RULES)) == "pace_unknown"
    assert isinstance(admission(database, REPLY, NOON, RULES), Admitted)


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


def test_a_clock_that_was_moved_back_admits_nothing_more(database: Database) -> None:
    """What was sent in what is now the future still counts, as does a pause."""
    assert isinstance(admission(database, POST, NOON + 3 * HOUR, RULES), Admitted)
    wait = admission(database, POST, NOON, RULES)
    assert isinstance(wait, Wait)
    assert wait.until > NOON + 3 * HOUR


def test_the_hint_admits_nobody(database: Database) -> None:
    """A sensor may ask as often as it likes."""
    assert wait_now(database, POST, NOON, RULES) is None
    assert isinstance(admission(database, POST, NOON, RULES), Admitted)


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


def test_a_database_cut_in_the_middle_admits_nobody_it_did_not_note(tmp_path: Path) -> None:
    """SIGKILL of the server while admissions are asked for: each one given is there afterwards, and none but those.

    Whether the one that was under way is given after all, once the server is back, or fails, is up to the server.
    """
    settings = Settings(home=tmp_path / ".xbot", database_connect_seconds=1)
    rules = rules_with(posts_per_hour_max=60, posts_per_day_max=200, rate_start_per_hour=60, rate_ceiling_per_hour=60)
    with running_postgres(settings.home) as postgres:
        settings = settings.model_copy(update={"database_url": SecretStr(postgres.url())})
        migrate(settings)
        given: list[int] = []
        unknown_writes = 0
        with open_database(settings) as db:
            for minute in range(40):
                if minute == 20:
                    kill_server(int((postgres.data / "postmaster.pid").read_text().split()[0]))
                try:
                    admitted = admission(db, POST, NOON + timedelta(minutes=minute), rules)
                except (TransientFailure, UnknownOutcome) as failure:
                    assert failure.code in {"database_unreachable", "write_in_doubt"}  # noqa: PT017 - it may succeed
                    unknown_writes += failure.code == "write_in_doubt"
                else:
                    assert isinstance(admitted, Admitted)
                    given.append(admitted.id)
        noted = noted_after_restart(settings)
    assert len(given) >= 20
    assert set(given) <= set(noted)
    assert len(noted) <= len(given) + unknown_writes


def kill_server(pid: int) -> None:
    """Kill the server with all its processes: one that serves a busy connection outlives its parent for a while."""
    server = psutil.Process(pid)
    for process in [server, *server.children()]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def noted_after_restart(settings: Settings) -> list[int]:
    """Return the admissions that the restarted server knows."""
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    return eventually(partial(_noted, url), "the server is back")


def _noted(url: str) -> list[int]:
    try:
        with psycopg.connect(url, connect_timeout=round(PATIENCE)) as connection:
            return [row[0] for row in connection.execute("select id from xbot.pace_admissions").fetchall()]
    except psycopg.OperationalError:
        return []
