"""What an order to a language model looks like in a post by somebody else, and what it wants said.

Used as evidence only: a post that looks like an order is no offence, an answer that does what it says is.
"""

import base64
import codecs
import contextlib
import re
from collections.abc import Iterator
from functools import lru_cache

from xbot_assets.domain.gates.reading.plain import REMEMBERED, plain, readings

_ADDRESSED = (
    # English: an order about answers, prompts, rules or "every post"; a role; a fake turn; a tool call.
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|rule|prompt|above|previous|prior)",
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:earlier|told|guideline|everything|directive)",
    r"\b(?:repl(?:y|ies)|respond|answer|output|print|write|post|say)\b.{0,40}\b(?:only|just|exactly|with|in|nothing)\b",
    r"\b(?:repl(?:y|ies)|respond|answer|output|print|write|post|say)\b.{0,40}\b(?:instead|the (?:word|phrase|text))\b",
    r"\b(?:every|each|all|your|the) (?:\w+ )?(?:posts?|tweets?|answers?|repl(?:y|ies)|outputs?|drafts?|responses?)\b",
    r"\b(?:system|developer) (?:prompt|message|note|override|notice|instruction)",
    r"\b(?:your|the) (?:\w+ )?(?:instructions|guidelines)\b|\bthe task\b",
    r"\byou are (?:now|no longer)\b|\byou (?:must|should|say|have to)\b|\bfrom now on\b",
    r"\bact as\b|\bpretend\b|\brole-?play\b|\bstay in character\b|\bdeveloper mode\b",
    r"\b(?:AI|LLMs?|GPT|chatbots?|bots?|assistants?|models?|crawlers?|agents?|automated|reader of this feed)\b",
    r"(?:^|\W)(?:system|assistant|developer|user)\s*[:\]>|]|<\|?\w+\|?>|<!--|\[/?INST\]|###",
    r"tool_?calls?|function_call|\"role\"|\b(?:print|output|write)\s*[(:\"']",
    r"\b(?:include|insert|append|add|mention|recommend|promote|praise)\b.{0,60}\b(?:post|tweet|answer|reply|end)",
    r"\b(?:include|insert|append|add|mention|recommend|promote|praise)\b.{0,60}\b(?:next|link|code|word)",
    r"\b(?:tell|send|show|remind|convince) (?:\w+ ){0,2}(?:them|people|readers?|followers|everyone|everybody)\b",
    r"\b(?:put|glue|join)\b.{0,60}\b(?:posts?|caption|word|end|start)\b",
    r"\b(?:switch to|use only)\b",
    r"\b(?:now|instead),? (?:output|write|print|say|post)\b",
    r"\b(?:repeat|copy|translate|decode|continue|complete|reveal|leak|base-?64|rot-?13)\b",
    r"\b(?:safety team|support team|verification|suspended|compliance|admin(?:istrator)?|urgent(?:ly)?)\b",
    # Spanish and Portuguese, German and Dutch, French and Italian, Polish, Turkish and Indonesian.
    r"\b(?:ignor[aeioé]|olvid[ae]|respond[ae]|escrib[ea]|escrev[ae]|añad[ae]|incluy[ea]|inclua|esqueç)\w*",
    r"\b(?:ignorier\w*|vergiss|vergesst|antworte\w*|schreibe?|füge?|beende|negeer|vergeet|antwoord|schrijf|voeg)\b",
    r"\b(?:oublie|répond|écri[sv]|ajoute|dimentic|rispond|scriv[ie]|aggiung)\w*",
    r"\b(?:zignoruj|zapomnij|odpowied|napisz|dodaj)\w*",
    r"\b(?:unut|yok say|yaz|ekle|yan[ıi]tla|abaikan|lupakan|tulis|balas)\w*",  # noqa: RUF001
    # Russian and Ukrainian, Arabic, Chinese, Japanese, Korean, Hindi, Vietnamese.
    r"игнорир\w+|забудь\w*|ответь\w*|отвечай\w*|напиши\w*|добав\w+|ігнор\w+|додай\w*|відпов\w+",
    r"تجاهل|اكتب|أجب|أضف|انس",
    r"忽略|无视|無視|忘记|回答|回复|输出|只写|请写|答え|書い|出力|追加|무시|잊어|답하|답변|써|쓰|출력|추가",
    r"अनदेखा|लिख|जवाब|उत्तर|जोड़|भूल|bỏ qua|quên|viết|trả lời",
)
_ORDER = re.compile("|".join(_ADDRESSED), re.IGNORECASE | re.DOTALL)
_CODED = re.compile(r"\b[A-Za-z0-9+/]{16,}={0,2}|(?:[0-9a-fA-F]{2} ?){8,}")
_OPENS, _CLOSES = '"“„«「『', '"”“»」』'
_QUOTED = re.compile(
    rf"[{_OPENS}‘’'`]([^{_OPENS}{_CLOSES}]{{2,200}}?)[{_CLOSES}`]"  # noqa: RUF001
    r"|(?<!\w)['‘’]([^'‘’]{2,200})['‘’](?!\w)"  # noqa: RUF001
    rf"|[{_OPENS}]([^{_CLOSES}]{{2,200}})"
)
"""In quotation marks; the last form has lost its closing one."""
_AFTER_A_COLON = re.compile(r"[:\uff1a]\s*([^\n:\uff1a]{2,200})")
_NAMED = re.compile(
    r"\b(?:mention|include|add|recommend|promote|praise|say|saying|word|phrase|write|claim|state|announce|that|with|"
    r"called|named|about|buy)\s+((?:[\w'-]+[ ,]*){1,12})",
    re.IGNORECASE,
)
_ODD = re.compile(r"\b(?=\w*[^\W\d_])(?=\w*\d)[\w-]{4,}|\b[A-Z][A-Z0-9-]{3,}\b")
_PROPER = re.compile(r"(?<=[\w,] )[A-Z][a-z][\w-]{2,}")
"""Names: capitalised inside a sentence."""
_FEW_WORDS = 2
_SPACED = re.compile(r"(?:\b\w[ .\-_]){3,}\w\b")
_BETWEEN = re.compile(r"[ .\-_]")
_TAGS, _TAGS_FROM_ASCII = range(0xE0020, 0xE007F), 0xE0000
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


@lru_cache(maxsize=REMEMBERED)
def undisguised(text: str) -> str:
    """Return a text as a model may read it: plain, tag characters as their letters, spaced letters joined."""
    shown = "".join(_visible(character) for character in text)
    return _SPACED.sub(lambda match: _BETWEEN.sub("", match[0]), plain(shown))


def is_order(text: str) -> bool:
    """Say whether a text seems to address a language model."""
    return any(_ORDER.search(reading) for reading in readings(undisguised(text)))


def decoded(text: str) -> Iterator[str]:
    """Yield what a text may say in disguise: its words of base64 or hex unpacked, in ROT13, and backwards."""
    flat = undisguised(text)
    yield from unpacked(flat)
    yield from (codecs.encode(flat, "rot13"), flat[::-1])


def unpacked(text: str) -> Iterator[str]:
    """Yield the readable texts packed in base64 or hex."""
    for packed in _CODED.findall(text):
        for unpack in (_from_base64, bytes.fromhex):
            with contextlib.suppress(ValueError):
                said = unpack(packed).decode()
                if said.isprintable():
                    yield said


def _from_base64(packed: str) -> bytes:
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)


def quoted(text: str) -> list[str]:
    """Return what stands in quotation marks of any kind."""
    return [next(filter(None, groups), "") for groups in _QUOTED.findall(undisguised(text))]


def wanted_words(text: str) -> Iterator[str]:
    """Yield what an order may want said: quoted, after a colon, after a verb of saying, odd words and names."""
    flat = undisguised(text)
    yield from quoted(text)
    yield from _ODD.findall(flat)
    yield from _PROPER.findall(flat)
    for pattern in (_AFTER_A_COLON, _NAMED):
        for said in pattern.findall(flat):
            if len(said.split()) > _FEW_WORDS:
                yield said


def _visible(character: str) -> str:
    """Return a tag character as its twin, and nothing for one that only chooses between shapes of another."""
    point = ord(character)
    if point in _TAGS:
        return chr(point - _TAGS_FROM_ASCII)
    return "" if any(point in selectors for selectors in _SELECTORS) else character
