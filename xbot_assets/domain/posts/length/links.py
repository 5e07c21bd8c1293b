"""What X takes for a link: with ``https://`` nearly anything, without it a name that ends in a known one."""

import re
from collections.abc import Iterator
from functools import cache

from xbot_assets.domain.posts.length.characters import any_of, folded, joined, letters
from xbot_assets.domain.posts.length.top_level_names import country_names, generic_names

LINK_CHARACTERS_MAX = 4096
"""A longer link is none."""
LABEL_MAX = 63
"""Characters of a part of a domain, in its ASCII form."""
TCO_SLUG_MAX = 40
_ASCII_PREFIX = "xn--"

_NEVER = "\ufeff\ufffe\uffff"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SPACE = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NAME = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACE}{_NEVER}{_DIRECTION}]"
_CYRILLIC, _LATIN = "Ѐ-ӿ", "À-ÖØ-öø-ÿĀ-ɏɓ-ɔɖ-ɗə-əɛ-ɛɣ-ɣɨ-ɨɯ-ɯɲ-ɲʉ-ʉʻ-ʻ\u0300-\u036fḀ-ỿ"  # noqa: RUF001
_BEFORE = rf"(?P<before>[^A-Z0-9@＠$#＃{_NEVER}]|[{_DIRECTION}]|^)"  # noqa: RUF001
_QUERY = r"\?[A-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[A-Z0-9\-_&=#/]"
_A_NAME, _SCHEME = re.compile(_NAME), re.compile("HTTPS?://")
_INSIDE_A_NAME = re.compile(r"[-_./]$")
_DOTS = re.compile("[。．｡]")  # noqa: RUF001
_PLAIN = re.compile(r"[ -~]*")


def link_spans(units: str) -> dict[int, int]:
    """Return where in a text's code units links begin, each with its number of them; the text must be NFC."""
    seen = folded(units)
    if not _ending().search(seen):
        return {}
    return {start: length for match in _matches(seen) for start, length in _links_of(match, units)}


def _matches(seen: str) -> Iterator[re.Match[str]]:
    """Yield what ``finditer`` would, but look only where a domain begins: a long text without one costs no more."""
    begins, place = _domain_begins(seen), 0
    while place < len(seen):
        scheme = _SCHEME.match(seen, place + 1) or (_SCHEME.match(seen) if place == 0 else None)
        may = begins[place + 1] or (place == 0 and begins[0]) or (scheme is not None and begins[scheme.end()])
        match = _link().match(seen, place) if may else None
        if match is not None:
            yield match
        place = match.end() if match is not None else place + 1


def _domain_begins(seen: str) -> bytearray:
    """Mark each place from which names joined by dots lead to a known one; walked backwards, so once."""
    begins = bytearray(len(seen) + 1)
    known = {match.start() for match in _ending().finditer(seen)}
    goes_on = ends = is_open = False
    for place in range(len(seen) - 1, -1, -1):
        sign = seen[place]
        if sign == ".":
            goes_on, ends, is_open = bool(begins[place + 1]), place in known, True
        elif sign in "-_":  # no name ends in one, and the one before the last dot holds no low line
            is_open = is_open and seen[place + 1] != "."
            ends = ends and sign == "-"
        else:
            is_open = is_open and _A_NAME.match(sign) is not None
            begins[place] = is_open and (goes_on or ends)
    return begins


def _links_of(match: re.Match[str], units: str) -> Iterator[tuple[int, int]]:
    domain = units[slice(*match.span("domain"))]
    size = len(match["scheme"] or "https://") + len(match["url"])
    if size > LINK_CHARACTERS_MAX or not _is_domain(domain):
        return
    if not match["scheme"]:
        yield from _bare_links(match, domain)
    elif (length := _length_with_scheme(match["url"])) is not None:
        yield match.start("url"), length


def _bare_links(match: re.Match[str], domain: str) -> Iterator[tuple[int, int]]:
    """Yield the ASCII parts of a domain; what follows the domain belongs to the last of them if it has a path."""
    if _INSIDE_A_NAME.search(match["before"]):
        return
    end = 0
    parts = [domain[slice(*part.span())] for part in _ascii_domain().finditer(match["domain"])]
    after = len(match["url"]) - len(domain) if match["path"] else 0
    for number, part in enumerate(parts, 1):
        start = domain.find(part, end)  # as X does it: the same letters may stand before, in a longer name
        end = start + len(part)
        yield match.start("domain") + start, len(part) + (after if number == len(parts) else 0)


def _length_with_scheme(url: str) -> int | None:
    """Return how much of it is the link; ``t.co`` takes no further path, and ``None`` with too long a one."""
    short = _tco().match(url)
    if short is None:
        return len(url)
    return None if len(short["slug"]) > TCO_SLUG_MAX else len(short[0])


def _is_domain(domain: str) -> bool:
    if domain.startswith(_ASCII_PREFIX) and not _ascii_domain().search(folded(domain)):
        return False
    return all(_ascii_length(label) <= LABEL_MAX for label in joined(domain).split("."))


def _ascii_length(label: str) -> int:
    """Return the length of a label's ASCII form, or of the label when that alone is too much."""
    if len(label) > LABEL_MAX or _PLAIN.fullmatch(label):
        return len(label)
    parts = _DOTS.split(label)
    return len(parts) - 1 + sum(map(_punycode_length, parts))


def _punycode_length(part: str) -> int:
    return len(part) if _PLAIN.fullmatch(part) else len(_ASCII_PREFIX) + len(part.encode("punycode"))


@cache
def _top_level() -> str:
    kinds = (generic_names(), country_names())
    ends = "|".join(f"{any_of(map(folded, names))}(?![0-9A-Z@+-])" for names in kinds)
    return f"(?:{ends}|XN--[-0-9A-Z]+)"


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(rf"\.{_top_level()}")


@cache
def _ascii_domain() -> re.Pattern[str]:
    return re.compile(rf"(?:[\-A-Z0-9{letters(_LATIN)}]+\.)+{_top_level()}")


@cache
def _tco() -> re.Pattern[str]:
    return re.compile(rf"HTTPS?://T\.CO/(?P<slug>[A-Z0-9]+)(?:{_QUERY})?")


@cache
def _link() -> re.Pattern[str]:
    word = rf"{_NAME}++"
    domain = rf"(?:{word}(?:[-_]++{word})*+\.)*{word}(?:-++{word})*+\.{_top_level()}"
    return re.compile(
        rf"{_BEFORE}(?P<url>(?P<scheme>HTTPS?://)?(?P<domain>{domain})(?::[0-9]+)?(?P<path>/{_path()}*)?(?:{_QUERY})?)"
    )


def _path() -> str:
    """Return the expression of a part of a path: parentheses in two levels, punctuation not at its end."""
    script = letters(_CYRILLIC) + letters(_LATIN)
    anything = rf"[A-Z0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{script}]"
    inner = rf"\({anything}+\)"
    parens = rf"\((?:{anything}+|{anything}*{inner}{anything}*)\)"
    return rf"(?:{anything}*(?:{parens}{anything}*)*(?:[A-Z0-9+\-=_#/{script}]|{parens})|@{anything}+/)"
