"""The hard audience: a pure function too, and hard in each of the ways that it says."""

import itertools
import random
import statistics
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xbot_assets.sandbox.llm.asked import AskedPost
from xbot_assets.sandbox.llm.writer import Writer
from xbot_assets.sandbox.people.audience import Exposure, Readers
from xbot_assets.sandbox.people.audiences import readers_of
from xbot_assets.sandbox.people.hard_audience import SUPPRESSED_CHANCE, VIRAL_CHANCE, HardReaders
from xbot_assets.sandbox.people.hard_taste import FORM_STAYS, TOPIC_STAYS, Earlier, HardTaste, notice
from xbot_assets.sandbox.people.taste import FORMS
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.topics import TOPIC_WORDS
from xbot_assets_tests.sandbox.people.saved_counts import Counted, fitted_shape, log_spread, posts_of_authors

START = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOPICS = ("technology", "science", "gardening", "cooking", "cycling", "local history")
FORMATS = ("question", "list", "tip", "story", "statistic")
TEXT = "Which herb grows beside the tomato, the bread and the old mill street?"
POSTS = 240
"""Of one simulated author."""


def written(count: int, seed: int = 1) -> list[str]:
    """Return what the sandbox's model writes about all topics in all formats."""
    writer, dice = Writer(), random.Random(seed)  # noqa: S311
    asked = [AskedPost(dice.choice(TOPICS), dice.choice(FORMATS), "plain") for _ in range(count)]
    return [writer.write(one, "en", 280, dice) for one in asked]


def counted(readers: HardReaders, texts: list[str]) -> list[Counted]:
    """Return what an author's posts end with, published every two hours."""
    ends, earlier = [], list[Earlier]()
    for number, text in enumerate(texts):
        at = START + 2 * number * HOUR
        end = readers.latent(Exposure(str(number), text, at, 2500, earlier=tuple(earlier[-100:])))
        earlier.append(Earlier(at, text))
        ends.append(Counted(f"author {readers.seed}", end.likes, end.views))
    return ends


def rate(taste: HardTaste, text: str, at: datetime = START, earlier: tuple[Earlier, ...] = ()) -> float:
    """Return how likely a text is liked."""
    return taste.like_rate(notice(text), at, earlier)


def test_one_seed_is_one_audience_and_another_seed_another() -> None:
    """Numbers follow from seed, post, what was posted before, and time alone."""
    texts = written(20)
    assert counted(HardReaders(3), texts) == counted(HardReaders(3), texts)
    assert counted(HardReaders(3), texts) != counted(HardReaders(4), texts)


def test_an_audience_is_the_same_in_every_process() -> None:
    """Whatever order this run of Python gives to sets."""
    program = (
        "from datetime import datetime\n"
        "from xbot_assets.sandbox.people.hard_taste import HardTaste, notice\n"
        f"print(HardTaste(3).like_rate(notice({TEXT!r}), datetime.fromisoformat({START.isoformat()!r})))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-P", "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert said == {f"{rate(HardTaste(3), TEXT)}\n".encode()}


def test_counts_never_fall() -> None:
    """As on the kind one's posts: drift changes what is posted later, not what was."""
    readers = HardReaders(7)
    post = Exposure("1", "Which herb grows beside your tomato bed?", START, 2500)
    history = [readers.at(post, START + step * HOUR) for step in range(60)]
    assert [one.likes for one in history] == sorted(one.likes for one in history)
    assert [one.views or 0 for one in history] == sorted(one.views or 0 for one in history)


def test_views_and_likes_spread_as_those_of_authors_on_saved_pages() -> None:
    """Both statistics of simulated authors lie in the 95 % intervals of the real ones'; the kind one's do not."""
    real = posts_of_authors()
    texts = written(POSTS)
    hard = [one for seed in range(6) for one in counted(HardReaders(seed), texts)]
    spread, shape = log_spread(hard), fitted_shape(hard)
    real_spread, real_shape = log_spread(real), fitted_shape(real)
    assert real_spread.value == pytest.approx(1.24, abs=0.005)
    assert real_shape.value == pytest.approx(4.1, abs=0.1)
    assert real_spread.low < spread.value < real_spread.high
    assert real_shape.low < shape.value < real_shape.high
    kind = Readers(7)
    ends = [kind.latent(Exposure(str(n), text, START, 2500)) for n, text in enumerate(texts)]
    assert log_spread([Counted("kind", end.likes, end.views) for end in ends]).value < 0.6 * real_spread.low


def test_a_few_posts_go_viral() -> None:
    """About one in eighty has ten times the views that chance explains."""
    texts = written(60)
    far = 0
    for seed in range(40):
        views = [one.views for one in counted(HardReaders(seed), texts)]
        far += sum(view > 25 * statistics.median(views) for view in views)
    assert 0.2 * VIRAL_CHANCE < far / (40 * 60) < 2 * VIRAL_CHANCE


def test_on_some_days_everything_is_shown_less() -> None:
    """All posts of the day, by one share."""
    readers = HardReaders(2)
    shares = [readers.shown(START + n * DAY) for n in range(2000)]
    assert readers.shown(START) == readers.shown(START + 3 * HOUR)
    assert 0.7 * SUPPRESSED_CHANCE < sum(share < 1 for share in shares) / 2000 < 1.3 * SUPPRESSED_CHANCE
    assert min(shares) >= 0.15


def test_some_topics_only_work_in_some_forms() -> None:
    """What a pair does is not the sum of what its parts do."""
    pairs = HardTaste(5).pairs
    assert set(pairs) == {(t, f) for t in [*TOPIC_WORDS, "other"] for f in FORMS}
    assert statistics.stdev(pairs.values()) > 0.5 * FORM_STAYS


def test_weekends_change_what_is_liked_and_days_how_many_are_there() -> None:
    """By topic, and for all."""
    taste = HardTaste(5)
    saturday, thursday = datetime(2026, 5, 9, 9, tzinfo=UTC), datetime(2026, 5, 7, 9, tzinfo=UTC)
    change = {
        topic: rate(taste, text, saturday) / rate(taste, text, thursday)
        for topic, text in {"gardening": "Compost and soil.", "technology": "A database and its keyboard."}.items()
    }
    assert len({round(value, 3) for value in change.values()}) == 2
    reaches = [taste.reach(datetime(2026, 5, 4 + day, 19, tzinfo=UTC)) for day in range(5)]
    assert statistics.stdev(reaches) > 0.02


def test_repetition_bores() -> None:
    """Ten posts of one kind cost the eleventh much, of another kind little; after nine days little is left."""
    taste, garden, code = HardTaste(5), "Compost and soil in May.", "A database and its keyboard."
    same = tuple(Earlier(START - n * HOUR, garden) for n in range(1, 11))
    other = tuple(Earlier(START - n * HOUR, "Which bike helmet do you wear?") for n in range(1, 11))
    fresh = rate(taste, code)
    assert rate(taste, garden, START, same) < 0.9 * rate(taste, garden)
    assert rate(taste, code, START, other) == pytest.approx(fresh)
    long_ago = tuple(Earlier(one.at - 9 * DAY, one.text) for one in same)
    assert rate(taste, garden, START, long_ago) > 0.96 * rate(taste, garden)


def test_taste_drifts_slowly_and_suddenly() -> None:
    """A topic moves a little from day to day, and by leaps every one to four months."""
    fancy = HardTaste(5).topics["gardening"]
    path = [fancy.at(20_000.0 + day) for day in range(400)]
    steps = [abs(b - a) for a, b in itertools.pairwise(path)]
    leaps = [step for step in steps if step > 0.05]
    assert 2 <= len(leaps) <= 14
    assert 0 < statistics.median(steps) < 0.02
    assert statistics.stdev(path) < 4 * TOPIC_STAYS


def test_interests_cut_across_topics() -> None:
    """Two texts of one topic and form may please different people."""
    taste = HardTaste(5)
    texts = [f"The {word} is what I think of first." for word in ("soil", "compost", "tomato", "slug", "bulb", "hoe")]
    read = [notice(text).reading for text in texts]
    assert {(one.topic, one.form) for one in read} == {("gardening", "statement")}
    assert len({round(rate(taste, text), 4) for text in texts}) > 2
    topics_of_interest = Counter(taste.interests[word] for words in TOPIC_WORDS.values() for word in words.split()[:9])
    assert min(topics_of_interest.values()) > 1


def test_followers_come_and_go() -> None:
    """Without posts they swing around what they were; those that a post won leave again."""
    readers = HardReaders(5)
    base = [readers.followers(2500, [], START + n * DAY) for n in range(200)]
    assert max(base) - min(base) > 100
    won = [(START, 400)]
    gained = [readers.followers(2500, won, START + n * DAY) - base[n] for n in (0, 90, 180)]
    assert gained == [400, pytest.approx(200, abs=1), pytest.approx(100, abs=1)]


def test_taste_can_be_turned_round_for_an_experiment() -> None:
    """What was liked best is liked least from then on."""
    turned, plain = HardTaste(5, turned_at=START), HardTaste(5)
    texts = written(40)
    before = START - HOUR
    assert [rate(turned, text, before) for text in texts] == [rate(plain, text, before) for text in texts]
    assert [rate(turned, text) for text in texts] != [rate(plain, text) for text in texts]


def test_a_world_keeps_the_audience_it_was_made_with(tmp_path: Path) -> None:
    """Counts that exist must not fall; a new world takes the audience that is set."""
    Site(tmp_path).close()
    site = Site(tmp_path, audience="hard")
    assert site.audience == "kind"
    site.reset(3)
    assert site.audience == "hard"
    site.close()
    with pytest.raises(ValueError, match="kind and hard are known"):
        readers_of("nobody", 1)
