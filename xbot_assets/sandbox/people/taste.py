"""What the kind readers of the sandbox like. The pipeline is never told any of this; it must learn it from counts.

It is kind to who learns: additive, in words that the shipped persona uses too, and the same for ever. For a taste as
hard as a real one see ``hard_taste``.

The model. The chance that someone who sees a post likes it is

    BASE_LIKE_RATE * topic * form * length * manners

- *topic*: each topic has a multiplier from a geometric ladder spanning TOPIC_SPAN (best / worst); which topic stands
  on which rung is drawn from the world's seed. The topic of a text is the one most of whose words occur in it.
- *form*: the same for the form of the text (question, list, number, contrarian, tip, story, statement), spanning
  FORM_SPAN, so that the best pair of topic and form is liked about four times as often as the worst.
- *length*: a bell over the number of characters, whose best point is drawn from the seed (90 to 200).
- *manners*: each hashtag after the first, each link and each word in capitals costs something; an emoji gains little.

How many people see a post depends on the hour of day (one morning and one evening peak, drawn from the seed), on the
author's followers and on how well the post is liked.
"""

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from xbot_assets.sandbox.topics import TOPIC_WORDS, topic_of

BASE_LIKE_RATE = 0.03
"""Likes per view of an average post."""
TOPIC_SPAN = 2.3
FORM_SPAN = 1.75
LENGTH_WIDTH = 110.0
"""Characters from the best length at which the bell has fallen to 61 % of its variable part."""
LENGTH_FLOOR = 0.6
"""What the worst length keeps."""
HASHTAG_COST, LINK_COST, SHOUT_COST, EMOJI_GAIN = 0.9, 0.72, 0.9, 1.05
NO_TOPIC_TASTE = 0.75
HOUR_FLOOR = 0.55
HOUR_WIDTH = 2.5
"""Reach at the worst hour relative to the best, and how many hours wide a peak is."""

_CONTRARIAN = re.compile(
    r"unpopular opinion|contrary to|hot take|overrated|myth|nobody needs|^stop |everyone (says|wants|blames|thinks)"
    r"|everybody says|you do not need|you don't need|most people (think|believe|get)|actually wrong|is a lie",
    re.IGNORECASE,
)
_TIP = re.compile(
    r"\btips?\b|how to|here'?s how|do this today|try this|old advice|one thing that helps|learned the hard way"
    r"|(^|[:.] |\n)(try|use|start|write|keep|never|always|before you|do not|don't|put|learn|make|print|freeze|say"
    r"|prune|toast|rest|turn|set|check|wave|restore|take|photograph|give|leave|add|cut|ask|let|water|save|clean|buy"
    r"|look|read|pick|wait|salt|plant|sow|measure|carry|watch|draw|count|go|walk|ride|store|test|delete|close|oil)\b",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"\b(last (year|week|month|night|spring|summer)|yesterday|when i|years ago|one day|i (spent|asked|lost|built|waited"
    r"|bought|sold|paid|ruined|learned|thought|tried|watched|found|once|started|replaced)"
    r"|my (grand\w+|father|mother|old boss|first|neighbour|neighbor|friend|sister|brother|uncle|aunt))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(was|were|said|told|had|came|went|found|drove|took|gave|left|kept|saw|knew|\w{3,}ed)\b", re.IGNORECASE
)
TELLING = 2
"""Words in the past tense that make a text a story."""
_LIST = re.compile(r"^\s*(?:\d+[.)]|[-•*–→✓✅➡👉])\s*\S", re.MULTILINE)  # noqa: RUF001
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?\s*%|\b\d{2,}(?:[.,]\d+)*\b|\b\d+x\b")
_LINK = re.compile(r"https?://\S+")
_HASHTAG = re.compile(r"#\w+")
_SHOUT = re.compile(r"\b[A-Z]{4,}\b")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
LIST_LINES = 2
OPENING = 80
"""Characters within which a figure makes a text "a number"."""

FORMS = ("question", "list", "contrarian", "tip", "number", "story", "statement")


def form_of(text: str) -> str:
    """Return the form of a text: the first that fits, in the order of the rules below."""
    body = _LINK.sub("", text).strip()
    rules = (
        ("list", len(_LIST.findall(body)) >= LIST_LINES),
        ("question", "?" in body),
        ("contrarian", bool(_CONTRARIAN.search(body))),
        ("tip", bool(_TIP.search(body))),
        ("number", bool(_NUMBER.search(body[:OPENING]))),
        ("story", bool(_STORY.search(body)) or len(_PAST.findall(body)) >= TELLING),
    )
    return next((form for form, fits in rules if fits), "statement")


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers notice in a text."""

    topic: str
    form: str
    length: int
    hashtags: int
    links: int
    shouts: int
    emoji: bool


def read(text: str) -> Reading:
    """Notice what readers notice."""
    body = _LINK.sub("", text)
    return Reading(
        topic=topic_of(body),
        form=form_of(text),
        length=len(text),
        hashtags=len(_HASHTAG.findall(text)),
        links=len(_LINK.findall(text)),
        shouts=len(_SHOUT.findall(body)),
        emoji=bool(_EMOJI.search(text)),
    )


class Taste:
    """The latent taste of one world; two worlds with one seed agree in everything."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"taste-{seed}")  # noqa: S311
        self.topics = _ladder(rng, tuple(TOPIC_WORDS), TOPIC_SPAN)
        self.forms = _ladder(rng, FORMS, FORM_SPAN)
        self.best_length = rng.uniform(90, 200)
        self.peaks = (rng.uniform(6, 10), rng.uniform(17, 21))

    def like_rate(self, reading: Reading) -> float:
        """Return the expected likes per view of a text."""
        taste = self.topics.get(reading.topic, NO_TOPIC_TASTE) * self.forms[reading.form]
        return BASE_LIKE_RATE * taste * length_factor(reading.length, self.best_length) * manners(reading)

    def reach(self, hour: float) -> float:
        """Return the share of the possible readers who are there at an hour of the day (UTC), up to 1."""
        return HOUR_FLOOR + (1 - HOUR_FLOOR) * near_peak(hour, self.peaks, HOUR_WIDTH)


def near_peak(hour: float, peaks: Sequence[float], width: float) -> float:
    """Return 1 at a peak of the day, and less the more hours it is away."""
    near = min(min(abs(hour - peak), 24 - abs(hour - peak)) for peak in peaks)
    return math.exp(-0.5 * (near / width) ** 2)


def length_factor(length: int, best: float) -> float:
    """Return what a text's length leaves of the liking: 1 at the best, never less than its floor."""
    away = (length - best) / LENGTH_WIDTH
    return LENGTH_FLOOR + (1 - LENGTH_FLOOR) * math.exp(-0.5 * away * away)


def manners(reading: Reading) -> float:
    """Return what hashtags, links and shouting leave of the liking, and what an emoji gains."""
    costs = HASHTAG_COST ** max(0, reading.hashtags - 1) * LINK_COST**reading.links * SHOUT_COST**reading.shouts
    return float(costs * (EMOJI_GAIN if reading.emoji else 1.0))


def _ladder(rng: random.Random, names: tuple[str, ...], span: float) -> dict[str, float]:
    """Spread names over a geometric ladder around 1 whose ends are ``span`` apart."""
    order = rng.sample(names, len(names))
    return {name: span ** (rung / (len(names) - 1) - 0.5) for rung, name in enumerate(order)}
