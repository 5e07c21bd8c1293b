"""The rules at the moment of publishing: asked under the row lock, stored with their reasons."""

from datetime import datetime, timedelta

import psycopg
import pytest

from xbot_assets.domain.alerts.publishing import POSTS_WAITING
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import policy, posts
from xbot_assets.store.publishing.admission import Question, peek
from xbot_assets.store.publishing.policy import InboundEngagement
from xbot_assets.testing.admission import take_post, unhurried
from xbot_assets.testing.queueing import BUSY, NOON, finish_published, new_post, queue, row, steps
from xbot_assets.testing.servers import SettingsFor

DAY = timedelta(days=1)
GO = "It may go."
ANNA = InboundEngagement(handle="Anna", kind="reply", x_post_id="9", engaged_at=NOON - timedelta(hours=2))


def reply(text: str, handle: str = "anna", to: str = "9") -> NewPost:
    """Build a reply that is due at noon."""
    return new_post(text).model_copy(update={"reply_to_x_id": to, "reply_to_handle": handle})


def queue_replies(db: Database, *replies: NewPost) -> list[int]:
    """Queue replies."""
    return posts.enqueue_posts(db, replies, NOON)


def claim(db: Database, settings: Settings, now: datetime = NOON) -> ClaimedPost | None:
    """Claim as the publisher does."""
    return take_post(db, unhurried(settings), now)


def wait(db: Database, settings: Settings, now: datetime = NOON) -> str:
    """Return why publishing has to wait, as the sensor is told."""
    refusal = peek(db, Question(unhurried(settings), now))
    return refusal.sentence if refusal else GO


def published(db: Database, settings: Settings, now: datetime = NOON) -> int:
    """Claim, arm and publish one; return its number."""
    held = claim(db, settings, now)
    assert held is not None
    assert posts.arm_post(db, held, now)
    finish_published(db, held, now)
    return held.id


def test_a_post_that_needs_approval_is_held_by_the_claim_itself(database: Database, settings_for: SettingsFor) -> None:
    """Whoever queued it and under whatever mode: the rule is asked when it would be published."""
    (post_id,) = queue(database, "Nobody looked at me.")
    assert claim(database, settings_for(approval="all")) is None
    assert steps(database, post_id)[-1] == ("queued", "held")
    (refusal,) = policy.policy_refusals(database, post_id)
    assert (refusal.rule, refusal.times) == ("approval", 1)
    assert [alert.key for alert in open_alerts(database)] == [POSTS_WAITING.key_of()]
    assert claim(database, settings_for(approval="off")) is None  # a held post waits for a person, not for a setting


def test_replies_are_held_while_posts_go(database: Database, settings_for: SettingsFor) -> None:
    """The reply is due first and does not stand in the post's way."""
    policy.insert_engagements(database, [ANNA])
    (reply_id,) = queue_replies(database, reply("Thank you, Anna."))
    (post_id,) = queue(database, "A post.")
    assert published(database, settings_for(approval="replies")) == post_id
    assert row(database, reply_id).status == "held"


def test_a_claimed_reply_names_the_post_that_it_answers(database: Database, settings_for: SettingsFor) -> None:
    """The publisher needs it."""
    policy.insert_engagements(database, [ANNA])
    queue_replies(database, reply("Thank you, Anna."))
    held = claim(database, settings_for())
    assert held is not None
    assert held.reply_to_x_id == "9"


def test_a_reply_to_a_stranger_is_rejected_with_the_rule_and_its_reason(
    database: Database, settings_for: SettingsFor
) -> None:
    """A known engagement is another matter, however its author's name is written."""
    policy.insert_engagements(database, [ANNA, ANNA])
    stranger, friend = queue_replies(database, reply("Hello.", "bob"), reply("Hello, Anna.", "ANNA", "10"))
    assert published(database, settings_for()) == friend
    post = row(database, stranger)
    assert (post.status, post.failure_code) == ("rejected", "engaged_only")
    assert "@bob" in (post.failure_reason or "")
    assert steps(database, stranger)[-1] == ("queued", "rejected")


def test_an_author_is_answered_no_more_than_allowed_in_24_hours(database: Database, settings_for: SettingsFor) -> None:
    """The second reply waits, is looked at often and refused once; a day later it goes."""
    settings = settings_for(replies_per_author_max=1)
    policy.insert_engagements(database, [ANNA])
    first, second = queue_replies(database, reply("One."), reply("Two.", to="10"))
    assert published(database, settings) == first
    later = NOON + timedelta(minutes=10)
    assert claim(database, settings, later) is None
    assert claim(database, settings, later + timedelta(minutes=5)) is None
    (refusal,) = policy.policy_refusals(database, second)
    assert (refusal.rule, refusal.times, refusal.refused_until) == ("author_cap", 2, NOON + DAY)
    assert row(database, second).status == "queued"
    assert published(database, settings, NOON + DAY) == second


def test_a_reply_whose_fate_is_unknown_counts_as_given(database: Database, settings_for: SettingsFor) -> None:
    """It may be on X."""
    settings = settings_for(replies_per_author_max=1)
    policy.insert_engagements(database, [ANNA])
    queue_replies(database, reply("One."), reply("Two.", to="10"))
    held = claim(database, settings)
    assert held is not None
    posts.arm_post(database, held, NOON)
    posts.mark_unconfirmed(database, held, BUSY, NOON)
    assert claim(database, settings, NOON + timedelta(minutes=10)) is None


def test_the_daily_cap_counts_the_owners_day(database: Database, settings_for: SettingsFor) -> None:
    """At 12:00 UTC it is one in the morning in Auckland: a post of 10:30 UTC was yesterday's there."""
    one_a_day = {"posts_per_day_max": 1}
    queue(database, "One.")
    posts.enqueue_posts(database, [new_post("Two.", NOON - timedelta(hours=2))], NOON)
    published(database, settings_for(**one_a_day), NOON - timedelta(minutes=90))
    assert claim(database, settings_for(**one_a_day)) is None
    assert claim(database, settings_for(**one_a_day, timezone="Pacific/Auckland"))


def test_in_quiet_hours_nothing_is_claimed_and_the_sensor_is_told_why(
    database: Database, settings_for: SettingsFor
) -> None:
    """No run is started in vain; when they end the post goes."""
    settings = settings_for(quiet_hours="13:00-14:00", timezone="Europe/Berlin")
    (post_id,) = queue(database, "Hush.")
    assert claim(database, settings) is None
    assert "quiet hours" in wait(database, settings)
    assert wait(database, settings, NOON + timedelta(hours=1)) == GO
    assert published(database, settings, NOON + timedelta(hours=1)) == post_id


def test_the_sensor_is_not_held_back_by_a_post_that_must_be_moved(
    database: Database, settings_for: SettingsFor
) -> None:
    """One that is to be held or rejected needs a claim to be moved."""
    assert wait(database, settings_for()) == "No post is due."
    queue(database, "Nobody looked at me.")
    assert wait(database, settings_for(approval="all")) == GO


def test_a_live_account_publishes_nothing_before_its_label_and_age_are_known(
    database: Database, settings_for: SettingsFor
) -> None:
    """What X's page says goes before the owner's word; the sandbox asks for neither."""
    live = settings_for(handle="Me").model_copy(update={"mode": "live"})
    (post_id,) = queue(database, "At last.")
    assert wait(database, settings_for()) == GO
    assert "label" in wait(database, live)
    word = live.model_copy(update={"automated_label_set": True})
    assert "how old" in wait(database, word)
    born = NOON - timedelta(days=400)
    policy.store_account_facts(database, "me", NOON, created_at=born, labelled=None)
    assert wait(database, word) == GO
    policy.store_account_facts(database, "me", NOON, created_at=None, labelled=False)
    assert "does not carry" in wait(database, word)
    policy.store_account_facts(database, "ME", NOON, created_at=None, labelled=True)
    assert published(database, live) == post_id


def test_an_account_that_stands_still_by_a_rule_is_told_of_once_until_it_moves(
    database: Database, settings_for: SettingsFor
) -> None:
    """By the sensor or by a claim, whoever sees it first; quiet hours are no reason to tell anybody."""
    live = settings_for().model_copy(update={"mode": "live", "account_age_days_min": 0})
    (post_id,) = queue(database, "At last.")
    wait(database, settings_for(quiet_hours="11:00-13:00"))
    assert open_alerts(database) == []
    for _ in range(2):
        wait(database, live)
        assert claim(database, live) is None
    (told,) = open_alerts(database)
    assert (told.key, told.severity, told.times_seen) == ("policy:automated_label", "critical", 1)
    assert "XBOT_AUTOMATED_LABEL_SET" in told.remedy
    assert published(database, live.model_copy(update={"automated_label_set": True})) == post_id
    assert open_alerts(database) == []


def test_a_live_account_needs_approval_for_replies_unless_told_otherwise(settings_for: SettingsFor) -> None:
    """And the sandbox for nothing."""
    live = settings_for().model_copy(update={"mode": "live"})
    assert [str(each.approval_mode) for each in (settings_for(), live)] == ["off", "replies"]
    assert str(live.model_copy(update={"approval": "off"}).approval_mode) == "off"


@pytest.mark.parametrize(("mode", "held"), [("off", 0), ("replies", 1), ("all", 2)])
def test_what_needs_approval_can_be_held_long_before_it_is_due(
    database: Database, settings_for: SettingsFor, mode: str, held: int
) -> None:
    """The owner's own post needs nobody's approval."""
    queue(database, "A post.")
    queue_replies(database, reply("A reply."), new_post("Mine.").model_copy(update={"source": "manual"}))
    assert len(policy.hold_unapproved(database, settings_for(approval=mode), NOON)) == held
    assert len(policy.hold_unapproved(database, settings_for(approval=mode), NOON)) == 0
    assert [alert.key for alert in open_alerts(database)] == ([POSTS_WAITING.key_of()] if held else [])


def test_a_reply_without_its_author_cannot_be_stored(database_url: str, database: Database) -> None:
    """The rules would not know whom it concerns."""
    (post_id,) = queue(database, "A post.")
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("update xbot.posts set reply_to_x_id = '5' where id = %s", (post_id,))
