"""What no text may show: the secrets that this process was given, wherever text leaves it.

``load_settings`` makes every secret setting known here, so a process that knows a secret also masks it: in the sentence
of each failure, each record of the log with its traceback, each alert, the ledger and Dagster's events. Besides the
values there are patterns, for keys and passwords that are not ours.
"""

import base64
import html
import io
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast
from urllib.parse import quote, quote_plus, unquote, urlsplit

MASK = "[secret]"
SHORTEST = 6
"""Characters; a shorter value is not masked, as it would be found within ordinary words."""
HELD_BYTES = 2048
"""Of a line that does not end, so many wait for what comes: longer than any secret, however it is written."""
_HALF_HIDDEN = r"[\w-]*\*[\w*-]*"
_BEFORE_A_KEY = r"""(?:(?<![a-z])api[ _-]?key["']?|\bkey)(?: [a-z]{2,12}){0,2} ?[:=]? ?["'`(]?"""
_PATTERNS = (
    # OpenAI's, and of those who follow it: also "sk-proj-", Anthropic's "sk-ant-", OpenRouter's "sk-or-v1-".
    (("sk-", "sess-"), rf"\b(?:sk|sess)-(?:{_HALF_HIDDEN}|(?=[\w-]*[\d_])[\w-]{{6,}}|[\w-]{{12,}})", MASK),
    (("key-",), r"\bkey-(?=[\w-]*[\d*])[\w*-]{6,}", MASK),
    # Groq's, xAI's, Perplexity's, Cerebras', Hugging Face's, Fireworks'. Their models have short words between hyphens.
    (
        ("gsk_", "xai-", "pplx-", "csk-", "hf_", "fw_"),
        rf"\b(?:gsk_|xai-|pplx-|csk-|hf_|fw_)(?:{_HALF_HIDDEN}|(?=[A-Za-z]*\d)[A-Za-z\d]{{12,}}\b|[A-Za-z\d]{{32,}}\b)",
        MASK,
    ),
    (("AIza",), rf"\bAIza(?:{_HALF_HIDDEN}|[\w-]{{12,}})", MASK),  # Google's
    # Mistral's and others' have no sign of their own: without the words before it, it is the hash of anything.
    (
        ("key", "Key", "KEY"),
        rf"(?i)({_BEFORE_A_KEY})(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{{32,}}\b",
        rf"\1{MASK}",
    ),
    (("://",), r"(?<=://)(?!user:password@)[^\s/@:'\"\\<>]*:[^\s/@'\"\\<>]+(?=@)", MASK),
    (("Bearer ",), r"(?<=\bBearer )(?!(?:auth\w*|tokens?)(?![\w~+/=*-]|\.\w))[\w.~+/=*-]+", MASK),
)
"""An API key, also one that its provider has half hidden; the user and password of a URL, but for our own remedies'
example; a bearer token. Each with the words without which it need not be looked for, which is most of the time, and
with what stands in its place. They ask for far fewer characters than these keys have, for a message may cut one."""
_SHAPES = tuple((signs, re.compile(pattern), instead) for signs, pattern, instead in _PATTERNS)


class _Values:
    """The values that this process knows, in every form in which a text may hold them."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._forms: re.Pattern[str] | None = None

    def add(self, values: Iterable[str]) -> bool:
        """Take further values; say whether any was new."""
        fresh = frozenset(value for value in values if len(value) >= SHORTEST) - self._known
        if fresh:
            self._known |= fresh
            forms = {form for value in self._known for form in _forms(value)}
            ordered = sorted(forms, key=len, reverse=True)  # a URL before the password within it
            # What is masked already stays: the mask's own word may be somebody's password.
            self._forms = re.compile("|".join(map(re.escape, [MASK, *ordered])))
        return bool(fresh)

    def mask(self, text: str) -> str:
        """Replace every known value."""
        return self._forms.sub(MASK, text) if self._forms is not None else text

    def clear(self) -> None:
        """Know no value any more."""
        self._known, self._forms = frozenset(), None


_values = _Values()


def make_secret(values: Iterable[str], addresses: Iterable[str] = ()) -> None:
    """Have these values masked by this process from now on.

    Args:
        values: what is secret; of one that is a URL, its password by itself, too.
        addresses: URLs that may be shown, but without their passwords.
    """
    secrets = {part for value in values for part in (value, *_parts_of_url(value))}
    if _values.add(secrets | {part for address in addresses for part in _parts_of_url(address)}):
        _mask_records()


def forget_secrets() -> None:
    """Mask no value any more, only what the patterns find: for tests, which play many processes in one."""
    _values.clear()


def mask(text: str) -> str:
    """Return the text without the secrets that this process knows, and without what looks like one."""
    masked = _values.mask(text)
    for signs, shape, instead in _SHAPES:
        if any(sign in masked for sign in signs):
            masked = shape.sub(instead, masked)
    return masked


def mask_output() -> None:
    """Mask what this process writes to its own standard output and error from now on.

    For Dagster's run workers, whose output Dagster keeps in files of its own. A stream that somebody else has replaced,
    as a test's capture does, is left alone.
    """
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        sys.stdout = cast("TextIO", _MaskedStream(sys.stdout))
    if sys.stderr is sys.__stderr__ and sys.stderr is not None:
        sys.stderr = cast("TextIO", _MaskedStream(sys.stderr))


class _MaskedStream:
    """A text stream that masks what is written to it, and is the stream otherwise."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text without secrets; return how much of the text was taken."""
        self._stream.write(mask(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def _parts_of_url(value: str) -> Iterator[str]:
    """Yield the password of a URL, as it is written and as it is sent; nothing for what is no URL with one."""
    try:
        password, user = urlsplit(value).password, urlsplit(value).username
    except ValueError:
        return
    if password:
        sent = f"{unquote(user or '')}:{unquote(password)}"
        yield from (password, unquote(password), base64.b64encode(sent.encode()).decode())


def _forms(value: str) -> Iterator[str]:
    """Yield a value as it is, and as it is written within a URL, JSON, Python's ``repr`` and HTML."""
    yield from (value, quote(value, safe=""), quote_plus(value), html.escape(value))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1])


def _mask_records() -> None:
    """Have every log record made without secrets, whoever handles it later."""
    before = logging.getLogRecordFactory()
    if before is not _record:
        _before[:] = [before]
        logging.setLogRecordFactory(_record)


_before: list[Any] = [logging.LogRecord]
"""The factory that makes the records which are masked then."""
_traces = logging.Formatter()


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - as of the factory that was there
    record: logging.LogRecord = _before[0](*args, **kwargs)
    _mask_message(record)
    if record.exc_info and record.exc_info[0] is not None:
        trace = _traces.formatException(record.exc_info)
        if (masked := mask(trace)) != trace:
            # The exception itself goes: a handler of its own would write it out again.
            record.exc_text, record.exc_info = masked, None
    return record


def _mask_message(record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        return  # logging itself reports a message that does not fit its arguments
    if (masked := mask(text)) != text:
        record.msg, record.args = masked, None


class LineMask:
    """Masks a stream of bytes that comes in pieces: a secret may be cut by the end of one."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return the whole lines that are known now, masked, and what a very long one begins with."""
        whole, newline, self._begun = (self._begun + data).rpartition(b"\n")
        told = mask_bytes(whole + newline)
        return told + self._beginning() if len(self._begun) > io.DEFAULT_BUFFER_SIZE else told

    def _beginning(self) -> bytes:
        """Take from a line what goes before its last :data:`HELD_BYTES`, cut where no secret lies across the cut."""
        whole = mask_bytes(self._begun)
        for cut in range(len(self._begun) - HELD_BYTES, 0, -HELD_BYTES):
            first, last = mask_bytes(self._begun[:cut]), self._begun[cut:]
            if first + mask_bytes(last) == whole:
                self._begun = last
                return first
        return self.rest()

    def rest(self) -> bytes:
        """Return what is left of a line that was not ended."""
        begun, self._begun = self._begun, b""
        return mask_bytes(begun)


def mask_bytes(data: bytes) -> bytes:
    """Return UTF-8 text, or what nearly is some, without secrets."""
    return mask(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
