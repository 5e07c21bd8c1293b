"""The gate of substance: empty talk, talk about the task instead of the post, and texts that break off."""

import re
from collections import Counter

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.meaning import content_words
from xbot_assets.domain.gates.reading.plain import plain, words
from xbot_assets.domain.gates.reading.questions import asks
from xbot_assets.domain.gates.reading.stop_words import UNFINISHED
from xbot_assets.domain.gates.reading.unspaced import is_unspaced, unspaced_count, word_count
from xbot_assets.domain.gates.refusal import Refusal

REPEATED_SHARE = 0.5
"""From this share of all meaningful words on, one word is the whole text."""
REPEATED_TIMES = 3
SENTENCE_WORDS = 7
"""A question, or this many words of any kind, may say enough with one meaningful word less."""
UNSPACED_A_MEANING = 2
"""Words without spaces are counted by characters: so many are taken for one that carries meaning."""
_DECORATION = re.compile(r"(?:https?://|www\.)\S+|[#@]\w+")
_ENDS_DECORATED = re.compile(r"(?:[#@]\w+|\S+\.\w\S*)$")
_KIND = r"(?:post|tweet|question|story|tip|list|statistic|draft|version|thread|caption|answer)s?"
_LEAKS = re.compile(
    rf"""
    \bas\ an\ (?:ai|artificial\ intelligence|language\ model|assistant)\b | \b(?:ai|large)\ language\ model\b
    | ^\W*(?:sure|certainly|of\ course|absolutely|okay|great)[!,.:\s]+here(?:'s|\ is|\ are|\ you\ go)\b
    | ^\W*here(?:'s|\ is|\ are)\ (?:your|a|an|the|my|one|some)\ (?:\w+\ ){{0,3}}{_KIND}\b
    | ^\W*(?:post|tweet|draft|version|answer|caption|option|prompt|output|response|text|assistant)\ *\#?\d*\ *:
    | [(\[]\W*(?:\d+\ *(?:/\ *\d+\ *)?(?:characters|chars)|char(?:acter)?s?(?:\ count)?\ *:\ *\d+)[^)\]]*[)\]]\W*$
    | \[(?:insert|your|add|topic|name|link)\b[^\]]*\] | \{{\w+\}} | </?\w+> | ^\W*\{{\s*"
    | ^\W*(?:i'm|i\ am)\ (?:very\ )?sorry,?\ but\ i\b | \bi\ can(?:'t|not)\ (?:help|assist|comply)\ with\b
    | \b(?:this|the)\ (?:tweet|post)\ is\ (?:\d+|under|within|exactly)\b | \bthe\ tone\ (?:you|that)\b
    | \bsystem\ prompt\b | \byou\ asked\ (?:me\ )?for\b | \blorem\ ipsum\b | ^\W*note:\ this\ (?:tweet|post)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_GREETING_WORDS = """
hello hi hey morning evening afternoon night welcome greeting thank thanks please monday tuesday wednesday thursday
friday saturday sunday weekend happy merry world friend folk day week agree true thought
"""
_GREETINGS = frozenset(_GREETING_WORDS.split())
_PLATITUDES = re.compile(
    r"\b(?:believe in yourself|stay positive|follow your (?:dreams|heart|passion)|never give up|keep going|work hard"
    r"|dream big|live laugh love|be yourself|good vibes|everything (?:happens for a reason|will be (?:fine|okay))"
    r"|you can do it|stay (?:strong|humble|hungry)|trust the process)\b"
)
_PLATITUDES_ENOUGH = 2
_BREAKS_OFF = ("…", "...", ",", "-", "(", ":", ";", "\u2013")
_ENDS_WELL = re.compile(r"[.!?:\")\]'”\u2019»。؟।]\W*$")


def substance(text: str, context: GateContext) -> Refusal | None:
    """Refuse a text that says nothing, that is about the task, or that is not whole."""
    seen = plain(_DECORATION.sub(" ", text))
    reason = _leak(seen) or _emptiness(seen, context) or _break(plain(text))
    return Refusal("substance", reason) if reason else None


def _leak(seen: str) -> str | None:
    if _LEAKS.search(seen.replace("\u2019", "'")):
        return "It talks about the task or holds a gap to fill: give only the finished post."
    return None


def _emptiness(seen: str, context: GateContext) -> str | None:
    carrying = content_words(seen, context.persona.language)
    telling = sum(word not in _GREETINGS and not is_unspaced(word) for word in carrying)
    telling += unspaced_count(seen) // UNSPACED_A_MEANING
    spoken = asks(seen) or word_count(seen) >= SENTENCE_WORDS
    if telling < context.limits.content_words - spoken:
        return "It says nothing: name a thing, a person, a place or an act."
    times = max(Counter(carrying).values(), default=0)
    if times >= REPEATED_TIMES and times >= REPEATED_SHARE * len(carrying):
        return "It repeats one word instead of saying something."
    if len(_PLATITUDES.findall(seen.casefold())) >= _PLATITUDES_ENOUGH:
        return "It strings phrases together that fit any post: say something of its own."
    return None


def _break(seen: str) -> str | None:
    last = seen.rstrip()
    if _ENDS_DECORATED.search(last):
        return None
    if last.endswith(_BREAKS_OFF) and not (last.endswith(";") and asks(last)):
        return "It breaks off: finish the sentence."
    spoken = words(last)
    if not _ENDS_WELL.search(last) and spoken and spoken[-1] in UNFINISHED:
        return "It breaks off in the middle of a sentence: finish it."
    return None
