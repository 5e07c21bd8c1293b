"""Templates: only what the data shows, and enough of them for a month."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import history_of
from xbot_assets.domain.gates.repeats import near_duplicate
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts.post import normalised
from xbot_assets.domain.templates.choosing import first_passing
from xbot_assets.domain.templates.facts import (
    AccountReading,
    Facts,
    Publications,
    PublishedTotals,
    facts_of,
)
from xbot_assets.domain.templates.filling import Filled, Template, TemplateFile, candidates
from xbot_assets.llm.persona import load_persona
from xbot_assets.steps.content.fallback import load_templates

PERSONA = load_persona()
FILE = load_templates()
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
POSTS_A_DAY, DAYS = 6, 30
NOTHING_KNOWN = Facts({}, {})


class Post(NamedTuple):
    """A published question."""

    topic: str
    likes: int
    at: datetime
    replies: int | None


def post(topic: str, likes: int, *, hours: int = 0, replies: int | None = 0) -> Post:
    """Build a published question."""
    return Post(topic, likes, START + timedelta(hours=hours), replies)


def counted(*posts: Post, followers: int = 0, zone: ZoneInfo = UTC_ZONE) -> Facts:
    """Count these posts two days after the start."""
    totals = [PublishedTotals(one.topic, "question", 1, one.likes, one.replies or 0, 100, one.likes) for one in posts]
    times = [one.at for one in posts]
    published = Publications(min(times, default=None), times)
    return facts_of(totals, published, AccountReading(followers), now=START + timedelta(days=2), zone=zone)


def all_ways(facts: Facts, persona: Persona = PERSONA, file: TemplateFile = FILE) -> list[Filled]:
    """Return every way to fill the templates."""
    return list(candidates(file.templates, persona, facts, np.random.default_rng(3), {}))


RICH = counted(
    *(post(topic, 10 + place, hours=place, replies=4) for place, topic in enumerate(PERSONA.topic_names * 3)),
    followers=1234,
)


def passes_after(before: Iterable[Filled]) -> Callable[[Filled], bool]:
    """Return the gates' verdict on a text after these; repeats are looked for first, because they are likeliest."""
    history = history_of((one.text for one in before), PERSONA.language)

    def passes(one: Filled) -> bool:
        context = GateContext(PERSONA, one.format, history=history)
        return near_duplicate(one.text, context) is None and first_refusal(one.text, context) is None

    return passes


def month(facts: Facts) -> list[Filled]:
    """Fill templates six times a day for 30 days, each judged against all before it."""
    rng, uses = np.random.default_rng(11), Counter[str]()
    chosen: list[Filled] = []
    for number in range(POSTS_A_DAY * DAYS):
        ways = candidates(FILE.templates, PERSONA, facts, rng, uses)
        filled = first_passing(ways, passes_after(chosen))
        assert filled is not None, f"nothing is left at post {number}"
        chosen.append(filled)
        uses[filled.template] += 1
    return chosen


@pytest.mark.parametrize("facts", [NOTHING_KNOWN, RICH], ids=["empty database", "rich database"])
def test_thirty_days_of_six_posts_need_no_repeat(facts: Facts) -> None:
    """With any data or none, every text passes the gates against all before it and no two are the same."""
    chosen = month(facts)
    assert len({normalised(one.text) for one in chosen}) == POSTS_A_DAY * DAYS
    assert max(Counter(one.template for one in chosen).values()) <= len(chosen) / 10


def test_only_templates_without_data_are_used_when_nothing_is_known() -> None:
    """No number is invented on the first day."""
    for filled in all_ways(NOTHING_KNOWN):
        assert "{" not in filled.text
        assert not any(
            character.isdigit() for character in filled.text.replace("1.", "").replace("2.", "").replace("3.", "")
        )


def test_every_shipped_template_can_be_filled_and_is_well_formed() -> None:
    """With rich data each template has a way, each way passes the gates against an empty history."""
    ways = all_ways(RICH)
    assert {filled.template for filled in ways} == {template.name for template in FILE.templates}
    for filled in ways:
        assert first_refusal(filled.text, GateContext(PERSONA, filled.format)) is None, filled


def test_facts_are_counted_from_the_posts() -> None:
    """Every number is the one a person would count."""
    facts = counted(
        post("cooking", 5), post("cooking", 7, hours=24), post("science", 3, hours=25, replies=None), followers=1200
    )
    known = facts.about("cooking")
    assert (known["posts"], known["likes"], known["best_likes"], known["followers"]) == ("3", "15", "7", "1,200")
    assert (known["topic_posts"], known["topic_likes"], known["topic_best_likes"]) == ("2", "12", "7")
    assert (known["favourite"], known["favourite_likes"], known["days"]) == ("cooking", "12", "2")
    assert known["busiest_day"] == "Tuesday"
    assert "topic_posts" not in facts.about("science")
    assert "replies" not in known


def test_nothing_is_said_where_the_data_do_not_decide() -> None:
    """A tie has no favourite and no busiest day; a single follower is not worth a post."""
    facts = counted(post("cooking", 5), post("science", 5, hours=24), followers=1)
    assert not {"favourite", "busiest_day", "followers"} & facts.account.keys()


def test_weekdays_are_those_of_the_owner() -> None:
    """Half past eleven at night in London is the next day in Auckland."""
    late = [post("cooking", 2, hours=15), post("cooking", 3, hours=15)]
    there = counted(*late, zone=ZoneInfo("Pacific/Auckland"))
    assert there.account["busiest_day"] == "Tuesday"
    assert counted(*late).account["busiest_day"] == "Monday"


def test_a_template_is_put_into_the_persona_s_own_format() -> None:
    """By the word in its name; a format of no known kind takes what has no home; else the template is left out."""
    file = TemplateFile(language="en", templates=(Template(name="t", format="tip", text="Write one line on {topic}."),))
    for names, expected in ((["daily tip", "story"], "daily tip"), (["musing", "story"], "musing"), (["story"], None)):
        formats = [{"name": name, "description": "d"} for name in names]
        persona = Persona.model_validate(PERSONA.model_dump() | {"formats": formats})
        given = {filled.format for filled in all_ways(NOTHING_KNOWN, persona, file)}
        assert given == ({expected} if expected else set())


def test_a_persona_with_one_topic_and_one_keyword_is_served_too() -> None:
    """Templates that compare two topics are then left out."""
    topics = [{"name": "tea", "keywords": ["oolong"]}]
    persona = Persona.model_validate(PERSONA.model_dump() | {"topics": topics})
    ways = all_ways(NOTHING_KNOWN, persona)
    assert ways
    assert all("{" not in filled.text for filled in ways)


@pytest.mark.parametrize("text", ["A {topic", "A topic}"])
def test_a_template_with_a_broken_gap_is_refused(text: str) -> None:
    """When the file is read, not when the post is due."""
    with pytest.raises(ValueError, match=r"[}{]"):
        Template(name="t", format="tip", text=text)


def test_the_least_used_template_comes_first() -> None:
    """So that a month does not sound like one sentence."""
    busy = {template.name: 5 for template in FILE.templates if template.name != "beginner"}
    ways = candidates(FILE.templates, PERSONA, NOTHING_KNOWN, np.random.default_rng(1), busy)
    assert next(ways).template == "beginner"
