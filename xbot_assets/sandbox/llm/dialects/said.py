"""One answer before it has a shape, and what a server is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Sent = Mapping[str, Any]
"""The parameters of a request, as they came."""
Refusal = tuple[int, Any]
"""An HTTP status and the body."""
Usage = dict[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model wrote and thought; tokens are those that its server bills. ``is_cut``: its limit ended it."""

    model: str
    text: str
    thoughts: str
    prompt: int
    written: int
    thought: int
    is_cut: bool
    number: int
    created: int

    @property
    def all_tokens(self) -> int:
        """Prompt, text and thoughts."""
        return self.prompt + self.written + self.thought

    def finish(self, cut_word: str = "length") -> str:
        """Return why it ended."""
        return cut_word if self.is_cut else "stop"
