"""Chromium kept alive: started, watched, replaced when it is lost, behind a breaker."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from xbot_assets.browser.chromium.launcher import Engine, Launcher
from xbot_assets.browser.chromium.start_breaker import StartBreaker
from xbot_assets.browser.failures import classify
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError, TransientFailure

_log = logging.getLogger(__name__)


class ChromiumKeeper:
    """The one Chromium of a host, or the reason why there is none.

    Attributes:
        breaker: how often it has failed.
        starts: how often it has started.
        refusal: why no Chromium may be used on this machine, however often it is tried; ``None`` when one may.
    """

    def __init__(self, launcher: Launcher, *, start_attempts: int) -> None:
        self.breaker = StartBreaker(start_attempts)
        self.starts = 0
        self.refusal: ProductError | None = None
        self._launcher = launcher
        self._engine: Engine | None = None
        self._trouble = "Chromium has not started yet."
        self._next_try = 0.0

    async def keep(self, use: Callable[[Engine], Awaitable[None]]) -> None:
        """Start Chromium again and again, for ever; run ``use`` for as long as each one lives."""
        while True:
            self._next_try = time.monotonic() + self.breaker.wait_seconds
            await asyncio.sleep(self.breaker.wait_seconds)
            try:
                engine = await self._launcher.start()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
                self._not_started(classify(error))
                continue
            await self._while_alive(engine, use)

    async def _while_alive(self, engine: Engine, use: Callable[[Engine], Awaitable[None]]) -> None:
        self._engine, self.starts, self.refusal = engine, self.starts + 1, None
        using = asyncio.ensure_future(use(engine))
        watching = asyncio.create_task(engine.until_lost())
        try:
            await asyncio.wait({using, watching}, return_when=asyncio.FIRST_COMPLETED)
            self._failed(engine.why or "Chromium is no longer looked after.")
        finally:
            self._engine = None
            for task in (using, watching):
                task.cancel()
            await asyncio.gather(using, watching, return_exceptions=True)
            await engine.close()
        if using.done() and not using.cancelled():
            using.result()  # it never ends by itself: raise what ended it

    def _not_started(self, failure: ProductError) -> None:
        self.refusal = failure if failure.code is FailureCode.BROWSER_UNCONFINED else None
        self._failed(f"Chromium did not start: {failure.reason}")

    def _failed(self, reason: str) -> None:
        self._trouble = reason
        self.breaker.failed(reason, time.monotonic())
        _log.warning("%s (%d in a row)", reason, self.breaker.count)

    @property
    def engine(self) -> Engine:
        """Return the Chromium.

        Raises:
            TransientFailure: ``browser_down``.
        """
        if self._engine is None:
            raise TransientFailure(
                self._trouble, code=FailureCode.BROWSER_DOWN, remedy="It is started again by itself."
            )
        return self._engine

    @property
    def trouble(self) -> str | None:
        """Return why there is no Chromium and when it is tried again, or ``None`` when there is one."""
        if self._engine is not None:
            return None
        if not self.degraded:
            return self._trouble
        seconds = max(0.0, self._next_try - time.monotonic())
        return f"{self._trouble} That was failure {self.breaker.count} in a row; the next try is in {seconds:.0f} s."

    @property
    def degraded(self) -> bool:
        """Whether it failed as often as is allowed; it is still tried, more and more rarely."""
        return self._engine is None and self.breaker.open

    def describe(self) -> dict[str, object]:
        """Return facts for the health page."""
        running = self._engine
        return {
            "browser": running.browser.version if running else None,
            "confinement": str(running.confinement) if running else None,
            "sandboxed": running.confinement.sandboxed if running else None,
            "weakness": asdict(running.confinement.weakness) if running and running.confinement.weakness else None,
            "refusal": {"reason": self.refusal.reason, "remedy": self.refusal.remedy} if self.refusal else None,
            "starts": self.starts,
            "breaker": self.breaker.state(time.monotonic(), running=running is not None),
            "failures_in_a_row": self.breaker.count,
        }
