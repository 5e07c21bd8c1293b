"""Components and their pings: one registration, one health check. The pages know no component by name."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings

PING_SECONDS = 5.0
"""A component that has not answered by then is not ready; a busy Dagster UI was seen to take 3 s."""
FRESH_SECONDS = 2.0
"""A verdict is used again for this long, so that many readers of the page do not become load."""
_MS_PER_SECOND = 1000


class NotUsed(Exception):
    """Raised by a ping: this component takes no part now, and the reason says why."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something the system needs.

    Attributes:
        name: as people call it.
        ping: returns a few words when all is well; raises :class:`NotUsed`, or a ``ProductError`` with its remedy.
        required: whether the system is not ready without it.
        is_elsewhere: whether the settings name one that runs without our stack.
        fresh_seconds: how long a good verdict is used again.
    """

    name: str
    ping: Callable[[], str]
    required: bool = True
    is_elsewhere: Callable[[Settings], bool] = lambda _settings: False
    fresh_seconds: float = FRESH_SECONDS


class Verdict(BaseModel):
    """What a ping said. ``checked_at`` is real time."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: Literal["ok", "failed", "off"]
    required: bool
    detail: str
    remedy: str = ""
    took_ms: int
    checked_at: AwareDatetime


class Components:
    """The registered components; checks all of them at once, each within :data:`PING_SECONDS`."""

    def __init__(self, components: list[Component], *, ping_seconds: float = PING_SECONDS) -> None:
        self._components = components
        self._ping_seconds = ping_seconds
        self._threads = ThreadPoolExecutor(max_workers=max(1, len(components)), thread_name_prefix="ping")
        self._asked: dict[str, asyncio.Future[Verdict]] = {}
        self._known: dict[str, tuple[float, Verdict]] = {}

    async def check(self) -> list[Verdict]:
        """Return a verdict on each component, in the order of registration."""
        return list(await asyncio.gather(*map(self._check_one, self._components)))

    async def seen(self, within: float) -> list[Verdict]:
        """Return a verdict on each component for a page that shall not wait: an older one where none comes in time.

        Only what was never heard of is waited for to its end; ``checked_at`` says how old a verdict is.
        """
        return list(await asyncio.gather(*(self._seen_one(component, within) for component in self._components)))

    def close(self) -> None:
        """Let go of the threads; a ping that hangs ends by its own time limit."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _check_one(self, component: Component) -> Verdict:
        known = self._known.get(component.name)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        question = self._question(component)
        try:
            verdict = await asyncio.wait_for(asyncio.shield(question), self._ping_seconds)
        except TimeoutError:
            return _silent(component, self._ping_seconds)
        fresh = component.fresh_seconds if verdict.state == "ok" else FRESH_SECONDS
        self._known[component.name] = (time.monotonic() + fresh, verdict)
        return verdict

    async def _seen_one(self, component: Component, within: float) -> Verdict:
        known = self._known.get(component.name)
        asked = asyncio.ensure_future(self._check_one(component))
        if known is None:
            return await asked
        done, _ = await asyncio.wait({asked}, timeout=within)
        return asked.result() if done else known[1]

    def _question(self, component: Component) -> asyncio.Future[Verdict]:
        """Return the ping that is under way, or start one: a component that hangs is asked once, not ever again."""
        asked = self._asked.get(component.name)
        if asked is None or asked.done():
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _ping, component)
            self._asked[component.name] = asked
        return asked


def is_ready(verdicts: list[Verdict]) -> bool:
    """Say whether nothing that is required has failed."""
    return not any(verdict.required and verdict.state == "failed" for verdict in verdicts)


def _ping(component: Component) -> Verdict:
    began = time.perf_counter()
    state: Literal["ok", "failed", "off"] = "failed"
    remedy = ""
    try:
        detail = component.ping()
        state = "ok"
    except NotUsed as reason:
        detail, state = str(reason), "off"
    except ProductError as failure:
        detail, remedy = failure.reason, failure.remedy
    except Exception as error:  # noqa: BLE001 - whatever it is, this component is not well, and the rest goes on
        detail = f"Unexpected {type(error).__name__}."
    return Verdict(
        name=component.name,
        state=state,
        required=component.required,
        detail=detail,
        remedy=remedy,
        took_ms=round((time.perf_counter() - began) * _MS_PER_SECOND),
        checked_at=system_now(),
    )


def _silent(component: Component, seconds: float) -> Verdict:
    return Verdict(
        name=component.name,
        state="failed",
        required=component.required,
        detail=f"No answer within {seconds:g} s.",
        remedy="Look into .xbot/logs.",
        took_ms=round(seconds * _MS_PER_SECOND),
        checked_at=system_now(),
    )
