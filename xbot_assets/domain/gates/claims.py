"""The gate of claims and topics: what the persona never says, never promises and never writes about.

The claims are English patterns; in another language the persona's own phrases and topics do the work.
"""

import re

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.meaning import base_form
from xbot_assets.domain.gates.reading.plain import readings, words
from xbot_assets.domain.gates.reading.unspaced import is_unspaced
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import ClaimKind, Persona, Topic

_HUMAN_ILLNESS = (
    r"(?:flu|cancers?|diabetes|tumou?rs?|arthritis|asthma|depression|anxiety|alzheimer'?s|dementia|covid"
    r"|heart\ attacks?|strokes?|toxins?|autism|high\ blood\ pressure|migraines?|insomnia|allerg(?:y|ies)|eczema|obesity"
    r"|kidney\ stones?)"
)
"""What plants, computers and soil do not have, so that 'prevents' and 'removes' mean people."""
_ILLNESS = rf"(?:{_HUMAN_ILLNESS}|colds?|infections?|diseases?|illness(?:es)?|pain)"
_FEW = r"(?:\W+\w+){0,4}?\W+"
_PATTERNS: dict[ClaimKind, str] = {
    "health": rf"""
        \b(?:cur(?:es?|ing)|heal(?:s|ed|ing)?|revers(?:e[sd]?|ing)){_FEW}{_ILLNESS}\b
        | \b(?:cured|prevent(?:s|ed|ing)?|treat(?:s|ed|ing)?|beats?|fights?|kills?|removes?|eliminates?|flush(?:es)?)
            {_FEW}{_HUMAN_ILLNESS}\b
        | {_HUMAN_ILLNESS}\b{_FEW}(?:is|was|were|are)\ (?:gone|cured|healed|reversed)\b
        | (?<!digital\ )\bdetox\w*\b | \bdoctors?\ (?:(?:don'?t|do\ not)\ want|hate[sd]?|hide)\b
        | \b(?:stop|quit)\ (?:taking\ )?(?:your|the)\ (?:pills|medication|medicine|insulin|tablets)\b
        | \bimmune\ (?:to|against|from)\ (?:\w+\ ){{0,3}}{_ILLNESS}\b | \bmiracle\ (?:cure|drug|herb|diet)\b
        | \b(?:better|safer)\ than\ (?:(?:any|a|the|all)\ )?(?:vaccines?|medicine|chemo) | \bwithout\ surgery\b
        | \bclinically\ (?:proven|tested)\b | \bnever\ need\ (?:a|your)\ (?:doctor|dentist|surgeon)\b
        | \blos(?:e|ing)\ (?:\d+|a\ few|ten|twenty|five)\W*(?:kilos?|kg|pounds?|lbs?)\b | \bboosts?\ (?:your\ )?immun
        """,
    "money": r"""
        \b(?:double|triple|10x)\ your\ (?:money|savings|income|investment)\b | \brisk[- ]?free\b
        | \b(?:returns?|profits?)\ of\ \d | \bguaranteed?\W+(?:\w+\W+){0,2}?(?:returns?|profits?|income)\b
        | \binvest\ (?:now|today|your)\b | \binvest\ in\ (?:\w+\ )?(?:coins?|stocks?|crypto|funds?|gold|shares)\b
        | \b(?:put|move)\ (?:all\ )?your\ (?:savings|pension)\b
        | \b(?:market|bitcoin|stocks?)\ will\ (?:crash|rise|double)
        | \bearn\ (?:[\d.,]+|thousands)\W*(?:dollars|euros|pounds|usd|\$|€|a\ (?:day|week|month))
        | \b(?:place|make)\ (?:(?:one|another|a)\ ){1,2}(?:more\ )?bet\b | \bbefore\ the\ big\ win\b
        | \bget\ rich\b | \bpassive\ income\b | \beasy\ (?:money|profits?)\b | \bfinancial\ advice\b
        """,
    "certainty": r"""
        \bguarantee[sd]?\W+(?:you\b|a\b|an\b|to\b|that\b|results?|success|harvest|every) | \bguaranteed\b
        | \b100\s?%\ (?:safe|sure|guaranteed|effective) | \bproven\ by\ science\b
        """,
    "selling": r"""
        \bbuy\ (?:it\ )?now\b | \border\ now\b | \bonly\ \w+\ left\ (?:in\ stock|at)\b | \blimited\ (?:time|offer|stock)
        | \bact\ (?:now|fast)\b | \bclick\ (?:here|the\ link|below)\b | \blink\ in\ (?:my\ )?bio\b | \bdiscount\ code\b
        | \bdm\ me\b | \bsign\ up\ (?:now|today)\b | \bwhile\ (?:stocks?|supplies)\ lasts?\b
        """,
}
_CLAIMS = {kind: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for kind, pattern in _PATTERNS.items()}
_WHAT: dict[ClaimKind, str] = {
    "health": "It promises health: say nothing about curing, preventing or treating.",
    "money": "It promises money or advises on it.",
    "certainty": "It promises a certain result.",
    "selling": "It urges to buy or to click.",
}
_NOT_A_PROMISE = re.compile(r"\b(?:no|not|never|without|can'?t|cannot) (?:a |any )?guarantee")


def claims(text: str, context: GateContext) -> Refusal | None:
    """Refuse the persona's forbidden phrases, promises and topics, however they are spelt."""
    persona = context.persona
    for reading in readings(text):
        reason = _phrase(reading, persona) or _promise(reading, persona)
        if reason:
            return Refusal("claims", reason)
    about = _avoided(text, persona)
    return Refusal("claims", f"It is about {about.name}: this account does not write about that.") if about else None


def _phrase(reading: str, persona: Persona) -> str | None:
    for phrase in persona.never_say:
        said = phrase.casefold()
        whole = said in reading if is_unspaced(said) else re.search(rf"(?<!\w){re.escape(said)}(?!\w)", reading)
        if whole:
            return f"It says something the persona never says: {phrase}."
    return None


def _promise(reading: str, persona: Persona) -> str | None:
    said = _NOT_A_PROMISE.sub(" ", reading)
    return next((_WHAT[kind] for kind in persona.never_claim if _CLAIMS[kind].search(said)), None)


def _avoided(text: str, persona: Persona) -> Topic | None:
    said = _base_forms(text, persona.language)
    return next((topic for topic in persona.avoid_topics if _touches(said, topic, persona.language)), None)


def _touches(said: str, topic: Topic, language: str) -> bool:
    forms = {keyword: _base_forms(keyword, language) for keyword in topic.keywords}
    return any((form.strip() if is_unspaced(keyword) else form) in said for keyword, form in forms.items())


def _base_forms(text: str, language: str) -> str:
    return f" {' '.join(base_form(word, language) for word in words(text))} "
