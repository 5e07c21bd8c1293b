"""What an entry of the alert catalogue is: words with named fields, a severity, and what ends the alert."""

import re
from dataclasses import dataclass
from string import Formatter
from typing import Literal

Severity = Literal["info", "warning", "critical"]

ACKNOWLEDGED = "A person acknowledges it."
"""The end of an alert about something that is over: nothing but a person can say that it was read."""
_LITERAL_OF_A_KEY = re.compile(r"[a-z_.:]*")
_NO_ANCHOR = re.compile(r"[^a-z0-9 -]")


@dataclass(frozen=True, slots=True)
class RenderedAlert:
    """One alert as it is stored."""

    key: str
    severity: Severity
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One kind of alert. ``key``, ``sentence`` and ``remedy`` are templates of ``str.format`` with named fields.

    Attributes:
        title: its heading in the runbook.
        key: what the alert is about; one alert per key is open at a time.
        severity: how bad it is.
        sentence: what is wrong, in words for the owner; no field may hold a secret.
        remedy: what the owner can do.
        meaning: for the runbook, what happened and what the product does about it by itself.
        ends: what resolves it, or :data:`ACKNOWLEDGED`.

    Raises:
        ValueError: a template cannot be read, or the key is none.
    """

    title: str
    key: str
    severity: Severity
    sentence: str
    remedy: str
    meaning: str
    ends: str

    def __post_init__(self) -> None:
        """Read every template once, so that a broken one is found when the program is loaded."""
        for template in (self.key, self.sentence, self.remedy):
            _fields(template)
        if not all(_LITERAL_OF_A_KEY.fullmatch(literal) for literal, *_ in Formatter().parse(self.key)):
            raise ValueError(f"{self.key!r} is no key of an alert: small letters, '_', '.' and ':' beside its fields.")

    @property
    def key_fields(self) -> frozenset[str]:
        """The fields that name one alert of this kind."""
        return _fields(self.key)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that has to be given to raise it."""
        return self.key_fields | _fields(self.sentence) | _fields(self.remedy)

    @property
    def prefix(self) -> str:
        """What every key of this kind begins with."""
        return self.key.partition("{")[0]

    @property
    def anchor(self) -> str:
        """Its place in ``docs/runbook.md``, as GitHub names headings."""
        return _NO_ANCHOR.sub("", self.title.lower()).replace(" ", "-")

    def has(self, key: str) -> bool:
        """Say whether an alert with this key is of this kind."""
        return key.startswith(self.prefix) if self.key_fields else key == self.key

    def key_of(self, **key_fields: object) -> str:
        """Return the key of one alert. Raises ``TypeError`` for fields that are missing or unknown."""
        _check(self, self.key_fields, key_fields)
        return self.key.format(**key_fields)

    def render(self, **fields: object) -> RenderedAlert:
        """Return one alert in words. Raises ``TypeError`` for fields that are missing or unknown."""
        _check(self, self.fields, fields)
        # An empty field at either end leaves its space behind.
        reason, remedy = self.sentence.format(**fields).strip(), self.remedy.format(**fields).strip()
        return RenderedAlert(self.key.format(**fields), self.severity, reason, remedy)


def _fields(template: str) -> frozenset[str]:
    parts = [part for part in Formatter().parse(template) if part[1] is not None]
    names = frozenset(str(name) for _, name, _, _ in parts)
    if not all(name.isidentifier() for name in names) or any(conversion for *_, conversion in parts):
        raise ValueError(f"An alert's template names its fields, and nothing else of them: {template!r}")
    return names


def _check(entry: AlertEntry, wanted: frozenset[str], given: dict[str, object]) -> None:
    if wanted != set(given):
        raise TypeError(f"The alert {entry.key} takes {sorted(wanted)}, not {sorted(given)}.")
