"""Kill -9 of every kind of process under load, and what it takes to post again: ``python -m benchmarks.kill_test``.

Prints one JSON document; the exit code is 1 when a promise is broken.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from xbot_assets.testing.load.stack import LoadStack, load_stack
from xbot_assets.testing.load.victims import NoVictimError, Victims, runs
from xbot_assets.testing.load.work import Feeder, Launcher

WARM_UP_SECONDS = 45.0
BACK_MAX = 60.0
"""A slot is free, and a post is out, within this many seconds of the kill."""
GIVE_UP_SECONDS = 240.0
LOOK_SECONDS = 0.2
DEATH_SECONDS = 1.0
"""Those that go down with the killed process do so within this."""
CALM_SECONDS = 10.0
"""Between two kills, so that a recovery is not another's."""
DRAIN_SECONDS = 120.0
"""At the end unconfirmed posts get this long to be found on X."""
SLOTS_OF = "select run_id from concurrency_slots where run_id = any(%(runs)s)"
STATUS_OF = "select status from posts where text = %(text)s"
NOT_OUT = """
select id, status, failure_code, failure_reason, scheduled_at::text, claimed_by from posts where text = any(%(texts)s)
"""
UNFINISHED = "select count(*) as many from posts where status in ('claimed', 'armed', 'unconfirmed') and topic = 'load'"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill and what followed, in seconds from it; ``None`` when it did not happen before giving up."""

    kind: str
    slots_held: int
    slots_back: float | None
    post_out: float | None
    chromium_orphans: int
    contexts_over: int
    trouble: str = ""

    @property
    def kept(self) -> bool:
        """Whether everything came back in time and nothing was left over."""
        times = (self.slots_back, self.post_out)
        in_time = all(value is not None and value <= BACK_MAX for value in times)
        return in_time and not (self.chromium_orphans or self.contexts_over or self.trouble)


class KillTest:
    """Kills, and watches the recovery."""

    def __init__(self, stack: LoadStack, launcher: Launcher) -> None:
        self._stack = stack
        self._launcher = launcher
        self._victims = Victims(stack)
        self.kinds = list(self._victims.kinds)

    def once(self, kind: str) -> Kill:
        """Kill one process of the kind, ask for a post, and wait until it is out and the slots are back."""
        if kind == "publishing worker":
            self._launcher.queue_post()
        try:
            held, killed_at = self._kill(kind)
        except NoVictimError as error:
            return Kill(kind, 0, None, None, 0, 0, str(error))
        text = self._launcher.queue_post()
        times = self._watch({"slots": lambda: self._free(held), "post": lambda: self._is_out(text)}, killed_at)
        orphans, over = len(self._victims.chromium_orphans()), self._contexts_over()
        return Kill(kind, len(held), times["slots"], times["post"], orphans, over)

    def _kill(self, kind: str) -> tuple[list[str], float]:
        """Return the runs that lost their process while they held a slot, and when the kill was."""
        self._victims.kill(kind)
        killed_at, holders = time.monotonic(), self._victims.slot_holders()
        time.sleep(DEATH_SECONDS)
        return [run_id for run_id, pid in holders.items() if not runs(pid)], killed_at

    def _watch(self, events: dict[str, Callable[[], bool]], since: float) -> dict[str, float | None]:
        seconds_until: dict[str, float | None] = dict.fromkeys(events)
        while None in seconds_until.values() and time.monotonic() - since < GIVE_UP_SECONDS:
            for name, happened in events.items():
                if seconds_until[name] is None and happened():
                    seconds_until[name] = round(time.monotonic() - since, 1)
            time.sleep(LOOK_SECONDS)
        return seconds_until

    def _free(self, held: list[str]) -> bool:
        return not held or not self._stack.ask_database(SLOTS_OF, runs=held)

    def _is_out(self, text: str) -> bool:
        return any(row["status"] == "published" for row in self._stack.ask_database(STATUS_OF, text=text))

    def _contexts_over(self) -> int:
        """Return how many contexts the host has beyond its slots; those being closed count."""
        health = self._stack.browser_health() or {}
        contexts = health.get("contexts", [])
        return max(0, len(contexts) + int(health.get("retired", 0)) - int(health.get("slots", 0)))


def run(stack: LoadStack, times: int, kinds: Iterable[str]) -> dict[str, Any]:
    """Kill each kind so many times under load and return everything that was seen."""
    launcher = Launcher(stack)
    feeder = Feeder(stack, launcher)
    feeder.start()
    time.sleep(WARM_UP_SECONDS)
    test, kills = KillTest(stack, launcher), list[Kill]()
    for kind in list(kinds) or test.kinds:
        for _ in range(times):
            kills.append(test.once(kind))
            print(kills[-1], file=sys.stderr, flush=True)
            time.sleep(CALM_SECONDS)
    feeder.stop()
    return _document(stack, launcher, feeder, kills)


def _document(stack: LoadStack, launcher: Launcher, feeder: Feeder, kills: list[Kill]) -> dict[str, Any]:
    left = _drained(stack)
    on_x = Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])
    twice, lost = sum(n - 1 for n in on_x.values()), [text for text in launcher.texts if text not in on_x]
    return {
        "kills": [asdict(kill) | {"kept": kill.kept} for kill in kills],
        "by_kind": {kind: _told([k for k in kills if k.kind == kind]) for kind in dict.fromkeys(k.kind for k in kills)},
        "posts": {"queued": len(launcher.texts), "on_x": on_x.total(), "twice": twice, "not_out": len(lost)},
        "not_out": stack.ask_database(NOT_OUT, texts=lost),
        "unfinished_at_the_end": left,
        "launch_troubles": Counter(trouble.partition(":")[0] for trouble in feeder.troubles),
        "kept": all(kill.kept for kill in kills) and not twice and not lost,
    }


def _told(kills: list[Kill]) -> dict[str, Any]:
    out = [kill.post_out if kill.post_out is not None else GIVE_UP_SECONDS for kill in kills]
    back = [kill.slots_back if kill.slots_back is not None else GIVE_UP_SECONDS for kill in kills]
    return {
        "times": len(kills),
        "kept": sum(k.kept for k in kills),
        "post_out_max": max(out),
        "slots_back_max": max(back),
    }


def _drained(stack: LoadStack) -> int:
    deadline = time.monotonic() + DRAIN_SECONDS
    while (left := int(stack.ask_database(UNFINISHED)[0]["many"])) and time.monotonic() < deadline:
        time.sleep(1.0)
    return left


def main() -> int:
    """Run the test as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=10, help="kills of each kind (default 10)")
    parser.add_argument("--kind", action="append", default=[], help="only this kind; may be given again")
    chosen = parser.parse_args()
    with load_stack() as stack:
        document = run(stack, chosen.times, chosen.kind)
    print(json.dumps(document, indent=2))
    return int(not document["kept"])


if __name__ == "__main__":
    sys.exit(main())
