"""Publishing killed at its worst moments, through real Chromium; ``benchmarks/crash_test.py`` kills at all of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from xbot_assets.testing.crash.failpoints import STORIES, Failpoints, Strike
from xbot_assets.testing.crash.judging import judged
from xbot_assets.testing.crash.posts import Ours
from xbot_assets.testing.crash.schedule import CHROMIUM, HOST, POSTGRES, WORKER, Deadline, random_kills
from xbot_assets.testing.crash.stack import CrashStack, Parts, crash_stack

MINUTES = 3.0
WORST = (
    (WORKER, "after claim_post #1"),
    (WORKER, "after begin_click"),
    (HOST, "after Locator.click in compose._click_once"),
    (CHROMIUM, "before Response.json in traffic.body_of"),
    (POSTGRES, "after browser publish"),
    (WORKER, "before confirm_published #1"),
)
"""Claimed and not armed; a click that nobody waits for; a click whose answer is lost, twice; a witness not stored."""

pytestmark = pytest.mark.soak


@dataclass
class Recorded:
    """Running parts, and the kills that the points of a clean run make."""

    stack: CrashStack
    publisher: Ours
    test: Failpoints
    strikes: list[Strike]


@pytest.fixture(scope="module", params=["split", "joined"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    """Start the parts, with a profile's posts in lists of their own or in one, and record a clean run."""
    with (
        crash_stack(Parts(switches={"tabs": request.param})) as stack,
        closing(Ours(stack)) as ours,
        stack.working(ours.kind),
    ):
        test = Failpoints(stack, ours)
        yield Recorded(stack, ours, test, test.record(STORIES[:1]))


def chosen(strikes: list[Strike], victim: str, words: str) -> Strike:
    """Return the strike at the step; its name holds a line number, so it is found by its beginning."""
    moment, _, step = words.partition(" ")
    matches = [
        strike
        for strike in strikes
        if strike.victim == victim
        and strike.point.name.startswith(moment)
        and strike.point.name.removeprefix(f"{moment} ").removeprefix("publish: ").startswith(step)
    ]
    assert matches, words
    return matches[0]


def test_points_are_found_by_recording_and_every_statement_has_one_before_and_one_after(recorded: Recorded) -> None:
    """A new statement, or a new step in the browser, is covered without anyone naming it."""
    names = {strike.point.name for strike in recorded.strikes}
    for statement in ("lock_claims", "claim_post", "arm_post", "confirm_published"):
        assert {f"before {statement} #1", f"after {statement} #1"} <= names
    assert any("Keyboard.insert_text" in name for name in names)


def test_a_kill_at_the_worst_moments_neither_repeats_nor_loses_a_post(recorded: Recorded) -> None:
    """Whoever dies, each post is on the site once, and nobody has to be asked about it."""
    test = recorded.test
    test.strike([chosen(recorded.strikes, *worst) for worst in WORST], Deadline(MINUTES))
    recorded.stack.gate.release()
    judgement = judged(recorded.stack, recorded.publisher, test.texts, test.kills)
    assert not test.not_reached
    assert judgement["kept"], judgement
    assert judgement["on_x"] == judgement["posts"] == len(WORST) + 1


def test_the_same_seed_gives_the_same_kills() -> None:
    """A failure can be repeated, and a short run is the beginning of a long one."""
    assert random_kills(7, 20)[:5] == random_kills(7, 5)
    assert random_kills(7, 20) != random_kills(8, 20)
