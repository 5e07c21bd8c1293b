"""What matters most about the lanes, on a real stack for about a minute each; benchmarks/ hold it for longer."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from xbot_assets.testing.load.figures import Wait, most_at_once, waits
from xbot_assets.testing.load.model_check import compared, play_real, tape
from xbot_assets.testing.load.stack import LoadStack, load_stack
from xbot_assets.testing.load.victims import Victims
from xbot_assets.testing.load.work import ASSET_JOB, Launcher
from xbot_assets.testing.patience import until

pytestmark = pytest.mark.soak  # a whole stack of its own
LOADS = 6
"""First operations of a lane in a run: four runs of one lane, and two lanes of the run of all."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
STATUS = "select status from posts where text = %(text)s"


@pytest.fixture(scope="module")
def stack() -> Iterator[LoadStack]:
    """Return a stack whose definitions hold load as well."""
    with load_stack() as load:
        yield load


def is_out(stack: LoadStack, text: str) -> bool:
    """Say whether the product knows that the post is on X."""
    return stack.ask_database(STATUS, text=text) == [{"status": "published"}]


def of_lanes(stack: LoadStack, *lanes: str) -> list[Wait]:
    """Return how long the first operations of these lanes waited."""
    return [wait for wait in waits(stack, BEGINNING) if wait.lane in lanes]


def test_a_post_in_a_run_of_all_lanes_does_not_wait_for_the_other_lanes(stack: LoadStack) -> None:
    """The UI's "materialize all" while high and low have work queued: the critical step goes first, the rest waits."""
    launcher = Launcher(stack)
    for lane in ("high", "low") * 2:
        launcher.launch(f"load_{lane}_job", "load")
    launcher.launch(ASSET_JOB, "mixed", ["published_posts", "load_high", "load_low"])
    text = launcher.queue_post()
    until(lambda: is_out(stack, text), "the post is out")
    until(lambda: len(of_lanes(stack, "high", "low")) == LOADS, "the other lanes had their turns")
    (publish,) = [wait for wait in of_lanes(stack, "critical") if wait.kind == "publish"]
    assert publish.pool == 0.0, "it stood in line"
    assert publish.slot < max(load.slot for load in of_lanes(stack, "high", "low"))
    peaks = most_at_once(stack, BEGINNING)
    assert peaks["high"] <= 1
    assert peaks["low"] <= 1


def test_a_killed_browser_host_costs_no_post_and_doubles_none(stack: LoadStack) -> None:
    """Kill -9 with a post on its way: the host comes back, both posts are out, each once."""
    launcher, victims = Launcher(stack), Victims(stack)
    first = launcher.queue_post()
    victims.kill("browser host")
    second = launcher.queue_post()
    until(lambda: is_out(stack, first) and is_out(stack, second), "both posts are out")
    on_x = Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])
    assert (on_x[first], on_x[second]) == (1, 1)
    assert victims.chromium_orphans() == []


def test_the_replay_s_model_tells_how_long_runs_really_wait(stack: LoadStack) -> None:
    """The same arrivals and service times: each lane's mean wait is within the error that the benchmark states."""
    by_lane = compared(play_real(stack, tape(runs=12, seconds=20.0, seed=5)))
    assert {lane: told for lane, told in by_lane.items() if not told["kept"]} == {}
