"""What came of the posts of one part of the test, by the sandbox's own ledger: none twice, none missing."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from xbot_assets.testing.crash.posts import FINAL_STATES, Publisher
from xbot_assets.testing.crash.stack import HANDLE, CrashStack

DRAIN_SECONDS = 180.0
LOOK_SECONDS = 0.2
MEDIAN_MAX_SECONDS = 60.0


@dataclass(slots=True)
class Kill:
    """One kill; ``recovered`` is how many seconds later the posts in hand were finished, ``None`` when never.

    Attributes:
        victim: what was killed.
        point: the failpoint, or the last one passed before a random kill.
        during_recovery: whether the recovery from the kill before was still going on.
    """

    victim: str
    point: str
    during_recovery: bool = False
    recovered: float | None = None


def drain(publisher: Publisher) -> list[str]:
    """Wait until everything is finished, and return what is not."""
    deadline, left = time.monotonic() + DRAIN_SECONDS, list[str]()
    while time.monotonic() < deadline:
        states = publisher.states()
        if states is not None:
            left = [text for text, state in states.items() if state not in FINAL_STATES]
            if not left:
                return []
        time.sleep(LOOK_SECONDS)
    return left


def judged(stack: CrashStack, publisher: Publisher, texts: Sequence[str], kills: Sequence[Kill]) -> dict[str, Any]:
    """Compare what the publisher believes with what the site has."""
    unfinished = drain(publisher)
    states = publisher.states() or {}
    ledger = stack.ask_sandbox("ledger")["posts"]
    on_x = Counter(post["text"] for post in ledger if post["handle"] == HANDLE)
    flagged = [text for text in texts if states.get(text) == "flagged"]
    told = {"flagged", "refused"}
    counts = {
        "posts": len(texts),
        "on_x": sum(on_x[text] for text in texts),
        "duplicates": sum(max(0, on_x[text] - 1) for text in texts),
        "missing": sum(not on_x[text] and states.get(text) not in told for text in texts),
        "published_but_not_on_x": sum(not on_x[text] and states.get(text) == "published" for text in texts),
        "refused_though_on_x": sum(bool(on_x[text]) and states.get(text) == "refused" for text in texts),
        "flagged_to_a_person": len(flagged),
        "flagged_though_on_x": sum(bool(on_x[text]) for text in flagged),
        "marked_removed": publisher.marked_removed(),
        "unfinished": len([text for text in unfinished if text in texts]),
    }
    return {
        **counts,
        "recovery": _recovery(kills),
        "kept": _kept(counts, kills),
        "twice": {text: on_x[text] for text in texts if on_x[text] > 1},
    }


def _kept(counts: dict[str, int], kills: Sequence[Kill]) -> bool:
    never = (
        "duplicates",
        "missing",
        "published_but_not_on_x",
        "refused_though_on_x",
        "flagged_though_on_x",
        "marked_removed",
        "unfinished",
    )
    seconds = [kill.recovered for kill in kills if kill.recovered is not None]
    quick = len(seconds) == len(kills) and (not seconds or median(seconds) < MEDIAN_MAX_SECONDS)
    return quick and not any(counts[name] for name in never)


def _recovery(kills: Sequence[Kill]) -> dict[str, Any]:
    return {"all": _seconds(kills)} | {
        victim: _seconds([kill for kill in kills if kill.victim == victim])
        for victim in dict.fromkeys(kill.victim for kill in kills)
    }


def _seconds(kills: Sequence[Kill]) -> dict[str, Any]:
    seconds = [kill.recovered for kill in kills if kill.recovered is not None]
    summary: dict[str, Any] = {"kills": len(kills), "never": len(kills) - len(seconds)}
    if seconds:
        summary |= {"median_seconds": round(median(seconds), 2), "max_seconds": round(max(seconds), 2)}
    return summary


def listed(kills: Sequence[Kill]) -> list[dict[str, Any]]:
    """Return the kills for the document."""
    return [asdict(kill) for kill in kills]
