"""What hard readers like: a taste that a bandit over topic and format can only learn in part, and not for ever.

On the scale of natural logarithms, what a text is liked by is the sum of

- *topic* and *form*, each with a part that stays, a part that swings slowly, and a part that is drawn anew at times of
  its own, every one to four months: slow and sudden drift;
- their *pair*: some topics only work in some forms;
- *interests*: each word that places a text belongs to one of a few interests that cut across the topics, so that two
  texts of one topic may please different people;
- *weekend*: a topic is liked more or less on Saturday and Sunday;
- *mood*: how ready all readers are to like anything swings over the months;
- *satiation*: the more of the author's latest posts had this topic, and this form, the less.

Length and manners are those of the kind taste. All of it follows from the seed and the time, which is UTC.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import cos, exp, fsum, pi

from xbot_assets.sandbox.people.taste import (
    BASE_LIKE_RATE,
    FORMS,
    Reading,
    length_factor,
    manners,
    near_peak,
    read,
)
from xbot_assets.sandbox.topics import NO_TOPIC, STEM, TOPIC_WORDS

TOPIC_STAYS, TOPIC_SUDDEN, TOPIC_SLOW = 0.18, 0.15, 0.12
FORM_STAYS, FORM_SUDDEN, FORM_SLOW = 0.12, 0.08, 0.06
"""Standard deviations of the parts of a topic's and a form's effect; of the slow one, the height of its wave."""
PAIR = 0.15
WEEKEND = 0.12
INTERESTS, INTEREST = 9, 0.3
"""How many interests there are, and how much each is liked; a text's words share it."""
MOOD = 0.15
SUDDEN_DAYS, SLOW_DAYS, MOOD_DAYS = (30.0, 120.0), (40.0, 160.0), (60.0, 240.0)
"""Days between two sudden changes of one topic or form, and of the waves."""
SATIATION_TOPIC, SATIATION_FORM = (0.2, 0.6), (0.1, 0.3)
"""What a topic loses when all of the author's latest posts had it; drawn from the seed."""
SATIATION_HALF_LIFE = timedelta(days=1.5)
LOOKS_BACK = timedelta(days=9)
"""Six half-lives: what was posted before is forgotten."""
UNSEEN_POSTS = 3.0
"""An author of few posts does not bore: so many of other kinds are added."""
WEEKDAY = 0.12
"""Standard deviation of the log reach of a day of the week."""
HOUR_FLOOR, HOUR_WIDTH, WEEKEND_LATER_HOURS = 0.35, 2.5, 1.5
SATURDAY = 5
DAY_SECONDS = 86400.0
TEXTS_KNOWN = 8192

_STEMS = sorted({word for words in TOPIC_WORDS.values() for word in words.split() if word.isalpha()})
_STEMS.sort(key=len)
_WORD = re.compile(r"[a-z]+")
_SHORT = frozenset(word for word in _STEMS if len(word) < STEM)
_LONG = tuple(word for word in reversed(_STEMS) if len(word) >= STEM)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What hard readers notice in a text: what kind ones do, and the words that speak to an interest."""

    reading: Reading
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A post that the same author published before."""

    at: datetime
    text: str


@lru_cache(maxsize=TEXTS_KNOWN)
def notice(text: str) -> Noticed:
    """Notice what hard readers notice; the same text is read once."""
    words = _WORD.findall(text.lower())
    stems = {stem for word in words if (stem := _stem(word)) is not None}
    return Noticed(read(text), tuple(sorted(stems)))


@lru_cache(maxsize=TEXTS_KNOWN)
def _stem(word: str) -> str | None:
    if word in _SHORT:
        return word
    return next((stem for stem in _LONG if word.startswith(stem)), None)


def days_of(at: datetime) -> float:
    """Return the days since 1970 at a time."""
    return at.timestamp() / DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Wave:
    """A slow swing around nought."""

    height: float
    days: float
    phase: float

    def at(self, days: float) -> float:
        """Return where it stands on a day."""
        return self.height * cos(2 * pi * (days / self.days + self.phase))


class Fancy:
    """The effect of one topic or form over time: a part that stays, a sudden one and a slow one."""

    def __init__(self, key: str, stays: float, sudden: float, slow: float) -> None:
        rng = random.Random(key)  # noqa: S311
        self._key, self._sudden = key, sudden
        self.stays = rng.gauss(0, stays)
        self.days, self._offset = rng.uniform(*SUDDEN_DAYS), rng.random()
        self._wave = Wave(slow, rng.uniform(*SLOW_DAYS), rng.random())
        self._blocks: dict[int, float] = {}

    def at(self, days: float) -> float:
        """Return the effect on a day."""
        block = int(days / self.days + self._offset)
        if block not in self._blocks:
            self._blocks[block] = random.Random(f"{self._key}-{block}").gauss(0, self._sudden)  # noqa: S311
        return self.stays + self._blocks[block] + self._wave.at(days)


class HardTaste:
    """The latent taste of one world of hard readers.

    ``turned_at`` is for experiments: from then on what topics, forms and pairs do is turned round. So is ``still``:
    what topics and forms do, and the mood, stay as they are.
    """

    def __init__(self, seed: int, turned_at: datetime | None = None, *, still: bool = False) -> None:
        drifts = 0.0 if still else 1.0
        rng = random.Random(f"hard-taste-{seed}")  # noqa: S311
        topics = (*TOPIC_WORDS, NO_TOPIC)
        self._turned_at = turned_at
        self.topics = {
            t: Fancy(f"{seed}-topic-{t}", TOPIC_STAYS, drifts * TOPIC_SUDDEN, drifts * TOPIC_SLOW) for t in topics
        }
        self.forms = {f: Fancy(f"{seed}-form-{f}", FORM_STAYS, drifts * FORM_SUDDEN, drifts * FORM_SLOW) for f in FORMS}
        self.pairs = {(t, f): rng.gauss(0, PAIR) for t in topics for f in FORMS}
        self.weekend = {t: rng.gauss(0, WEEKEND) for t in topics}
        interests = [rng.gauss(0, INTEREST) for _ in range(INTERESTS)]
        self.interests = {stem: rng.choice(interests) for stem in _STEMS}
        self.mood = Wave(drifts * MOOD, rng.uniform(*MOOD_DAYS), rng.random())
        self.weekdays = [rng.gauss(0, WEEKDAY) for _ in range(7)]
        self.satiation = (rng.uniform(*SATIATION_TOPIC), rng.uniform(*SATIATION_FORM))
        self.best_length = rng.uniform(90, 200)
        self.peaks = (rng.uniform(6, 10), rng.uniform(17, 21))

    def like_rate(self, noticed: Noticed, at: datetime, earlier: Sequence[Earlier] = ()) -> float:
        """Return the expected likes per view of a text that is posted now, after what its author posted before."""
        reading, days = noticed.reading, days_of(at)
        liked = self._fancy(reading, at, days) + self._interest(noticed) + self.mood.at(days)
        liked += self.weekend[reading.topic] if at.weekday() >= SATURDAY else 0.0
        liked -= self._boredom(reading, at, earlier)
        return BASE_LIKE_RATE * exp(liked) * length_factor(reading.length, self.best_length) * manners(reading)

    def reach(self, at: datetime) -> float:
        """Return the share of the possible readers who are there at a time, up to about 1."""
        later = WEEKEND_LATER_HOURS if at.weekday() >= SATURDAY else 0.0
        there = near_peak(at.hour + at.minute / 60 - later, self.peaks, HOUR_WIDTH)
        return (HOUR_FLOOR + (1 - HOUR_FLOOR) * there) * exp(self.weekdays[at.weekday()])

    def _fancy(self, reading: Reading, at: datetime, days: float) -> float:
        liked = self.topics[reading.topic].at(days) + self.forms[reading.form].at(days)
        liked += self.pairs[reading.topic, reading.form]
        return -liked if self._turned_at is not None and at >= self._turned_at else liked

    def _interest(self, noticed: Noticed) -> float:
        """The more interests a text speaks to, the nearer to the middle; as a mean does, but slower."""
        liked = [self.interests[stem] for stem in noticed.stems]
        return fsum(liked) / len(liked) ** 0.75 if liked else 0.0

    def _boredom(self, reading: Reading, at: datetime, earlier: Sequence[Earlier]) -> float:
        total = same_topic = same_form = 0.0
        for one in earlier:
            weight = 2.0 ** (-(at - one.at) / SATIATION_HALF_LIFE)
            seen = notice(one.text).reading
            total += weight
            same_topic += weight * (seen.topic == reading.topic)
            same_form += weight * (seen.form == reading.form)
        topic, form = self.satiation
        return (topic * same_topic + form * same_form) / (total + UNSEEN_POSTS)
