"""A text as it should appear on X: without traces of how it was written down.

X shows Markdown, entities and escapes as they are. Where their meaning is certain they are replaced; what is left of
them is a reason to refuse the text.
"""

import html
import re
import unicodedata

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_NESTED_ENTITIES = 2
"""``&amp;lt;`` was escaped twice; more than that is not seen."""
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]|[ \t]*<br ?/?>[ \t]*", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, lone surrogates and what is no character: PostgreSQL refuses some, X the others."""
_ESCAPES_OF_CODE = re.compile(r"(?<![^\W_])[A-Za-z]:\\|\\\\|\\[^nrt\"'\W]")
_NO_SHAPE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Marks, letters and symbols that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and the empty braille
cell); the spaces and format characters are told by their category."""
"""A path, or other escapes: there a backslash and an n may be anything."""
_ESCAPED_BREAK = re.compile(r"[ \t]*(?:\\r)?\\n[ \t]*")
_ESCAPED_QUOTE = re.compile(r"\\([\"'])")
_BREAK_SPOKEN_OF = re.compile(
    r"[\"'`“‘]\\n[\"'`”’]|\w \\n (?=[a-z])|\b[A-Za-z]:\\n(?=[A-Z])|[.!?:,;…] ?\\\\n"  # noqa: RUF001
)
"""Spoken of, perhaps a path, or escaped twice: what is meant is not certain."""
_FENCE = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_MARKUP = (
    (re.compile(r"(?<![A-Za-z0-9*])\*\*\*?(?=\S)([^*\n]+?)(?<=\S)\*\*\*?(?![A-Za-z0-9*])"), r"\1"),
    (re.compile(r"(?<![\w_@#/.])__(?=\S)([^_\n]+?)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![A-Za-z0-9*=/&])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![A-Za-z0-9*])"), r"\1"),
    (re.compile(r"(?<![\w_@#/.\\])_(?=[^\s_])([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+(?=\S)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[*+][ \t]+(?=\S)", re.MULTILINE), "• "),
)
"""What Markdown means by it, in the order in which it is taken off; a hashtag has no space after its sign."""
_NESTED_MARKS = 2
_DASHED = re.compile(r"^[ \t]*-[ \t]+(?=\S)", re.MULTILINE)
_LIST_FROM = 2
_QUOTE_MARKED = re.compile(r"^> ?", re.MULTILINE)
_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("‘", "’"), ("'", "'"))  # noqa: RUF001
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")  # noqa: RUF001
_FIRST_OF_A_THREAD = re.compile(r"\A(?:1/(?=[ \n])|[(\[]1/(?:\d{1,2}|n|x)?[)\]]|1/(?:\d{1,2}|n|x)[:.)\n])\s*")
_SPACE_AT_ENDS = re.compile(r"[ \t]+(?=\n|\Z)")
_EMPTY_LINES = re.compile(r"\n{3,}")

_MARKDOWN = "It holds marks of Markdown, which X shows as they are: write plain text."
_OF_A_THREAD = "It is written as a part of a thread: write one whole post."
_PROBLEMS = (
    (re.compile(r"\*\*|(?<!\w)__(?=\w)|~~|`"), _MARKDOWN),
    (re.compile(r"^[ \t]*(?:#{1,6}[ \t]|[*+>][ \t]|-{3,}$|\*{3,}$|\|.*\|$)", re.MULTILINE), _MARKDOWN),
    (re.compile(r"\]\(\s*\S+\s*\)"), "It holds a link of Markdown: X would show the brackets."),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,60}>"), "It holds HTML, which X shows as it is: write plain text."),
    (_ENTITY, "It holds an entity of HTML: write the character itself."),
    (_UNSTORABLE, "It holds control characters."),
    (_BREAK_SPOKEN_OF, "It holds a backslash and an n, and it is not clear whether a line break is meant."),
)
_THREAD_PROBLEMS = (
    (re.compile(r"\A[(\[]?[1-9]/(?:[2-9]|n)?[)\]:.]?\s+(?=[A-Z\"“])"), _OF_A_THREAD),
    (re.compile(r"\A\W*🧵|🧵\W*\Z|\ba thread\s*(?:[:👇⬇↓]|\Z)", re.IGNORECASE), _OF_A_THREAD),
)


def presentable(text: str, *, single: bool = True) -> str:
    """Return the text with everything replaced whose meaning is certain.

    Args:
        text: as a model, a person or a file gave it.
        single: whether it is a post of its own; the segments of a thread may be numbered.
    """
    for step in (_characters, _line_breaks, _unfenced, _unquoted, _unmarked, _unquoted):
        text = step(text)
    if single:
        text = _FIRST_OF_A_THREAD.sub("", text)
    return _EMPTY_LINES.sub("\n\n", _SPACE_AT_ENDS.sub("", text)).strip()


def presentation_problem(text: str, *, single: bool = True) -> str | None:
    """Say what of a presentable text would be shown otherwise than it was meant, or ``None``."""
    if _line_breaks(text) != text:
        return "It holds line breaks written as a backslash and an n."
    checks = (*_PROBLEMS, *(_THREAD_PROBLEMS if single else ()))
    return next((reason for pattern, reason in checks if pattern.search(text)), None)


def shows_nothing(text: str) -> bool:
    """Whether a reader would see nothing of it: spaces of any width, and characters that have no shape."""
    return not any(_is_seen(character) for character in text)


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _NO_SHAPE and not _SHAPELESS.match(character)


def storable(text: str) -> str:
    """Return the text without what the database or X refuses; nothing else changes."""
    return _UNSTORABLE.sub("", text)


def _characters(text: str) -> str:
    for _ in range(_NESTED_ENTITIES):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return storable(_BREAKS.sub("\n", text)).replace("\u00a0", " ")


def _line_breaks(text: str) -> str:
    if "\\" not in text or _ESCAPES_OF_CODE.search(text) or _BREAK_SPOKEN_OF.search(text):
        return text
    return _ESCAPED_QUOTE.sub(r"\1", _ESCAPED_BREAK.sub("\n", text).replace("\\t", " "))


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced[1] if fenced else text


def _unmarked(text: str) -> str:
    for pattern, plain in _MARKUP * _NESTED_MARKS:
        text = pattern.sub(plain, text)
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(line.startswith(">") for line in lines):
        text = _QUOTE_MARKED.sub("", text)
    return _DASHED.sub("• " if len(_DASHED.findall(text)) >= _LIST_FROM else "– ", text)  # noqa: RUF001


def _unquoted(text: str) -> str:
    """Take off quotation marks around the whole text; two quotations in it, or a quoted beginning, keep theirs."""
    whole = text.strip()
    for opening, closing in _QUOTES:
        inner = whole[1:-1]
        wrapped = len(whole) > len(opening + closing) and whole[0] == opening and whole[-1] == closing
        if wrapped and not {opening, closing} & set(_APOSTROPHE.sub("", inner)):
            return inner
    return text
