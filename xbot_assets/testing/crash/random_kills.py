"""Kills at random moments while posts follow one another: seeded, some of them during the recovery from the last."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from xbot_assets.testing.crash.judging import Kill
from xbot_assets.testing.crash.posts import FINAL_STATES, Publisher, State
from xbot_assets.testing.crash.schedule import Deadline, RandomKill
from xbot_assets.testing.crash.stack import CrashStack

AHEAD = 2
"""So many posts wait at any time, so that a kill always has one to meet."""
LOOK_SECONDS = 0.1
GIVE_UP_SECONDS = 120.0
TOLD_EVERY = 10


@dataclass(slots=True)
class _Open:
    """A kill that has not been recovered from: the posts in hand at its moment, and how many were out then."""

    kill: Kill
    at: float
    in_hand: frozenset[str]
    out: int

    def is_over(self, states: dict[str, State]) -> bool:
        """Say whether those posts are finished or wait as before, and another has been published since."""
        left = any(states.get(text) == "under way" for text in self.in_hand)
        return not left and _published(states) > self.out


class RandomKills:
    """Feeds a publisher, kills, and watches the recovery."""

    def __init__(self, stack: CrashStack, publisher: Publisher) -> None:
        self._stack = stack
        self._publisher = publisher
        self._open: list[_Open] = []
        self.texts: list[str] = []
        self.kills: list[Kill] = []

    def run(self, schedule: Sequence[RandomKill], until: Deadline) -> None:
        """Make the kills, as many as time allows, and wait for the recovery from the last."""
        self._stack.gate.release()
        for number, planned in enumerate(schedule):
            if until.over:
                break
            if not planned.at_once:
                self._wait(GIVE_UP_SECONDS, for_recovery=True)
            self._wait(planned.delay, for_recovery=False)
            self._kill(planned.victim)
            if number % TOLD_EVERY == 0:
                print(self._publisher.kind, number, len(schedule), self.kills[-1], file=sys.stderr, flush=True)
        self._wait(GIVE_UP_SECONDS, for_recovery=True)

    def _kill(self, victim: str) -> None:
        states = self._states()
        in_hand = frozenset(text for text, state in states.items() if state == "under way")
        during, point = bool(self._open), self._stack.gate.last
        self._stack.kill(victim)
        kill = Kill(victim, point, during)
        self.kills.append(kill)
        self._open.append(_Open(kill, time.monotonic(), in_hand, _published(states)))

    def _wait(self, seconds: float, *, for_recovery: bool) -> None:
        """Feed and watch for so long; when waiting for recovery, until there is nothing left to wait for."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not (for_recovery and not self._open):
            self._look(self._publisher.states())
            time.sleep(LOOK_SECONDS)

    def _look(self, states: dict[str, State] | None) -> None:
        if states is None:
            return
        now = time.monotonic()
        for each in [each for each in self._open if each.is_over(states) or now - each.at > GIVE_UP_SECONDS]:
            self._open.remove(each)
            each.kill.recovered = round(now - each.at, 2) if each.is_over(states) else None
        if sum(state not in FINAL_STATES for state in states.values()) < AHEAD:
            self._queue()

    def _queue(self) -> None:
        text = f"Random crash post {len(self.texts) + 1} of {self._publisher.kind}."
        self.texts.append(text)
        self._publisher.queue(text)

    def _states(self) -> dict[str, State]:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            states = self._publisher.states()
            if states is not None:
                return states
            time.sleep(LOOK_SECONDS)
        raise RuntimeError("The database does not come back.")


def _published(states: dict[str, State]) -> int:
    return sum(state == "published" for state in states.values())
