"""Readings, outcomes and models on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.learning.reward import EngagementCounts
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.store.engine.database import Database, Row
from xbot_assets.store.learning import models
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.threads import enqueue_thread
from xbot_assets.testing.admission import open_limits, take_post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SCORED = {"reward": 0.5, "score": 0.5, "level": 0.5, "is_relative": False}


def published(db: Database, text: str, at: datetime, **evidence: object) -> int:
    """Publish one post at a time, and return its id."""
    post = NewPost.model_validate({"text": text, "topic": "sea", "format": "fact", "scheduled_at": at, **evidence})
    posts.enqueue_posts(db, [post], at)
    held = take_post(db, open_limits(), at, lease=HOUR)
    assert held is not None
    assert posts.arm_post(db, held, at)
    posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=f"/me/status/9{held.id}", now=at)
    return held.id


def reading(post_id: int, read_at: datetime, next_in: timedelta = HOUR, **counts: int | None) -> Row:
    """Build one reading, after which the next one is due in some time."""
    shown = {"replies": 0, "reposts": 0, "likes": 0, "bookmarks": 0, "views": None, **counts}
    facts = {"read_at": read_at, "label": None, "next_read_at": read_at + next_in, "unchanged_readings": 0}
    return {"post_id": post_id, **facts, **shown}


def miss(post_id: int, at: datetime, next_in: timedelta = HOUR) -> Row:
    """Build one look that did not read the post."""
    facts = {"missed_at": at, "why": "unread", "reason": "slow page", "next_read_at": at + next_in}
    return {"post_id": post_id, **facts}


def due(db: Database, now: datetime, limit: int = 10) -> list[int]:
    """Return which posts are to be measured."""
    return [row.id for row in readings.posts_to_measure(db, now=now, limit=limit)]


def outcomes_due(db: Database, now: datetime, limit: int = 10) -> list[readings.OutcomeReading]:
    """Return what outcomes could be taken from, between a day and a week."""
    since = now - 20 * DAY
    return readings.outcomes_due(db, now=now, since=since, min_age=DAY, max_age=7 * DAY, limit=limit)


def test_a_post_is_due_at_once_and_then_when_its_last_look_said(database: Database) -> None:
    """A miss counts as a look."""
    post_id = published(database, "text", NOON - HOUR)
    assert due(database, NOON) == [post_id]
    readings.insert_readings(database, [reading(post_id, NOON, HOUR)])
    nearly = HOUR - timedelta(seconds=1)
    assert due(database, NOON + nearly) == []
    assert due(database, NOON + HOUR) == [post_id]
    assert readings.insert_misses(database, [miss(post_id, NOON + HOUR)]) == 1
    assert due(database, NOON + HOUR + nearly) == []
    assert due(database, NOON + 2 * HOUR) == [post_id]


def test_posts_that_were_never_read_come_first(database: Database) -> None:
    """Then the one that fell due first; a batch is bounded."""
    read, missed, fresh = (published(database, f"text {n}", NOON - HOUR) for n in range(3))
    readings.insert_readings(database, [reading(read, NOON - HOUR, timedelta(minutes=1))])
    readings.insert_misses(database, [miss(missed, NOON - HOUR, timedelta(minutes=20))])
    assert due(database, NOON) == [fresh, missed, read]
    assert due(database, NOON, limit=1) == [fresh]


def test_a_post_that_is_due_comes_with_its_newest_counts(database: Database) -> None:
    """They are what the next reading is compared with; views that are not shown leave the known ones."""
    post_id = published(database, "text", NOON)
    (first,) = readings.posts_to_measure(database, now=NOON, limit=9)
    assert first.counts is None
    rows = [reading(post_id, NOON, likes=3, views=50), reading(post_id, NOON + HOUR, likes=4)]
    readings.insert_readings(database, [rows[0], {**rows[1], "unchanged_readings": 2}])
    (again,) = readings.posts_to_measure(database, now=NOON + DAY, limit=9)
    assert again.counts == EngagementCounts(replies=0, reposts=0, likes=4, bookmarks=0, views=50)
    assert (again.metrics_read_at, again.unchanged_readings) == (NOON + HOUR, 2)


def test_readings_come_back_as_they_were_shown(database: Database) -> None:
    """Views that were not shown stay unknown, never nought; nothing at all stores nothing, and nothing twice."""
    post_id = published(database, "text", NOON)
    rows = [reading(post_id, NOON), reading(post_id, NOON + HOUR, likes=3, views=50)]
    assert readings.insert_readings(database, rows) == 2
    assert readings.insert_readings(database, rows[:1]) == 0
    latest = readings.latest_reading(database, post_id)
    assert latest is not None
    assert (latest.likes, latest.views, latest.read_at) == (3, 50, NOON + HOUR)
    oldest = readings.readings_of(database, post_id)[0]
    assert (oldest.read_at, oldest.views, oldest.label) == (NOON, None, None)
    assert readings.insert_readings(database, []) == 0
    assert readings.latest_reading(database, post_id + 1) is None


def test_an_impossible_reading_is_evidence_and_no_number(database: Database) -> None:
    """The counts stay as they were, the fall is counted until a reading is stored, and the post is tried again."""
    post_id = published(database, "text", NOON)
    readings.insert_readings(database, [reading(post_id, NOON, views=50)])
    odd = {"read_at": NOON + HOUR, "problem": "falling_views", "reason": "fewer", "evidence": {"shown": {"views": 5}}}
    rows = [
        {"post_id": post_id, **odd, "next_read_at": NOON + 2 * HOUR},
        {"post_id": None, **odd, "next_read_at": None},
    ]
    assert readings.quarantine_readings(database, rows) == 2
    stranger, kept = readings.quarantined_readings(database, 9)
    assert (stranger.post_id, kept.post_id, kept.evidence) == (None, post_id, {"shown": {"views": 5}})
    assert due(database, NOON + HOUR) == []
    (tried,) = readings.posts_to_measure(database, now=NOON + 2 * HOUR, limit=9)
    assert (tried.views, tried.falls) == (50, 1)
    readings.insert_readings(database, [reading(post_id, NOON + 2 * HOUR, views=51)])
    (well,) = readings.posts_to_measure(database, now=NOON + DAY, limit=9)
    assert (well.views, well.falls) == (51, 0)


def test_what_the_last_operations_read_is_added_up(database: Database) -> None:
    """Older ones are forgotten; without any nothing was asked for. A changed page does not become the usual one."""
    assert readings.reading_success(database, 2) == readings.ReadingSuccess(0, 0, 0, 0, None)
    for asked, read in ((20, 0), (20, 20), (10, 9)):
        of_pages = {"looked": asked, "unparsed": asked - read, "compared": 0, "disagreed": 0}
        readings.insert_reading_batch(
            database, readings.ReadingBatch(read_at=NOON, asked=asked, posts_read=read, changed=read == 0, **of_pages)
        )
    assert readings.reading_success(database, 2) == readings.ReadingSuccess(30, 29, 30, 1, NOON)
    assert readings.reading_success(database, 3) == readings.ReadingSuccess(50, 29, 30, 1, NOON)
    assert [batch.changed for batch in readings.newest_batches(database, 9)] == [False, False, True]


def test_an_outcome_is_taken_from_the_first_reading_at_the_right_age(database: Database) -> None:
    """Not from an early one, not from a later one, and only once."""
    out = NOON - 2 * DAY
    post_id = published(database, "text", out, features={"length": 4.0}, propensity=0.25)
    ages = (HOUR, DAY, DAY + HOUR)
    readings.insert_readings(database, [reading(post_id, out + age, likes=n, views=9) for n, age in enumerate(ages)])
    (due_now,) = outcomes_due(database, NOON)
    assert (due_now.post_id, due_now.read_at, due_now.likes) == (post_id, out + DAY, 1)
    outcome = {"post_id": post_id, "read_at": due_now.read_at, "computed_at": NOON, **SCORED}
    assert readings.insert_outcomes(database, [outcome]) == 1
    assert readings.insert_outcomes(database, [{**outcome, "reward": 0.9}]) == 0
    assert outcomes_due(database, NOON) == []
    (learned,) = readings.training_examples(database, 9)
    assert (learned.reward, learned.propensity, learned.features) == (0.5, 0.25, {"length": 4.0})
    assert (learned.topic, learned.published_at) == ("sea", out)


def test_our_own_answers_are_no_replies_of_others(database: Database) -> None:
    """Neither the next segment of a thread nor an answer of ours counts, once it was out when the page was read."""
    out = NOON - 2 * DAY
    heads = [NewPost(text=f"part {n}", topic="sea", format="fact", scheduled_at=out) for n in range(2)]
    enqueue_thread(database, heads, out, daily_cap=9)
    ids = []
    for at in (out, out + HOUR):
        held = take_post(database, open_limits(), at, lease=HOUR)
        assert held is not None
        assert posts.arm_post(database, held, at)
        posts.confirm_published(database, held, x_post_id=f"9{held.id}", permalink=f"/me/status/9{held.id}", now=at)
        ids.append(held.id)
    answered = published(database, "answered", out + 2 * HOUR)
    answer = {"reply_to_x_id": f"9{answered}", "reply_to_handle": "reader"}
    published(database, "thank you", out + 3 * HOUR, **answer)
    published(database, "a later thank you", NOON - HOUR, **answer | {"reply_to_x_id": f"9{ids[1]}"})
    for post_id in (*ids, answered):
        readings.insert_readings(database, [reading(post_id, out + DAY + 4 * HOUR, replies=3, views=9)])
    replies = {row.post_id: (row.replies, row.is_answer) for row in outcomes_due(database, NOON)}
    assert replies == {ids[0]: (2, False), ids[1]: (3, True), answered: (2, False)}


def test_a_post_that_was_taken_down_has_no_outcome_and_teaches_nothing(database: Database, database_url: str) -> None:
    """Neither before nor after its outcome was taken."""
    kept, gone, late = (published(database, f"text {n}", NOON - 3 * DAY + n * HOUR) for n in range(3))
    for post_id in (kept, gone, late):
        readings.insert_readings(database, [reading(post_id, NOON - DAY, views=9)])
    rows = [{"post_id": one, "read_at": NOON, "computed_at": NOON, **SCORED} for one in (kept, late)]
    readings.insert_outcomes(database, rows)
    with psycopg.connect(database_url) as connection:
        connection.execute("update xbot.posts set removed_at = %s where id = any(%s)", (NOON, [gone, late]))
    assert outcomes_due(database, NOON) == []
    assert [one.post_id for one in readings.training_examples(database, 9)] == [kept]
    assert readings.recent_scores(database, 9) == [0.5]


def test_a_changed_definition_applies_to_what_was_measured_before(database: Database) -> None:
    """There and back again, without reading anything anew."""
    post_id = published(database, "text", NOON - 2 * DAY)
    scored = {"reward": 0.6, "score": 0.6, "level": 0.7, "is_relative": False}
    readings.insert_outcomes(database, [{"post_id": post_id, "read_at": NOON, "computed_at": NOON, **scored}])
    assert readings.redefine_outcomes(database, relative=False, limit=9) == 0
    assert readings.redefine_outcomes(database, relative=True, limit=9) == 1
    assert [one.reward for one in readings.training_examples(database, 9)] == [pytest.approx(0.4)]
    assert readings.redefine_outcomes(database, relative=False, limit=9) == 1
    assert [one.reward for one in readings.training_examples(database, 9)] == [0.6]


def test_learning_reads_the_newest_outcomes_only(database: Database) -> None:
    """Oldest first, and no more of them than are asked for."""
    ids = [published(database, f"text {n}", NOON + n * HOUR) for n in range(4)]
    rows = [{"post_id": one, "read_at": NOON, "computed_at": NOON, **SCORED} for one in ids]
    readings.insert_outcomes(database, rows)
    assert [one.post_id for one in readings.training_examples(database, 3)] == ids[1:]


def test_a_reading_without_views_is_no_outcome_and_the_next_one_with_views_is(database: Database) -> None:
    """Views not shown or nought make no rate, and such posts leave the places of a batch to others."""
    unseen, waiting, other = (published(database, f"text {n}", NOON - 3 * DAY + n * HOUR) for n in range(3))
    for post_id, views in ((unseen, None), (waiting, 0), (other, 9)):
        readings.insert_readings(database, [reading(post_id, NOON - DAY, views=views)])
    assert [row.post_id for row in outcomes_due(database, NOON, limit=1)] == [other]
    readings.insert_readings(database, [reading(waiting, NOON, views=5)])
    assert [(row.post_id, row.views) for row in outcomes_due(database, NOON)] == [(waiting, 5), (other, 9)]
    assert outcomes_due(database, NOON)[0].read_at == NOON


def test_a_post_that_shows_views_too_late_has_no_outcome(database: Database) -> None:
    """The wait for views has an end."""
    post_id = published(database, "text", NOON - 9 * DAY)
    readings.insert_readings(database, [reading(post_id, NOON - 8 * DAY), reading(post_id, NOON, views=5)])
    assert outcomes_due(database, NOON) == []


def test_a_post_that_is_too_young_or_was_read_too_early_has_no_outcome(database: Database) -> None:
    """Both its age now and its age at the reading must be reached."""
    young = published(database, "young", NOON - HOUR)
    old = published(database, "old", NOON - HOUR)
    readings.insert_readings(database, [reading(young, NOON, views=9), reading(old, NOON, views=9)])
    assert outcomes_due(database, NOON + 2 * DAY) == []


def test_the_account_is_read_newest_first(database: Database) -> None:
    """Each handle has its own readings."""
    facts = {"handle": "me", "following": 1, "posts": 2, "exact": True}
    for n in range(2):
        readings.insert_account_reading(database, {**facts, "read_at": NOON + n * HOUR, "followers": n})
    last = readings.last_account_reading(database, "me")
    assert last is not None
    assert (last.followers, last.exact) == (1, True)
    assert readings.last_account_reading(database, "you") is None


def test_versions_are_numbered_without_gaps_by_many_at_once(database: Database) -> None:
    """Eight trainers, twenty versions, no number twice; each kind counts for itself."""
    with ThreadPoolExecutor(8) as crowd:
        made = list(
            crowd.map(lambda n: models.insert_model_version(database, "bandit", {"n": n}, {}, n, NOON), range(20))
        )
    assert sorted(version.version for version in made) == list(range(1, 21))
    assert models.insert_model_version(database, "predictor", {}, {}, 0, NOON).version == 1
    assert [version.version for version in models.model_versions(database, "bandit", 2)] == [20, 19]


def test_a_promotion_and_its_reason_are_one(database: Database) -> None:
    """The champion changes, and every change is kept; a roll-back is a promotion of an old version."""
    assert models.champion(database, "bandit") is None
    first, second = (
        models.insert_model_version(database, "bandit", {"n": n, "deep": {"list": [1, 2]}}, {"score": 0.5}, n, NOON)
        for n in range(2)
    )
    for version, reason in ((first, "the first"), (second, "better"), (first, "worse live")):
        models.promote(database, version, reason, NOON)
    assert models.champion(database, "bandit") == first
    kept = [(event.version, event.reason) for event in models.champion_events(database, 10)]
    assert kept == [(1, "worse live"), (2, "better"), (1, "the first")]


def test_a_version_that_is_not_stored_cannot_be_promoted(database: Database) -> None:
    """And leaves no event behind."""
    made = models.insert_model_version(database, "bandit", {}, {}, 0, NOON)
    with pytest.raises(PermanentFailure) as caught:
        models.promote(database, replace(made, id=made.id + 1), "no", NOON)
    assert caught.value.code == "no_model_version"
    assert models.champion_events(database, 10) == []
