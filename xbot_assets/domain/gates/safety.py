"""The gate of safety: hatred, violence, self-harm, dangerous instructions, abuse, sex, private data, orders.

Local rules for English, always in force: a wall against the obvious, not a judge of everything.
"""

import re

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.plain import plain, readings
from xbot_assets.domain.gates.refusal import Refusal

CARD_DIGITS = range(13, 20)
"""How long card numbers are (ISO/IEC 7812)."""
_PEOPLE = (
    r"(?:immigrants?|migrants?|foreigners|refugees|muslims?|jews?|christians?|blacks?|whites?|asians?|women|men|gays?"
    r"|lesbians?|trans(?:gender)?(?:\ people)?|gypsies|people\ from\ (?:that|this)\ country|cyclists|drivers|disabled)"
)
_INSULTS = (
    r"(?:vermin|animals|rats|cockroaches|parasites|criminals|subhuman|scum|stupid|inferior|filth\w*|idiots|savages)"
)
_RULES: tuple[tuple[str, str], ...] = (
    (
        "It attacks people for what they are.",
        rf"""\b{_PEOPLE}\b(?:\W+\w+){{0,3}}?\W+(?:are|is|were|be|as|like)\W+(?:\w+\W+){{0,2}}?{_INSULTS}\b
        | \bhate\ (?:(?:all|the|those)\ )*{_PEOPLE}\b | \b{_PEOPLE}\ (?:commit|steal|ruin|are\ to\ blame)\b
        | \b(?:driven|thrown|kicked)\ out\ of\ (?:(?:the|this|our)\ )?(?:town|country)\b
        | \bgo\ back\ to\ (?:your|their)\ country\b""",
    ),
    (
        "It calls for violence or wishes it.",
        rf"""\b(?:kill|murder|shoot|stab|lynch|beat\ up|run\ over)\ (?:(?:all|the|every|those|that|a)\ )*{_PEOPLE}\b
        | \b(?:beat|run|shoot|hunt)\ (?:him|her|them|you)\ (?:up|over|down)\b | \bslash\ (?:his|her|their|your)\b
        | \bshould\ be\ (?:hanged|killed|executed|lynched|shot(?!\ (?:at|in|on|with|from|by)))\b
        | \bsee\b.{{0,40}}\b(?:hanged|executed|lynched)\b | \bdeserves?\ to\ die\b""",
    ),
    (
        "It touches self-harm.",
        r"""\bkill\ (?:yourself|yourselves|myself)\b | \bcut\ yourself\b(?!\ (?:a|an|some|another|off|in|while|on))
        | \bsuicide\b | \bend\ (?:your|my)\ life\b | \bhang\ yourself\b | \bkys\b | \bthinspo\w*\b | \bpro[- ]ana\b
        | \bhunger\ is\ (?:just\ )?weakness\b | \b[1-9]\d{0,2}\ calories\ a\ day\b""",
    ),
    (
        "It tells how to do something dangerous.",
        r"""\b(?:mix|mixing|combine)\b.{0,40}\bbleach\b.{0,40}\b(?:ammonia|vinegar|acid)\b
        | \bbleach\ and\ (?:ammonia|vinegar)\b | \b(?:pipe|nail|fertili[sz]er|petrol|car)\ bombs?\b | \bmolotov\b
        | \bhow\ to\ (?:make|build|cook)\b.{0,30}\b(?:(?<!seed\ )(?<!bath\ )bombs?|explosives?|meth|poison|weapons?)\b
        | \b(?:heroin|cocaine|meth|fentanyl)\b""",
    ),
    (
        "It abuses or swears.",
        r"""\b(?:(?:mother)?fuck\w*|cunts?|bitch(?:es)?|shit(?:ty|head)?|bullshit|assholes?|arseholes?|wank\w*|twats?
        |bastards?|nigg\w+|fagg?ots?|retard(?:s|ed)?|sluts?|whores?)\b
        | \bthat\ idiot\b | \byou\ (?:stupid|idiot|moron)\b""",
    ),
    (
        "It is sexual.",
        r"""\b(?:send|show|want|trade)\b.{0,20}\bnudes?\b | \b(?:porn\w*|onlyfans|blowjobs?|orgasms?|masturbat\w*)\b
        | \b(?:she|he|girl|boy|child)\b.{0,40}\b(?:nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|1[0-6])\b
        .{0,40}\bsexy\b | \bsexy\b.{0,40}\b(?:girl|boy|child|teen\w*)\b""",
    ),
    (
        "It gives orders to a machine.",
        r"""\b(?:ignore|disregard|forget)\ (?:(?:all|any|the|your)\ )*(?:previous|prior|above|earlier)\ (?:\w+\ )?
        (?:instructions?|rules?|prompts?|messages?|directions?|orders?)\b | \bsystem\ prompt\b | \bdeveloper\ mode\b
        | \byou\ are\ now\ (?:a|an|in)\b.{0,30}\b(?:mode|assistant|ai)\b""",
    ),
)
_HARM = tuple((reason, re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.DOTALL)) for reason, pattern in _RULES)
_PRIVATE = re.compile(
    r"(?<![\w])\+\d{1,3}[ -]?\(?\d{2,4}\)?(?:[ -]?\d{2,}){2,}|\b[Mm]y (?:password|pin)(?: code)? is\b"
    r"|\bsk-[\w-]{16,}|\b(?:ghp|xox[bap]|AKIA)[\w-]{12,}|\b[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){3,7}\b"
)
_DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")


def safety(text: str, context: GateContext) -> Refusal | None:
    """Refuse what may hurt somebody, whoever the account is."""
    del context  # the same for every persona
    for reading in readings(text):
        for reason, pattern in _HARM:
            if pattern.search(reading):
                return Refusal("safety", reason)
    seen = plain(text)
    if _PRIVATE.search(seen) or any(_is_card(match[0]) for match in _DIGITS.finditer(seen)):
        return Refusal("safety", "It holds private data: a telephone number, an account, a password or a key.")
    return None


def _is_card(shown: str) -> bool:
    """Check the digits as card issuers do (Luhn's sum)."""
    digits = [int(character) for character in shown if character.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return len(digits) in CARD_DIGITS and sum(doubled) % 10 == 0
