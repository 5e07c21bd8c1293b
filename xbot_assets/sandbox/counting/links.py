"""Where X sees links: a reader that walks a text from place to place."""

import re
from collections.abc import Iterator
from itertools import takewhile

from xbot_assets.sandbox.counting.names import is_ascii_word, is_latin, is_name, is_word, name_end

TOO_LONG = 4096
LABEL = 63
SLUG = 40
_HTTPS = len("https://")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_PORT = re.compile(r":[0-9]+")
_SHORT = re.compile(r"https?://t\.co/([a-z0-9]+)", re.IGNORECASE | re.ASCII)
_FORBIDS = re.compile("[A-Za-z0-9@＠$#＃\ufeff\ufffe\uffff]")  # noqa: RUF001 - the characters themselves
_PLAIN = re.compile("[ -~]*")
_PATH_SIGNS, _PATH_ENDS = "!*';:=+,.$/%#[]-\u2013_~@|&", "+-=_#/"
_QUERY_SIGNS, _QUERY_ENDS = "!?*'@();:&=+$/%#[]-_.,~|", "-_&=#/"

Links = list[tuple[int, int]]
"""Where each begins and how many characters it has."""


def links_in(text: str) -> dict[int, int]:
    """Return the links of a text: place to length."""
    links: dict[int, int] = {}
    domains = _Domains(text)
    place = 0 if "." in text else len(text)
    while place < len(text):
        after = None if _FORBIDS.match(text[place]) else _read(domains, place + 1)
        seen = after or (_read(domains, 0) if place == 0 else None)
        links.update(seen[1] if seen else ())
        place = seen[0] if seen else place + 1
    return links


class _Domains:
    """Where the domains of a text end; each label is looked at once, however many places lead to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._label_ends = _label_ends(text)
        self._known: dict[int, int | None] = {}
        self._ends: dict[int, int | None] = {}

    def end(self, begin: int) -> int | None:
        """Return where the longest domain ends that begins at a place."""
        labels, at = [], begin
        while at not in self._ends and self._is_label(at):
            labels.append(at)
            at = self._label_ends[at] + 1
        further = self._ends.setdefault(at, None)
        for label in reversed(labels):
            further = self._ends[label] = further or self._name_after(label)
        return self._ends[begin]

    def _is_label(self, at: int) -> bool:
        stop = self._label_ends[at]
        return self.text[stop : stop + 1] == "." and is_name(self.text[at]) and is_name(self.text[stop - 1])

    def _name_after(self, label: int) -> int | None:
        """Return where the top-level name after a label ends; the label before it holds no low line."""
        dot = self._label_ends[label]
        if dot not in self._known:
            self._known[dot] = name_end(self.text, dot + 1)
        return None if "_" in self.text[label:dot] else self._known[dot]


def _label_ends(text: str) -> list[int]:
    """Return for each place where the label that it is in ends; a place in none ends at itself."""
    ends = [len(text)] * (len(text) + 1)
    for place in range(len(text) - 1, -1, -1):
        ends[place] = ends[place + 1] if text[place] in "-_" or is_name(text[place]) else place
    return ends


def _read(domains: _Domains, start: int) -> tuple[int, Links] | None:
    """Return where what looks like a link ends, and the links in it."""
    text = domains.text
    scheme = _SCHEME.match(text, start)
    begin = scheme.end() if scheme else start
    host = domains.end(begin)
    if host is None:
        return None
    domain, end, has_path = text[begin:host], *_rest_end(text, host)
    if not _is_host(domain) or end - start + (begin - start or _HTTPS) > TOO_LONG:
        return end, []
    if scheme is None:
        bare = text[start - 1 : start] not in {"-", "_", ".", "/"} or start == 0
        return end, _bare(start, domain, end - host if has_path else 0) if bare else []
    return end, _with_scheme(text, start, end)


def _with_scheme(text: str, start: int, end: int) -> Links:
    short = _SHORT.match(text, start, end)
    if short is None:
        return [(start, end - start)]
    return [] if len(short[1]) > SLUG else [(start, _query_end(text, short.end()) - start)]


def _bare(start: int, domain: str, after: int) -> Links:
    """Only the ASCII parts of a domain are linked; the last one takes what follows the domain."""
    spans, end = [], 0
    for begin, stop in _ascii_parts(domain):
        place = domain.find(domain[begin:stop], end)  # X looks for the same letters, and finds the first
        end = place + stop - begin
        spans.append((start + place, stop - begin))
    return [*spans[:-1], (spans[-1][0], spans[-1][1] + after)] if spans else []


def _ascii_parts(domain: str) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < len(domain):
        end = _ascii_part_end(domain, begin)
        if end is not None:
            yield begin, end
        begin = end or begin + 1


def _ascii_part_end(domain: str, begin: int) -> int | None:
    stop = begin
    while stop < len(domain) and (domain[stop] in "-." or is_ascii_word(domain[stop]) or is_latin(domain[stop])):
        stop += 1
    return _longest(domain, begin, list(takewhile(bool, domain[begin:stop].split("."))))


def _longest(domain: str, begin: int, labels: list[str]) -> int | None:
    for count in range(len(labels), 0, -1):
        dot = begin + len(".".join(labels[:count]))
        end = name_end(domain, dot + 1) if domain[dot : dot + 1] == "." else None
        if end is not None:
            return end
    return None


def _rest_end(text: str, host: int) -> tuple[int, bool]:
    """Return where port, path and query end, and whether there is a path."""
    port = _PORT.match(text, host)
    place = port.end() if port else host
    has_path = text[place : place + 1] == "/"
    return _query_end(text, _path_end(text, place) if has_path else place), has_path


def _query_end(text: str, place: int) -> int:
    last = place
    at = place + 1
    while text[place : place + 1] == "?" and at < len(text) and (text[at] in _QUERY_SIGNS or is_ascii_word(text[at])):
        at += 1
        if text[at - 1] in _QUERY_ENDS or is_ascii_word(text[at - 1]):
            last = at
    return last


def _path_end(text: str, slash: int) -> int:
    at = last = slash + 1
    while at < len(text):
        end = _closing(text, at, deep=True) if text[at] == "(" else at + 1 if _is_path(text[at]) else None
        if end is None:
            break
        if text[at] in "(" + _PATH_ENDS or is_word(text[at]):
            last = end
        at = end
    return last


def _closing(text: str, opening: int, *, deep: bool) -> int | None:
    """Return where parentheses end that hold something, and at most once others."""
    at = opening + 1
    while at < len(text) and text[at] != ")":
        if _is_path(text[at]):
            at += 1
            continue
        inner = _closing(text, at, deep=False) if deep and text[at] == "(" else None
        if inner is None:
            return None
        at, deep = inner, False
    return at + 1 if opening + 1 < at < len(text) else None


def _is_path(character: str) -> bool:
    return character in _PATH_SIGNS or is_word(character)


def _is_host(domain: str) -> bool:
    return all(len(label) <= LABEL and _coded_length(label) <= LABEL for label in domain.split("."))


def _coded_length(label: str) -> int:
    if _PLAIN.fullmatch(label):
        return len(label)
    parts = re.split("[。．｡]", label)  # noqa: RUF001 - full stops of other scripts
    coded = (part if _PLAIN.fullmatch(part) else f"xn--{part.encode('punycode').decode()}" for part in parts)
    return len(".".join(coded))
