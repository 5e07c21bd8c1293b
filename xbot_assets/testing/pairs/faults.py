"""The faults, and which go together."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from xbot_assets.testing.pairs.stage import Stage
from xbot_assets.testing.proxy import CLEAR, Way

BAD_WAYS = {
    "slow": Way(delay_seconds=0.05),
    "thin": Way(bytes_per_second=200_000),
    "hung": Way(holds=True),
    "cut": Way(cut=True),
}
"""Each piece 50 ms late, as from another continent; a fifth of a megabyte a second; silent; gone."""
NEEDED = frozenset({"hung database", "cut database", "stopped browser"})
"""While one of these lasts, the stack is not ready. What is killed may be there again before anybody looks."""
LASTING = tuple(f"{how} " for how in BAD_WAYS)
"""How the names of those begin that last until they are ended; the others end by themselves."""
PAIRS = (
    ("killed postgres", "killed valkey"),
    ("killed browser", "killed daemon"),
    ("killed code", "killed web"),
    ("stopped browser", "killed postgres"),
    ("stopped daemon", "killed service"),
    ("killed sandbox", "killed valkey"),
    ("slow database", "killed chromium"),
    ("thin database", "killed daemon"),
    ("cut database", "cut cache"),
    ("hung database", "stopped code"),
    ("hung model", "cut cache"),
    ("slow model", "killed browser"),
    ("hung cache", "slow database"),
    ("cut model", "killed postgres"),
)
"""Alone, each part is killed and stopped by a test of its own; here each meets another's fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault by its name, as "killed postgres" or "slow database"."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]

    @property
    def lasts(self) -> bool:
        """Whether it is there until it is ended."""
        return self.name.startswith(LASTING)


def fault(stage: Stage, name: str) -> Fault:
    """Return a fault of this stage by its name."""
    how, what = name.split()
    if how in BAD_WAYS:
        way = stage.ways[what]
        return Fault(name, lambda: way.become(BAD_WAYS[how]), lambda: way.become(CLEAR))
    if what == "chromium":
        return Fault(name, stage.kill_chromium, _nothing)
    number = signal.SIGKILL if how == "killed" else signal.SIGSTOP
    return Fault(name, lambda: os.kill(stage.pid_of(what), number), _nothing)


def _nothing() -> None:
    """It ends by itself: the supervisor starts the part again."""
