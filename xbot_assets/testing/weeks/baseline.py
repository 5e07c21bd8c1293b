"""The plain poster beside ours: from cron every 5 minutes, whatever is due, by the same browser operation.

It marks a post as done when the operation has answered, and tries what failed again the next time, without end: no
claims, no pace, no looking on X. One day with a limit (429) and 12 hours without service, all but the last quarter of
an hour without power: each try of a site that is down costs seconds.
"""

import contextlib
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from xbot_assets.browser.client import BrowserClient
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.jitter import jittered
from xbot_assets.settings import load_settings
from xbot_assets.steps.product import Product
from xbot_assets.testing.crash.stack import HANDLE, CrashStack
from xbot_assets.testing.weeks.judging import figures
from xbot_assets.testing.weeks.time import WeekClock
from xbot_assets.x.operations import Publish

EVERY = timedelta(minutes=5)
HOUR = timedelta(hours=1)
POSTS = 14
"""One an hour, as ours."""
LIMITED = (timedelta(hours=1, minutes=40), timedelta(hours=2, minutes=15))
CUT, BACK, UP = timedelta(hours=3), timedelta(hours=14, minutes=45), timedelta(hours=15)
"""The power goes with a post in hand; the site is down when it comes back; all is well."""
LENGTH = timedelta(hours=16)
CATCH_SECONDS = 30.0


def _post(own: Mapping[str, str], text: str, told: Connection) -> None:
    """Publish one text; the body of the process that a power cut kills."""
    settings = load_settings(own)
    token = settings.browser_token.get_secret_value() if settings.browser_token else ""
    with BrowserClient(settings.browser_url or "", token) as client:
        try:
            seconds = settings.publish_deadline_seconds
            client.run(Publish(text=text), lane=Lane.CRITICAL, deadline_seconds=seconds)
        except ProductError as failure:
            told.send(failure.code)
        else:
            told.send("")


@dataclass(slots=True)
class _Poster:
    stack: CrashStack
    clock: WeekClock
    slots: dict[str, datetime]
    begins: datetime
    done: dict[str, datetime] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    limited_attempts: int = 0
    _context: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    def work(self) -> None:
        """Go through the day from one start of cron to the next."""
        faults: dict[str, object] | None = None
        for moment in self._moments():
            self.clock.jump_to(moment)
            wanted = _faults(moment - self.begins)
            if wanted != faults:
                self.stack.ask_sandbox("faults", wanted)
                faults = wanted
            self._start(moment)

    def _moments(self) -> Iterator[datetime]:
        """Return the starts of cron, without those in the power cut; idle ones are left out."""
        for number in range(1, LENGTH // EVERY):
            moment = self.begins + number * EVERY
            off = CUT + EVERY < moment - self.begins < BACK
            if not off and any(slot <= moment for text, slot in self.slots.items() if text not in self.done):
                yield moment

    def _start(self, moment: datetime) -> None:
        dies = CUT <= moment - self.begins < BACK
        for text in [text for text, slot in self.slots.items() if slot <= moment and text not in self.done]:
            code = self._try(text, dies=dies)
            self.failures[code] += bool(code)
            self.limited_attempts += code == FailureCode.RATE_LIMITED
            if dies:
                return
            if not code:
                self.done[text] = self.clock.now

    def _try(self, text: str, *, dies: bool) -> str:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_post, args=(dict(self.stack.own), text, theirs))
        process.start()
        theirs.close()
        try:
            if dies:
                self._kill_when_it_is_out(text, process.pid)
            return str(ours.recv())
        except EOFError:
            return "killed"
        finally:
            process.join()
            ours.close()

    def _kill_when_it_is_out(self, text: str, pid: int) -> None:
        """Kill the poster between X's taking the post and its own note of it."""
        deadline = time.monotonic() + CATCH_SECONDS
        while time.monotonic() < deadline and not _on_x(self.stack)[text]:
            pass
        with contextlib.suppress(ProcessLookupError):  # the answer was quicker; it goes without being noted
            os.kill(pid, signal.SIGKILL)


def plain_day(stack: CrashStack, product: Product, clock: WeekClock) -> dict[str, Any]:
    """Run the day after the week, on the same parts, with texts of its own."""
    begins = clock.next_tick(clock.now + HOUR)
    jitter = timedelta(minutes=product.settings.post_jitter_minutes)
    texts = [f"Hour {number} of a plain day: nothing to report, and the kettle is on." for number in range(POSTS)]
    slots = {text: jittered(begins + number * HOUR, text, jitter) for number, text in enumerate(texts)}
    poster = _Poster(stack, clock, slots, begins)
    poster.work()
    stack.ask_sandbox("faults", {})
    return _told(poster, _on_x(stack))


def _told(poster: _Poster, on_x: Counter[str]) -> dict[str, Any]:
    delays = {text: (at - poster.slots[text]).total_seconds() for text, at in poster.done.items()}
    quiet = [late for text, late in delays.items() if not _in_trouble(poster.slots[text] - poster.begins)]
    times = sorted(poster.done.values())
    return {
        "posts": len(poster.slots),
        "not_in_trouble": figures(quiet),
        "all": figures(list(delays.values())),
        "lost": sum(not on_x[text] for text in poster.slots),
        "twice": sum(on_x[text] > 1 for text in poster.slots),
        "on_x_and_still_tried": sum(text not in poster.done and bool(on_x[text]) for text in poster.slots),
        "failures": dict(poster.failures),
        "attempts_while_limited": poster.limited_attempts,
        "most_in_60_minutes": max((sum(at <= other < at + HOUR for other in times) for at in times), default=0),
    }


def _on_x(stack: CrashStack) -> Counter[str]:
    return Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"] if post["handle"] == HANDLE)


def _faults(after: timedelta) -> dict[str, object]:
    if LIMITED[0] <= after < LIMITED[1]:
        return {"rate_limited": True}
    return {"down": True} if BACK <= after < UP else {}


def _in_trouble(after: timedelta) -> bool:
    return LIMITED[0] <= after < LIMITED[1] or CUT <= after < UP
