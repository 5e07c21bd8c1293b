"""A kill at every failpoint: the points of clean runs are recorded first, then each is struck in a run of its own."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from xbot_assets.testing.crash.judging import Kill
from xbot_assets.testing.crash.points import Point
from xbot_assets.testing.crash.posts import FINAL_STATES, Publisher
from xbot_assets.testing.crash.schedule import CHROMIUM, HOST, WORKER, Deadline, victims_at
from xbot_assets.testing.crash.stack import CrashStack

BEGIN_SECONDS = 40.0
"""The kill that a story begins with comes within this."""
REACH_SECONDS = 3.0
"""A point that is not reached so long after the post was finished is not on this run's way."""
FINAL_SECONDS = 120.0
LOOK_SECONDS = 0.1


_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Story:
    """One way that a post can take.

    Attributes:
        name: for people.
        faults: of the site.
        first: a kill that the story begins with: where, and whom.
        again: statements whose points are struck in this story too, though another story has them.
        with_image: whether the post has an image with a description.
    """

    name: str
    faults: dict[str, object] = field(default_factory=dict)
    first: tuple[Point, str] | None = None
    again: tuple[str, ...] = ()
    with_image: bool = False


STORIES = (
    Story("published"),
    Story("answer lost", {"drop_after_commit": True}),
    Story(
        "worker died before the click",
        first=(Point(WORKER, "after arm_post #1"), WORKER),
        again=("post_holder", "expire_leases", "unconfirmed_posts"),
    ),
    Story("chromium died before the click", first=(Point(HOST, "before publish: begin_click"), CHROMIUM)),
    Story("chromium died before the page", first=(Point(HOST, "before publish: operation"), CHROMIUM)),
    Story("too long for X", {"create_error": 186}),
    Story("with an image", {"media_alt_explained_again": True}, with_image=True),
)
PLAIN_STORIES = STORIES[:1]


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill to be made: in which story, where, whom."""

    story: Story
    point: Point
    victim: str


class Failpoints:
    """Records and strikes, one post after the other."""

    def __init__(self, stack: CrashStack, publisher: Publisher) -> None:
        self._stack = stack
        self._publisher = publisher
        self.texts: list[str] = []
        self.kills: list[Kill] = []
        self.struck: set[Point] = set()
        self.not_reached: list[str] = []

    def record(self, stories: Sequence[Story]) -> list[Strike]:
        """Go through each story without further kills, and return every kill that its points make."""
        known, strikes = set[Point](), list[Strike]()
        for story in stories:
            passed = self._run(story)
            for point in dict.fromkeys(passed):
                if point not in known or any(f" {name} #" in point.name for name in story.again):
                    strikes += [Strike(story, point, victim) for victim in victims_at(point)]
                known.add(point)
        # Whoever reached the point first, then those it works with: time may end before the list does.
        return sorted(strikes, key=lambda strike: victims_at(strike.point).index(strike.victim))

    def strike(self, strikes: Sequence[Strike], until: Deadline) -> None:
        """Make the kills, each on a post of its own, as many as time allows."""
        for number, strike in enumerate(strikes):
            if until.over:
                self.not_reached += [f"no time: {told(left)}" for left in strikes[number:]]
                return
            before = len(self.kills)
            self._run(strike.story, strike)
            reached = len(self.kills) > before
            if reached:
                self.struck.add(strike.point)
            else:
                self.not_reached.append(told(strike))
            what = self.kills[-1].recovered if reached else "not reached"
            print(self._publisher.kind, number + 1, len(strikes), told(strike), what, file=sys.stderr, flush=True)

    def _run(self, story: Story, strike: Strike | None = None) -> list[Point]:
        gate, text = self._stack.gate, f"Crash post {next(_NUMBERS)} of {self._publisher.kind}: {story.name}."
        self._hold()
        self._stack.wait_until_well()
        self._stack.set_faults(story.faults)
        gate.passed.clear()
        armed, begun = _Armed(strike) if strike else None, 0
        try:
            if armed and not story.first:
                self._arm(armed)
            self.texts.append(text)
            self._publisher.queue(text, with_image=story.with_image)
            if story.first:
                begun = self._begin(*story.first)
                if armed:
                    self._arm(armed)
            gate.release()
            self._finish(text, armed)
        finally:
            gate.disarm()
            self._stack.set_faults({})
        return gate.passed[begun:]

    def _hold(self) -> None:
        if self._publisher.in_cycles:
            self._stack.gate.hold()

    def _begin(self, point: Point, victim: str) -> int:
        """Make the kill that the story begins with, and return how many points had been passed then."""
        struck = self._stack.gate.arm(point, lambda: self._stack.kill(victim))
        self._stack.gate.release()
        if not struck.wait(BEGIN_SECONDS):
            raise RuntimeError(f"{point} was not reached.")
        if victim == WORKER:
            self._hold()
        return len(self._stack.gate.passed)

    def _arm(self, armed: "_Armed") -> None:
        def kill() -> None:
            self._stack.kill(armed.strike.victim)
            armed.at = time.monotonic()

        self._stack.gate.arm(armed.strike.point, kill)

    def _finish(self, text: str, armed: "_Armed | None") -> None:
        """Wait until the post is finished and, if there is a kill, note how long that took from it."""
        began, final_at = time.monotonic(), None
        while time.monotonic() < began + FINAL_SECONDS:
            if final_at is None and self._is_final(text):
                final_at = time.monotonic()
            if final_at is not None and armed is not None and armed.at is None:
                if time.monotonic() - final_at > REACH_SECONDS:
                    break
            elif final_at is not None:
                break
            time.sleep(LOOK_SECONDS)
        if armed is not None and armed.at is not None:
            recovered = round(max(0.0, final_at - armed.at), 2) if final_at is not None else None
            self.kills.append(Kill(armed.strike.victim, told(armed.strike), recovered=recovered))

    def _is_final(self, text: str) -> bool:
        return (self._publisher.states() or {}).get(text) in FINAL_STATES


@dataclass(slots=True)
class _Armed:
    """A kill to be made, and when it was."""

    strike: Strike
    at: float | None = None


def told(strike: Strike) -> str:
    """Say it in words."""
    return f"{strike.story.name}: {strike.victim} killed {strike.point.name} ({strike.point.who})"
