"""People of the world who go on writing, and those who turn to our accounts when they are told to."""

from datetime import timedelta
from pathlib import Path

import pytest

from xbot_assets.sandbox.people.company import BOT, SHY, STOP
from xbot_assets.sandbox.people.crowd import ENDLESS, HASTY, NIGHTLY, QUICK
from xbot_assets.sandbox.people.living import CATCH_UP_HOURS, POSTS_PER_HOUR, TAGS, trending
from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.state.clock import stamp
from xbot_assets.sandbox.web.api.create import Draft, create
from xbot_assets.sandbox.web.api.shapes import Viewer
from xbot_assets.sandbox.web.planting import plant_post

HOUR = timedelta(hours=1)
CROWD = (QUICK, ENDLESS, HASTY, NIGHTLY)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A world of its own."""
    return Site(tmp_path)


@pytest.fixture
def ours(site: Site) -> Account:
    """An account of ours."""
    return site.log_in("the_owner").account


def written(site: Site, ours: Account, text: str, in_reply_to: str | None = None) -> Post:
    """Post as ours."""
    viewer = Viewer(site, ours, site.now())
    return create(viewer, ours, Draft(text, in_reply_to))


def answers(site: Site, post: Post) -> list[tuple[str, str]]:
    """Return who answered a post within the next hour, and what."""
    later = site.now() + HOUR
    site.keep_up(later)
    return [(site.author(reply).handle, reply.text) for reply in site.posts.replies(post.id, later)]


def ever_made(site: Site, since: str = "", until: str = "9") -> int:
    """Return how many posts that are no ads were made in a time, gone or not."""
    sql = "select count(*) n from posts where promoted = 0 and created_at >= ? and created_at <= ?"
    row = site.database.one(sql, (since, until))
    return int(row["n"]) if row else 0


def test_the_world_goes_on_writing_every_hour_and_a_restart_changes_nothing(site: Site, tmp_path: Path) -> None:
    """An hour's posts come once, whoever looks how often."""
    start = site.now()
    before = ever_made(site)
    site.keep_up(start)
    assert ever_made(site) == before
    since, until = stamp(start), stamp(start + 4 * HOUR + timedelta(minutes=1))
    for _ in range(2):
        site.keep_up(start + 3 * HOUR)
        again = Site(tmp_path)
        again.keep_up(start + 3 * HOUR)
        again.close()
    stored = ever_made(site, since, until)
    assert 3 * POSTS_PER_HOUR <= stored < 4 * POSTS_PER_HOUR


def test_a_leap_of_the_clock_writes_the_last_day_and_not_the_month_before_it(site: Site) -> None:
    """Nobody would read those."""
    before = ever_made(site)
    site.keep_up(site.now() + 30 * 24 * HOUR)
    after = ever_made(site)
    assert after - before == (CATCH_UP_HOURS + 1) * POSTS_PER_HOUR


def test_by_default_nobody_turns_to_us_but_the_readers(site: Site, ours: Account) -> None:
    """The characters come with the switch."""
    post = written(site, ours, "Nobody but readers.")
    assert {BOT, SHY}.isdisjoint({handle for handle, _ in answers(site, post)})


def test_the_bot_answers_every_post_of_ours_and_also_our_answer_to_it(site: Site, ours: Account) -> None:
    """It would go on for ever, and carries the label of automated accounts."""
    site.faults.replace({"company": "lively"})
    theirs = plant_post(site, {"handle": BOT, "text": "So true! 7"})
    post, answer = written(site, ours, "A first word."), written(site, ours, "To the bot.", theirs.id)
    assert BOT in dict(answers(site, post))
    assert BOT in dict(answers(site, answer))
    assert site.relations.is_automated(theirs.account_id)


def test_the_shy_author_says_stop_when_answered(site: Site, ours: Account) -> None:
    """Whoever answers them again has not listened."""
    site.faults.replace({"company": "lively"})
    theirs = plant_post(site, {"handle": SHY, "text": "What made you think of that?"})
    answer = written(site, ours, "An answer to them.", theirs.id)
    other = written(site, ours, "A word to nobody.")
    assert (SHY, STOP) in answers(site, answer)
    assert (SHY, STOP) not in answers(site, other)


def test_people_quote_mention_like_and_follow(site: Site, ours: Account) -> None:
    """Of sixty posts some are quoted, some bring a mention, all are liked: chance leaves none out in a lifetime."""
    site.faults.replace({"company": "lively"})
    posts = [written(site, ours, f"Word number {number}.") for number in range(60)]
    later = site.now() + HOUR
    site.keep_up(later)
    assert site.posts.count("quoted_id is not null and origin = 'world' and text like '%'", [], later) > 0
    assert site.posts.count("text like '@the_owner %'", [], later) > 0
    acts = site.relations.acts_on(ours.id, later, 1000)
    assert {act.post_id for act in acts if act.kind == "like"} == {post.id for post in posts}


def test_many_write_about_one_thing_some_take_it_back_and_some_posts_are_sensitive(site: Site) -> None:
    """In a day of six hundred posts; at each other time it is another thing."""
    start = site.now()
    day = start + 24 * HOUR
    site.keep_up(day)
    living = "origin = 'reader' and in_reply_to is null"
    made = site.database.all(f"select * from posts where {living}")  # noqa: S608 - a constant
    gone = [row for row in made if row["removed_at"] is not None]
    assert len(made) == 24 * POSTS_PER_HOUR
    assert 5 <= len(gone) <= 60
    assert all(row["removed_at"] > row["created_at"] for row in gone)
    assert 3 <= sum(site.relations.is_sensitive(row["id"]) for row in made) <= 50
    topic, word = trending(site.seed, start + 3 * HOUR)
    assert word in TAGS[topic]
    assert len({trending(site.seed, start + hours * HOUR) for hours in range(0, 24 * 14, 6)}) > len(TAGS)


def test_a_crowd_answers_without_a_label_and_without_an_end_and_takes_questions_back(site: Site, ours: Account) -> None:
    """Whoever answers all of them talks to machines for ever."""
    site.faults.replace({"company": "crowded"})
    posts = [written(site, ours, f"Word number {number}.") for number in range(40)]
    later = site.now() + HOUR
    site.keep_up(later)
    said = [row for post in posts for row in site.database.all("select * from posts where in_reply_to = ?", (post.id,))]
    named = {row["id"]: site.posts.account(row["account_id"]) for row in said}
    by = {handle: [row for row in said if (one := named[row["id"]]) and one.handle == handle] for handle in CROWD}
    assert len(by[QUICK]) == len(posts)
    assert not any(site.relations.is_automated(row["account_id"]) for row in by[QUICK])
    assert by[ENDLESS]
    assert all(row["removed_at"] for row in by[HASTY])
    assert by[HASTY]
    assert all(site.relations.is_sensitive(row["id"]) for row in by[NIGHTLY])
    assert by[NIGHTLY]
    theirs = plant_post(site, {"handle": ENDLESS, "text": "And how did that go?"})
    answer = written(site, ours, "To somebody who has no end.", theirs.id)
    assert ENDLESS in dict(answers(site, answer))
