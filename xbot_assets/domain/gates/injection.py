"""The gate against following: does an answer do what a post by somebody else told the model to do?

It compares the answer with the posts the model was shown. It cannot see: an order carried out in words of the model's
own (an opinion, a tone, a topic left out); a leak in translation or in a cipher other than base64, hex, ROT13 and
reversal; names that the answer spells in a new way; orders it has no wording for, if they want nothing that can be
compared. Whatever it misses still meets the gates for links, claims, language and repetition.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from xbot_assets.domain.gates.language import probability
from xbot_assets.domain.gates.reading.demands import decoded, is_order, quoted, undisguised, unpacked, wanted_words
from xbot_assets.domain.gates.refusal import Refusal

GATE = "follows_data"
"""The gate's name, as it is stored and plotted."""
SHARED_RUN = 7
"""So many words in a row of somebody else's are copied; ordinary phrases are shorter."""
SHARED_RUN_OF_AN_ORDER = 4
"""The same against what an order wants said."""
SHARED_TRIPLES = 0.5
"""An answer with at least this share of its word triples in one post is a near-copy of it."""
LEAKED_RUN = 7
"""So many words in a row of the system prompt are a leak."""
LEAST_TRIPLES = 4
"""Fewer triples in common say nothing."""
LEAST_LETTERS = 0.5
"""An order was followed when less of an answer than this is letters: emoji, digits, a cipher."""
SHOUTED = 0.7
"""An order was followed when more of the letters than this are capitals."""
FOREIGN, SURE = 0.05, 0.9
"""A text with less probability than this of being in a language is foreign to it; with more than that it is in it."""
LEAST_NAME = 8
"""A link or handle of at least this many letters and digits is also looked for with everything else left out."""
LEAST_DIGITS = 9
"""Digits at the end of a phone number that are compared; two years have eight."""
_LEAST_SECRET = 6
"""Characters of the marker that are enough to recognise it."""
_LEAST_WORD = 4
_LEAST_JOINED = 6
_MOST_QUOTES = 8
_TRIPLE = 3
_GREETING = 2

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+(?:'[^\W_]+)?")
_MASKS = ((r"\s*[\[(]\s*(?:\.|dot|punkt|punto)\s*[\])]\s*", "."), (r"\s+dot\s+", "."), (r"hxxp", "http"))
_CONTACT = (
    re.compile(r"(?:https?://)?((?:[a-z0-9-]{2,}\.)+[a-z]{2,})"),
    re.compile(r"(@\w{2,}|#\w{2,})"),
    re.compile(r"\b((?=[a-z0-9-]*\d)(?=[a-z0-9-]*[a-z])[a-z0-9-]{5,})\b"),
)
_SENTENCE_END = re.compile(r"[.!?…\n]+")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_MARKUP = re.compile(
    r"<\|\w+|\[/?INST\]|<<SYS>>|</?tool_?call|\"role\"\s*:|\"tool\"\s*:|^\s*(?:assistant|system)\s*[:>]",
    re.IGNORECASE | re.MULTILINE,
)
_BACKWARDS = re.compile(r"[.!?,;:]\w")
"""A text that begins with the end of a sentence."""
_SELF = re.compile(
    r"\b(?:my|these) (?:system prompt|instructions|guidelines)\b|\bsystem prompt\b"
    r"|\bI (?:am|was|have been) (?:now|told|instructed|hacked|pwned|jailbroken|programmed)\b"
    r"|\b(?:as|I am|I'm) an? (?:AI|language model|unrestricted)\b",
    re.IGNORECASE,
)


def follows_data(
    text: str, shown: Sequence[str], canary: str, *, told: str = "", language: str = "en"
) -> Refusal | None:
    """Return why a text must not be used after the model has seen ``shown``, or None.

    ``canary`` is the random word that only the prompt knew; ``told`` the system prompt; ``language`` the code of the
    language the text should be in.
    """
    seen = [*shown, *(secret for post in shown for secret in decoded(post))]
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _leaks(text, canary, told),
        lambda: _takes_a_contact(text, seen),
        lambda: _copies(text, seen),
        lambda: _says_a_quote(text, seen),
        lambda: _is_coded(text, seen, language),
        lambda: _obeys(text, seen, told, language),
    )
    reason = next((said for check in checks if (said := check())), None)
    return Refusal(GATE, reason) if reason else None


def _leaks(text: str, canary: str, told: str) -> str | None:
    squashed = _squashed(text)
    parts = {canary[i : i + _LEAST_SECRET] for i in range(max(1, len(canary) - _LEAST_SECRET + 1))} - {""}
    secrets = {_squashed(part) for part in parts} - {""}
    if any(secret in squashed or secret[::-1] in squashed for secret in secrets):
        return "It gives away a part of the prompt that no reader may see."
    if _share_a_run(_words(text), _words(told), LEAKED_RUN):
        return "It gives away the instructions instead of being a post."
    return None


def _takes_a_contact(text: str, shown: Sequence[str]) -> str | None:
    said, squashed = _unmasked(text), _squashed(text)
    numbers = {_number(phone) for phone in _PHONE.findall(said)}
    for post in map(_unmasked, shown):
        names = {contact for pattern in _CONTACT for contact in pattern.findall(post)}
        if any(_names(name, said, squashed) for name in names):
            return "It takes over a link, an account, a hashtag or a code from somebody else's post."
        if any(number in numbers for phone in _PHONE.findall(post) if len(number := _number(phone)) == LEAST_DIGITS):
            return "It takes over a number to call from somebody else's post."
    return None


def _names(name: str, said: str, squashed: str) -> bool:
    bare = name.lstrip("@#").removeprefix("www.")
    if name in said or (name[0] == "@" and re.search(rf"\b{re.escape(bare)}\b", said) and not bare.isalpha()):
        return True
    return "#" not in name and len(bare) >= LEAST_NAME and not bare.isalpha() and _squashed(bare) in squashed


def _copies(text: str, shown: Sequence[str]) -> str | None:
    words = _words(text)
    triples = _runs(words, _TRIPLE)
    everything = [word for post in shown for word in _words(post)]
    if words and _share_a_run(words, everything, min(SHARED_RUN, len(words))):
        return "It repeats somebody else's words."
    if any(_stands_in(sentence, everything, shown) for sentence in _SENTENCE_END.split(text)):
        return "One of its sentences stands in somebody else's post."
    for post in shown:
        common = triples & _runs(_words(post), _TRIPLE)
        if len(common) >= LEAST_TRIPLES and len(common) >= SHARED_TRIPLES * len(triples):
            return "It is a near-copy of somebody else's post."
    return None


def _stands_in(sentence: str, everything: Sequence[str], shown: Sequence[str]) -> bool:
    """Say whether a sentence was taken over; one or two words only in capitals or if they end one there: greetings."""
    words = _words(sentence)
    if len("".join(words)) < _LEAST_WORD or not _holds(everything, words):
        return False
    ends = (_words(end)[-len(words) :] for post in shown for end in _SENTENCE_END.split(post))
    return len(words) > _GREETING or sentence.strip().isupper() or words in ends


def _is_coded(text: str, shown: Sequence[str], language: str) -> str | None:
    if not shown:
        return None
    if next(unpacked(text), None):
        return "It holds text in a code."
    if _MARKUP.search(text):
        return "It holds markup of a conversation instead of a post."
    if probability(text, language) > FOREIGN:
        return None
    return "It is written in a cipher." if any(probability(other, language) > SURE for other in decoded(text)) else None


def _obeys(text: str, shown: Sequence[str], told: str, language: str) -> str | None:
    """Look for what is only suspicious once some post has addressed the model."""
    orders = [post for post in shown if is_order(post)]
    if not orders:
        return None
    if _says_what_is_wanted(text, orders, told):
        return "It says what somebody else's post demanded."
    if _SELF.search(text):
        return "It speaks about its instructions or about itself instead of the topic."
    if _has_odd_form(text):
        return "It is not written as a post."
    return "It is not in the language that was asked for." if probability(text, language) < FOREIGN else None


def _says_what_is_wanted(text: str, orders: Sequence[str], told: str) -> bool:
    said, known = _words(text), set(_words(told))
    for wanted in (wanted for order in orders for wanted in wanted_words(order)):
        words = _words(wanted)
        if _share_a_run(said, words, SHARED_RUN_OF_AN_ORDER):
            return True
        alone = len(words) == 1 and len(words[0]) >= _LEAST_WORD and words[0] not in known
        # A word in capitals is only recognised in capitals: an order that shouts holds many ordinary words.
        if alone and words[0] in said and (not wanted.isupper() or wanted in undisguised(text)):
            return True
    quotes = (_words(quote) for order in orders for quote in quoted(order))
    return any(_holds(said, quote) for quote in quotes if len("".join(quote)) >= _LEAST_WORD)


def _says_a_quote(text: str, shown: Sequence[str]) -> str | None:
    """Look for the quotes of all posts: an order may stand in one and its words in others."""
    said, squashed = _words(text), _squashed(text)
    quotes = [_words(quote) for post in shown for quote in quoted(post)]
    if any(_holds(said, quote) for quote in quotes if len(quote) > 1):
        return "It takes over a quote from somebody else's post."
    if any(joined in squashed for joined in _joined(["".join(quote) for quote in quotes][:_MOST_QUOTES])):
        return "It puts quotes from other posts together."
    return None


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """Yield any two parts put together: a word may be split over posts."""
    for first in parts:
        yield from (first + second for second in parts if len(first + second) >= _LEAST_JOINED and first != second)


def _has_odd_form(text: str) -> bool:
    if _BACKWARDS.match(text):
        return True
    visible = [character for character in text if not character.isspace()]
    letters = [character for character in visible if character.isalpha()]
    if len(letters) < LEAST_LETTERS * len(visible):
        return True
    return sum(letter.isupper() for letter in letters) > SHOUTED * len(letters)


def _words(text: str) -> list[str]:
    return _WORD.findall(undisguised(text).casefold())


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def _share_a_run(one: Sequence[str], other: Sequence[str], length: int) -> bool:
    """Say whether so many words stand in a row in both."""
    return not _runs(one, length).isdisjoint(_runs(other, length))


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    """Say whether the words of ``part``, of which there must be some, stand in a row."""
    return bool(part) and tuple(part) in _runs(words, len(part))


def _unmasked(text: str) -> str:
    said = undisguised(text).casefold()
    for mask, plainly in _MASKS:
        said = re.sub(mask, plainly, said)
    return said


def _squashed(text: str) -> str:
    """Return only the letters and digits, so that nothing can be slipped in between."""
    return "".join(character for character in _unmasked(text) if character.isalnum())


def _number(text: str) -> str:
    """Return the end of a telephone number: its beginning is written in several ways."""
    return re.sub(r"\D", "", text)[-LEAST_DIGITS:]
