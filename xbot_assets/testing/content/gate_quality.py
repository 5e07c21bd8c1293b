"""How often each gate is right on the labelled texts, and how long the gates take."""

import itertools
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xbot_assets.domain.gates.chain import GATES, first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import History, history_of
from xbot_assets.llm.persona import load_persona

TEXTS = Path(__file__).with_name("gate_texts.toml")
OK = "ok"
CHAIN = "chain"
HISTORY_POSTS = 2000
"""About 90 days at the daily cap of 24."""
Half = Literal["tuning", "held_out", "both"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text, the format asked for, the editor's verdict, and the half it is in."""

    text: str
    format: str
    verdict: str
    half: Half


@dataclass(frozen=True, slots=True)
class Quality:
    """How one gate did alone, and the chain as a whole.

    ``wrongly`` counts texts that the editor lets out; texts that he refuses for another reason count neither way.
    """

    gate: str
    caught: int
    missed: int
    wrongly: int

    @property
    def recall(self) -> float:
        """The share of what it should refuse that it refuses."""
        return self.caught / max(1, self.caught + self.missed)

    @property
    def precision(self) -> float:
        """The share of its refusals that are right."""
        return self.caught / max(1, self.caught + self.wrongly)


def labelled_texts(half: Half = "both") -> tuple[list[Labelled], list[str]]:
    """Return the labelled texts of a half, and the history; every second text of a group is held out."""
    document = tomllib.loads(TEXTS.read_text("utf-8"))
    labelled = [
        Labelled(text, asked, group["gate"], "held_out" if number % 2 else "tuning")
        for group in document["group"]
        for number, (asked, text) in enumerate(group["texts"])
    ]
    return [entry for entry in labelled if half in ("both", entry.half)], document["history"]


def measure(texts: Sequence[Labelled], history: History) -> list[Quality]:
    """Run every gate alone on every text, then the chain."""
    return [_quality(gate, texts, history) for gate in [*GATES, CHAIN]]


def fires(gate: str, entry: Labelled, history: History) -> bool:
    """Say whether a gate, or the chain, refuses a text."""
    context = GateContext(load_persona(), entry.format, history=history)
    judged = first_refusal if gate == CHAIN else GATES[gate]
    return judged(entry.text, context) is not None


def wrong(texts: Iterable[Labelled], history: History) -> list[tuple[str, str, str]]:
    """Return each mistake as gate, what is wrong, and text."""
    mistakes: list[tuple[str, str, str]] = []
    for entry in texts:
        fired = [gate for gate in GATES if fires(gate, entry, history)]
        if entry.verdict == OK:
            mistakes += [(gate, "refuses wrongly", entry.text) for gate in fired]
        elif entry.verdict not in fired:
            mistakes.append((entry.verdict, f"misses ({', '.join(fired) or 'nobody'} refuses)", entry.text))
    return mistakes


def _quality(gate: str, texts: Sequence[Labelled], history: History) -> Quality:
    own = [entry for entry in texts if (entry.verdict != OK if gate == CHAIN else entry.verdict == gate)]
    caught = sum(fires(gate, entry, history) for entry in own)
    wrongly = sum(fires(gate, entry, history) for entry in texts if entry.verdict == OK)
    return Quality(gate, caught, len(own) - caught, wrongly)


def milliseconds(texts: Sequence[Labelled]) -> list[float]:
    """Return how much processor time all gates need for each text against 2,000 posts, sorted."""
    history = history_of(_made_up_posts(texts), load_persona().language)
    took: list[float] = []
    for gate in GATES:
        fires(gate, texts[0], history)  # the language model and the dictionary are read once a process
    for entry in texts:
        started = time.process_time()
        for gate in GATES:
            fires(gate, entry, history)
        took.append((time.process_time() - started) * 1000)
    return sorted(took)


def _made_up_posts(texts: Sequence[Labelled]) -> list[str]:
    """Cross the beginnings and ends of the labelled texts: as long as real posts, and all different."""
    halves = [(entry.text[: len(entry.text) // 2], entry.text[len(entry.text) // 2 :]) for entry in texts]
    pairs = ((i, j) for j in range(1, len(halves)) for i in range(len(halves)))
    return [halves[i][0] + halves[(i + j) % len(halves)][1] for i, j in itertools.islice(pairs, HISTORY_POSTS)]
