"""What a gate may know besides the text: who the account is, what was asked for, the limits, what went before."""

from dataclasses import dataclass, field

from xbot_assets.domain.gates.reading.history import History
from xbot_assets.domain.persona import Persona


@dataclass(frozen=True, slots=True)
class GateLimits:
    """The numbers of the gates; each is a setting of the same meaning (``settings/gates.py``).

    Attributes:
        weighted_chars: X's weighted length may not pass this.
        content_words: fewer words that carry meaning say nothing.
        hashtags: most hashtags.
        mentions: most mentions of other accounts.
        emoji: most emoji.
        language_probability: refused when the persona's language is less likely than this, from 0 to 1.
        language_letters: a text with fewer letters is too short to tell its language.
        near_duplicate: refused from this similarity on, from 0 to 1.
    """

    weighted_chars: int = 280
    content_words: int = 2
    hashtags: int = 1
    mentions: int = 0
    emoji: int = 6
    language_probability: float = 0.02
    language_letters: int = 16
    near_duplicate: float = 0.6


@dataclass(frozen=True, slots=True)
class GateContext:
    """What the gates know beside the text when they judge it.

    ``format`` is the persona's name of the format asked for; empty: none. ``single``: whether the text is a post of its
    own; the segments of a thread may be numbered.
    """

    persona: Persona
    format: str = ""
    limits: GateLimits = field(default_factory=GateLimits)
    history: History = field(default_factory=History)
    single: bool = True
