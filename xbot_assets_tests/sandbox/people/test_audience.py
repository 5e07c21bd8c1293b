"""The audience: deterministic, monotonic, learnable, and the same through every door."""

import itertools
import math
import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.sandbox.counting.weight import weighted_length
from xbot_assets.sandbox.people.audience import Exposure, Readers, poisson
from xbot_assets.sandbox.people.taste import FORM_SPAN, TOPIC_SPAN, Taste, form_of, read
from xbot_assets.sandbox.topics import topic_of
from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox

START = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
TEXT = "Which herb do you plant next to your tomato bed? Mine is basil, for the bees and the sauce."


def _post(number: int, text: str = TEXT) -> Exposure:
    return Exposure(post_id=str(1_900_000_000_000_000_000 + number), text=text, created_at=START, author_followers=2500)


def test_counts_never_fall_and_settle_within_two_days() -> None:
    """Every count is monotonic in time and close to its end after 48 hours."""
    readers = Readers(7)
    for number in range(40):
        history = [readers.at(_post(number), START + timedelta(minutes=20 * step)) for step in range(200)]
        for earlier, later in itertools.pairwise(history):
            assert (earlier.likes, earlier.reposts) <= (later.likes, later.reposts)
            assert earlier.replies <= later.replies
            assert earlier.bookmarks <= later.bookmarks
            assert (earlier.views or 0) <= (later.views or 0)
        end = readers.latent(_post(number))
        assert history[150].likes >= end.likes - 1


def test_fresh_posts_and_very_old_posts_show_no_views() -> None:
    """Views appear two minutes after a post, and never on posts from before the site counted them."""
    readers = Readers(7)
    assert readers.at(_post(1), START + timedelta(seconds=60)).views is None
    assert readers.at(_post(1), START + timedelta(minutes=5)).views is not None
    old = Exposure(post_id="1", text=TEXT, created_at=datetime(2021, 5, 1, tzinfo=UTC), author_followers=900)
    assert readers.at(old, START).views is None


def test_one_seed_is_one_audience_and_another_seed_another() -> None:
    """Numbers follow from seed, post and time alone."""
    when = START + timedelta(hours=30)
    assert [Readers(7).at(_post(n), when) for n in range(5)] == [Readers(7).at(_post(n), when) for n in range(5)]
    assert Taste(7).topics != Taste(8).topics
    assert Taste(7).topics == Taste(7).topics


def test_the_best_pair_of_topic_and_form_is_liked_about_four_times_as_often_as_the_worst() -> None:
    """The ladders span what they say, so that there is something to learn."""
    taste = Taste(7)
    rates = [topic * form for topic in taste.topics.values() for form in taste.forms.values()]
    assert max(rates) / min(rates) == pytest.approx(TOPIC_SPAN * FORM_SPAN)
    assert 3.5 < TOPIC_SPAN * FORM_SPAN < 4.5


def test_a_learner_can_tell_a_good_topic_from_a_bad_one_with_few_posts() -> None:
    """Mean like rates of 30 posts on the best and the worst of two topics do not overlap."""
    readers = Readers(7)
    texts = {
        "cooking": "The soup needs salt, garlic and butter.",
        "science": "The sample in the lab had two new cells.",
    }
    best, worst = sorted(texts, key=lambda topic: readers.taste.topics[topic], reverse=True)
    means = {}
    for base, topic in enumerate(texts):
        ends = [readers.latent(_post(base * 1000 + n, texts[topic])) for n in range(30)]
        means[topic] = statistics.mean(end.likes / end.views for end in ends)
    assert means[best] > 1.4 * means[worst]


@pytest.mark.parametrize(
    ("text", "topic", "form"),
    [
        ("What do you plant in your garden bed in May?", "gardening", "question"),
        ("Three ways to save a sauce:\n1. butter\n2. salt\n3. patience", "cooking", "list"),
        ("Tip: oil your bicycle chain before you ride.", "cycling", "tip"),
        ("Unpopular opinion: software needs fewer databases.", "technology", "contrarian"),
        ("62% of the old mill street burned in the winter of the archive fire.", "history", "number"),
        ("Last year I bought a camera and one lens for portraits.", "photography", "story"),
        ("A budget is a list of things you would like your savings to be.", "money", "statement"),
    ],
)
def test_readers_notice_topic_and_form(text: str, topic: str, form: str) -> None:
    """Both come from the words and the shape of the text alone."""
    assert (topic_of(text), form_of(text)) == (topic, form)


def test_links_and_hashtags_cost_something() -> None:
    """The same text is liked less with a link, and with three hashtags."""
    taste = Taste(7)
    plain = taste.like_rate(read("Compost is slow soil."))
    assert taste.like_rate(read("Compost is slow soil. #a #b #c")) < plain
    assert taste.like_rate(read("Compost is slow soil. https://example.org/soil")) < plain


def test_hours_matter() -> None:
    """Reach is highest at the peaks and never below its floor."""
    taste = Taste(7)
    reach = [taste.reach(hour / 4) for hour in range(96)]
    assert max(reach) == pytest.approx(1.0, abs=0.02)
    assert 0.5 < min(reach) < 0.75
    assert taste.reach(taste.peaks[0]) == pytest.approx(1.0)


def test_poisson_draws_have_the_mean_they_should() -> None:
    """Below and above the switch to the normal approximation."""
    rng = random.Random(1)  # noqa: S311
    for mean in (0.5, 8, 49, 51, 400):
        drawn = statistics.mean(poisson(rng, mean) for _ in range(1500))
        assert drawn == pytest.approx(mean, abs=4 * math.sqrt(mean / 1500))


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("abc", 3),
        ("語", 2),
        ("https://example.org/a/very/long/address/indeed", 23),
        ("👩‍👩‍👧‍👦", 2),
        ("🇬🇧!", 3),
        ("naïve", 5),
    ],
)
def test_texts_weigh_what_x_says(text: str, weight: int) -> None:
    """Links 23, emoji 2 however many pieces they have, heavy characters 2."""
    assert weighted_length(text) == weight


def test_followers_grow_with_what_readers_like(account: Account, sandbox: Sandbox) -> None:
    """A profile's exact follower count rises as its posts are read."""

    def followers() -> int:
        user = account.ask("UserByScreenName", screen_name=account.handle).json()["data"]["user"]["result"]
        return int(user["relationship_counts"]["followers"])

    before = followers()
    for number in range(6):
        account.post(f"Five garden beds, {number} slugs and a very good compost heap. What would you plant next?")
    sandbox.jump(hours=48)
    assert followers() > before


def test_replies_are_real_posts_of_other_people_that_say_different_things(account: Account, sandbox: Sandbox) -> None:
    """Each counted reply is in the conversation, after its parent, with an own text."""
    post_id = account.post("Which bike did you learn to ride on, and who held the saddle?")
    sandbox.jump(hours=48)
    counted = account.counts(post_id)["reply_count"]
    sandbox.jump(hours=1)
    texts = [post["full_text"] for post in account.search(f"conversation_id:{post_id} filter:replies")]
    assert counted - 1 <= len(texts) <= counted + 1
    assert len(set(texts)) == len(texts)
    assert all(text.startswith(f"@{account.handle} ") for text in texts)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "Helmet OR wheelbarrow lang:en",
            {"Helmet hair is a hairstyle.", "A wheelbarrow with a flat tyre is a large and"},
        ),
        ('"hair is a"', {"Helmet hair is a hairstyle."}),
        ("compost -smells tea from:nobody", set()),
        ("lang:ja filter:media", set()),
        ("min_faves:100000", set()),
        ("100% since:2020-01-01", set()),
    ],
)
def test_search_understands_the_operators(account: Account, sandbox: Sandbox, query: str, expected: set[str]) -> None:
    """Words, phrases, alternatives, exclusions, authors, languages, counts and times."""
    sandbox.jump(days=13)
    texts = {post["full_text"][:45] for post in account.search(query, "Top")}
    assert {text[:45] for text in expected} <= texts
    assert bool(texts) is bool(expected)
