"""A text as it should appear on X: without traces of how it was written down.

X shows Markdown, entities and escapes as they are. Where their meaning is certain they are replaced; what is left of
them is a reason to refuse the text.
"""

import html
import re
import unicodedata
from html.entities import html5

from xbot_assets.domain.posts import wrappings

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_NESTED_ENTITIES = 2
"""``&amp;lt;`` was escaped twice; more than that is not seen."""
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]|[ \t]*<br ?/?>[ \t]*", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, lone surrogates and what is no character: PostgreSQL refuses some, X the others."""
_TERMINAL = re.compile("(?:\x1b\\[|\x9b)[0-9;?]*[@-~]|\x1b\\][^\x07\x1b\n]*(?:\x07|\x1b\\\\)")
"""Colours and titles of a terminal: their letters mean nothing without the control character before them."""
_UNSEEN = re.compile(
    "[\u00ad\u180e\u200b\u2060\u202d\u202e\ufff9-\ufffb]"
    "|(?<!\U0001f3f4)(?<![\U000e0020-\U000e007e])[\U000e0020-\U000e007f]+"
)
"""Takes no room, or turns the text round; what joins letters and emoji, or marks a direction, is needed and stays."""
_PATH = re.compile(r"(?<![^\W_])[A-Za-z]:\\")
_ESCAPES_OF_CODE = re.compile(rf"{_PATH.pattern}|\\\\|\\[^nrt\"'\W]")
"""A path, or other escapes: there a backslash and an n may be anything."""
_NO_SHAPE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Marks, letters and symbols that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and the empty braille
cell); the spaces and format characters are told by their category."""
_ESCAPED_BREAK = re.compile(r"[ \t]*(?:\\r)?\\n[ \t]*")
_ESCAPED_QUOTE = re.compile(r"\\([\"'])")
_ESCAPED_SLASH = re.compile(r"(?<=\w)\\/(?=\w)|(?<=:)\\/\\/(?=\w)")
"""As JSON may write one."""
_ESCAPED_MARK = re.compile(
    r"(?<![\\¯])\\(?:(?!\*[\w^]\*/)([*#`~!&%$])|([-+>|])(?= )|(?<=\w\\)(_)(?=\w))|(?<=^\d)\\([.)])(?= )", re.MULTILINE
)
"""How a sign is written in Markdown that is none of its marks; shrugs and cheers keep their arms."""
_BREAK_SPOKEN_OF = re.compile(
    r"[\"'`“‘]\\n[\"'`”’]|\w \\n (?=[a-z])|\b[A-Za-z]:\\n(?=[A-Z])|[.!?:,;…] ?\\\\n"  # noqa: RUF001
    r"|\\\\n(?=[A-Z\s\\]|\Z)|\\(?:nabla|nu|neq?|neg|not|newline|text\w*|theta|tau|times|tan|to|top|tfrac|rho|right\w*)\b"
)
"""Spoken of, perhaps a path, escaped twice, or a command of TeX: what is meant is not certain."""
_FENCE = re.compile(r"\A\s*(```|~~~)(?:[\w-]*\n)?([^`~].*?)\n?\1\s*\Z", re.DOTALL)
_DUNDER = r"(?:init|main|name|call|str|repr|dict|slots|all|file|doc|eq|hash|len)__|[a-z]{2,12}__(?:\.\w|\()"
"""What follows two underlines in names of Python: ``__init__``, ``__magic__.py``, ``__magic__()``."""
_MARKUP = (
    (re.compile(r"(?<![A-Za-z0-9*])\*\*\*?(?=\S)([^*\n]+?)(?<=\S)\*\*\*?(?![A-Za-z0-9*])"), r"\1"),
    (re.compile(rf"(?<![\w_@#/.])__(?!{_DUNDER})(?=\S)([^_\n]+?)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![A-Za-z0-9*=/&\\])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![A-Za-z0-9*])"), r"\1"),
    (re.compile(r"(?<![\w_@#/.\\])_(?=[^\s_])([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+(?=[^\s\d])|^[ \t]*#{2,6}[ \t]+(?=\d)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[*+][ \t]+(?=[^\s*])", re.MULTILINE), "• "),
)
"""What Markdown means by it, in the order in which it is taken off; a hashtag has no space after its sign.

Names of Python keep their underlines, and a single ``#`` before a digit may be the sign for a number ("# 1 reason").
"""
_NESTED_MARKS = 2
_WRAPPED_AT_MOST = 3
"""Layers around a text, each seen when the one around it is off: a label in bold in quotation marks."""
_DASHED = re.compile(r"^[ \t]*-[ \t]+(?=\S)", re.MULTILINE)
_LIST_FROM = 2
_QUOTE_MARKED = re.compile(r"^> ?", re.MULTILINE)
_MORE_THAN = r">[ \t]*(?:[$€£¥~]?\d|=)"
"""A comparison at the beginning of a line ("> 90 % of all startups fail"), not the mark of a quotation."""
_OPENINGS = '"“„„„“"”«»‹›‘‚\'「『｢＂'  # noqa: RUF001
_CLOSINGS = '"”“”""””»«›‹’‘\'」』｣＂'  # noqa: RUF001
_REPEATED_QUOTES = re.compile(r"\A(\"{2,3}|'{2,3})(?=[^\"'\s])(.+?)\1\Z", re.DOTALL)
"""As Python and wikis write them."""
_QUOTES = tuple(zip(_OPENINGS, _CLOSINGS, strict=True))
"""Of all languages, and the pairs that an editor makes by halves."""
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")  # noqa: RUF001
_OF = "[/\u2044\u2215\uff0f]"
"""A slash, and the signs that look like one."""
_FIRST_OF_A_THREAD = re.compile(
    rf"\A(?:[1\uff11]{_OF}(?=[ \n])|[(\[]1{_OF}(?:\d{{1,2}}|n|x)?[)\]]"
    rf"|1{_OF}(?!(?:5|10)[:.])(?:\d{{1,2}}|n|x)[:.)\n])\s*"
)
"""One of five, and of ten, may be somebody's rating."""
_LINK_IN_BRACKETS = re.compile(r"<(https?://[^\s<>]+)>")
_SPACE_AT_ENDS = re.compile(r"[ \t]+(?=\n|\Z)")
_EMPTY_LINES = re.compile(r"\n{3,}")

_MARKDOWN = "It holds marks of Markdown, which X shows as they are: write plain text."
_OF_A_THREAD = "It is written as a part of a thread: write one whole post."
_HTML = "It holds HTML, which X shows as it is: write plain text."
_HTML_NAMES = (
    "a|b|i|u|s|p|em|strong|br|hr|div|span|ul|ol|li|h[1-6]|code|pre|blockquote|img|sup|sub|small|table|t[rdh]|script"
)
_POWER = re.compile(r"(?<=[\w)])\*\*(?=[\w(])|(?<=\d )\*\*(?= \d)")
"""As in x**2: one alone is no mark of Markdown."""
_PROBLEMS = (
    (re.compile(rf"\*\*|(?<!\w)__(?=\w)(?!{_DUNDER})|~~|`"), _MARKDOWN),
    (re.compile(rf"^[ \t]*(?:#{{1,6}}[ \t]|[*+][ \t]|(?!{_MORE_THAN})>[ \t]|\|.*\|$)", re.MULTILINE), _MARKDOWN),
    (re.compile(r"^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE), _MARKDOWN),
    (re.compile(r"^[ \t]*[-–•*+][ \t]+\[[ xX]\][ \t]", re.MULTILINE), _MARKDOWN),  # noqa: RUF001
    (
        re.compile(r"\]\(\s*(?:[^\s()]*[/.:#]\S*|url|link)\s*\)"),
        "It holds a link of Markdown: X would show the brackets.",
    ),
    (re.compile(rf"</?(?:{_HTML_NAMES})(?:\s[^<>\n]{{0,60}})?/?>", re.IGNORECASE), _HTML),
    (re.compile(r"(?<!\w)</?[A-Za-z][^<>\n]{0,60}>"), _HTML),
    (re.compile(r"^[ \t]*={3,}[ \t]*$|(?<![\w=])==(?=\w)[^=\n]+(?<=\S)==(?![\w=])", re.MULTILINE), _MARKDOWN),
    (
        re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*https?://|(?<!\w)\[(?=[^\]\n]*[^\W\d])[^\]\n]+\]\[\w*\]", re.MULTILINE),
        _MARKDOWN,
    ),
    (re.compile(r"<!--|<!doctype\b|<!\[CDATA", re.IGNORECASE), _HTML),
    (_UNSTORABLE, "It holds control characters."),
    (_BREAK_SPOKEN_OF, "It holds a backslash and an n, and it is not clear whether a line break is meant."),
    *wrappings.PROBLEMS,
)
_SINGLE_PROBLEMS = (
    (re.compile(r'\A["“„«](?=\w)[^"“”„«»]*\Z|\A[^"“”„«»]*(?<![\d\s])"\Z'), "It has a quotation mark at one end only."),
    (re.compile(rf"\A[(\[]?[1-9]\ufe0f?\u20e3? ?{_OF} ?(?:[2-9]|1\d|n)?[)\]:.]?\s+(?=[A-Z\"“])"), _OF_A_THREAD),
    (re.compile(rf"\A(?:[1-9]{_OF}(?=[A-Z][a-z]|🧵)|[①-⑳]{_OF})"), _OF_A_THREAD),
    (re.compile(rf"\A(?:tweet|post|part) \d{{1,2}}(?: ?{_OF} ?| of )\d", re.IGNORECASE), _OF_A_THREAD),
    (re.compile(r"[(\[]1/(?:[2-9]|1\d|n)[)\]]\W*\Z", re.IGNORECASE), _OF_A_THREAD),
    (
        re.compile(r"\A\W*(?:\w+ )?🧵|🧵\W*\Z|\Athread\s*[:👇⬇↓]|\ba thread\s*(?:[:👇⬇↓]|\Z)", re.IGNORECASE),
        _OF_A_THREAD,
    ),
)


def presentable(text: str, *, single: bool = True) -> str:
    """Return the text with everything replaced whose meaning is certain.

    Args:
        text: as a model, a person or a file gave it.
        single: whether it is a post of its own; the segments of a thread may be numbered.
    """
    for _ in range(_WRAPPED_AT_MOST):
        before, text = text, _once(text, single=single)
        if text == before:
            break
    return text


def _once(text: str, *, single: bool) -> str:
    for step in (
        _characters,
        _unfenced,
        wrappings.unwrapped,
        _line_breaks,
        _unescaped,
        _unquoted,
        _unmarked,
        _unquoted,
    ):
        text = step(text)
    if single:
        text = _FIRST_OF_A_THREAD.sub("", text)
    return _EMPTY_LINES.sub("\n\n", _SPACE_AT_ENDS.sub("", text)).strip()


def presentation_problem(text: str, *, single: bool = True) -> str | None:
    """Say what of a presentable text would be shown otherwise than it was meant, or ``None``."""
    if _line_breaks(text) != text:
        return "It holds line breaks written as a backslash and an n."
    if _entities(text) != text:
        return "It holds an entity of HTML: write the character itself."
    if text.count("**") == 1:
        text = _POWER.sub(" ", text)
    checks = (*_PROBLEMS, *(_SINGLE_PROBLEMS if single else ()))
    return next((reason for pattern, reason in checks if pattern.search(text)), None)


def shows_nothing(text: str) -> bool:
    """Whether a reader would see nothing of it: spaces of any width, and characters that have no shape."""
    return not any(_is_seen(character) for character in text)


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _NO_SHAPE and not _SHAPELESS.match(character)


def storable(text: str) -> str:
    """Return the text without what the database or X refuses; nothing else changes."""
    return _UNSTORABLE.sub("", _TERMINAL.sub("", text))


def _characters(text: str) -> str:
    for _ in range(_NESTED_ENTITIES):
        text = _entities(text)
    return _UNSEEN.sub("", storable(_BREAKS.sub("\n", text)).replace("\u00a0", " "))


def _entities(text: str) -> str:
    """Read entities that HTML knows; ``&notit;`` is none, although it begins like one."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]) if _is_entity(entity[0]) else entity[0], text)


def _is_entity(written: str) -> bool:
    return written[1] == "#" or written[1:] in html5


def _line_breaks(text: str) -> str:
    if "\\" not in text or _ESCAPES_OF_CODE.search(text) or _BREAK_SPOKEN_OF.search(text):
        return text
    return _ESCAPED_QUOTE.sub(r"\1", _ESCAPED_BREAK.sub("\n", text).replace("\\t", " "))


def _unescaped(text: str) -> str:
    if "\\" not in text or "\\\\" in text or _PATH.search(text):
        return text
    text = _ESCAPED_SLASH.sub(lambda slashes: slashes[0].replace("\\", ""), text)
    return _ESCAPED_MARK.sub(lambda mark: "".join(filter(None, mark.groups())), text)


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced[2] if fenced else text


def _unmarked(text: str) -> str:
    text = _LINK_IN_BRACKETS.sub(r"\1", text)
    for pattern, plain in _MARKUP * _NESTED_MARKS:
        text = pattern.sub(plain, text)
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(line.startswith(">") and not re.match(_MORE_THAN, line) for line in lines):
        text = _QUOTE_MARKED.sub("", text)
    return _DASHED.sub("• " if len(_DASHED.findall(text)) >= _LIST_FROM else "– ", text)  # noqa: RUF001


def _unquoted(text: str) -> str:
    """Take off quotation marks around the whole text; two quotations in it, or a quoted beginning, keep theirs."""
    whole = _REPEATED_QUOTES.sub(r"\2", text.strip())
    if whole != text.strip():
        return whole
    for opening, closing in _QUOTES:
        inner = whole[1:-1]
        wrapped = len(whole) > len(opening + closing) and whole[0] == opening and whole[-1] == closing
        if wrapped and not {opening, closing} & set(_APOSTROPHE.sub("", inner)):
            return inner
    return text
