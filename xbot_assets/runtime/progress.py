"""How a start tells what it is doing, and how long each step took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Tell = Callable[[str], None]


@dataclass(slots=True)
class Progress:
    """Says a line when a step has ended, and keeps the seconds.

    Attributes:
        step_done: called with the step's name and its real seconds.
        tell: called with a sentence that a person may want to read.
        seconds: what was measured so far, by step.
    """

    step_done: Callable[[str, float], None]
    tell: Tell
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block; a step that fails says nothing, its failure does."""
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.seconds[name] = round(took, 2)
        self.step_done(name, took)
