"""Does somebody say that they want no answer? Rather once too often yes: the cost of a no is an unwanted reply."""

import re

from xbot_assets.domain.gates.reading.plain import plain

_ANSWERING = r"(?:(?:reply|respond|answer|mention|bother|contact)(?:ing)?|tag(?:ging)?|messag(?:e|ing)|spam(?:ming)?)"
_PATTERNS = (
    rf"\b(?:stop|quit|cease|enough)\b(?:\W+\w+){{0,3}}\W+{_ANSWERING}",
    rf"\b(?:don'?t|do not|never|no more)\b(?:\W+\w+){{0,2}}\W+{_ANSWERING}\b(?:\W+\w+){{0,2}}\W+(?:me|us|again)\b",
    r"\bleave me (?:alone|be)\b",
    r"\b(?:please|just|now)\W+stop\b\W*$|^\W*(?:@\w+\W+)*stop(?:\W+(?:it|please|now|bot))*\W*$",
    r"\b(?:go away|get lost|unsubscribe|opt(?:ing)? out|not interested in (?:bots?|your replies))\b",
    r"\b(?:no|stop) bots?\b(?:\W+please)?",
    r"\b(?:lass(?:t)? mich in ruhe|h[öo]r(?:t)? auf|nicht mehr antworten|antworte(?:t)? mir nicht)\b",
    r"\b(?:d[ée]ja(?:me|dme) en paz|deja de (?:responder|contestar)|no me (?:respondas|contestes|menciones))\b",
    r"\b(?:laisse[zr]?[- ]moi tranquille|arr[êe]te[zr]? de (?:me )?(?:r[ée]pondre|mentionner))\b",
    r"\b(?:me deixe? em paz|pare de (?:me )?(?:responder|mencionar))\b",
    r"(?:やめて|返信しないで|リプしないで|不要回复我|别回复我|請勿回覆)",
)
_STOP = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE | re.MULTILINE)


def says_stop(text: str) -> bool:
    """Say whether a text, turned to the account, asks it to answer no more."""
    return _STOP.search(plain(text)) is not None
