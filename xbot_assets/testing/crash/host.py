"""The real browser host with a failpoint before and after every browser step of an operation.

``python -m xbot_assets.testing.crash.host --port N``. A step is a call of Playwright from the product's pages, named by
the line that makes it, the start of the click, and the operation as a whole: a new step is a new point by itself.
Changed for speed: a lost Chromium is started again after a second at most.
"""

import contextvars
import inspect
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

from playwright import async_api

from xbot_assets.browser import pages
from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.chromium import start_breaker
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.host import server
from xbot_assets.browser.host.perform import Performer
from xbot_assets.browser.wire import OperationAnswer, OperationCall
from xbot_assets.testing.crash.points import announce

PAGES = Path(pages.__file__).parent
"""Whose lines name a step."""
STEPPED = (async_api.Page, async_api.Locator, async_api.Keyboard, async_api.ElementHandle, async_api.Response)
"""What operations work with; their asynchronous methods are the browser's steps."""
BACKOFF_LONGEST_SECONDS = 1.0
Step = Callable[..., Awaitable[Any]]
_operation: contextvars.ContextVar[tuple[str, set[str]] | None] = contextvars.ContextVar("operation", default=None)


def _tell(moment: str, step: str) -> None:
    """Tell the gate of a step's first time in an operation: a page that is polled is one step."""
    under_way = _operation.get()
    if under_way is None:
        return
    kind, told = under_way
    point = f"{moment} {kind}: {step}"
    if point not in told:
        told.add(point)
        announce("host", point)


def _place(frame: FrameType | None) -> str | None:
    """Return which line of the product's asked, if one did."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PAGES):
            return f"{path.stem}.{frame.f_code.co_name}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def _stepped(name: str, method: Step) -> Step:
    @wraps(method)
    async def stepped(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - Playwright's own
        # The operation's own task; the background tasks that look after contexts are nobody's step.
        step = f"{name} in {_place(sys._getframe(1))}"  # noqa: SLF001 - who asks is what is wanted
        _tell("before", step)
        answer = await method(*args, **options)
        _tell("after", step)
        return answer

    return stepped


def _wrap_playwright() -> None:
    for kind in STEPPED:
        for name, method in list(vars(kind).items()):
            if inspect.iscoroutinefunction(method) and not name.startswith("_"):
                setattr(kind, name, _stepped(f"{kind.__name__}.{name}", method))


def _wrap_product() -> None:
    answer, begin, start = Performer.answer, Attempt.begin_click, Launcher.start

    async def answered(self: Performer, call: OperationCall) -> OperationAnswer:
        _operation.set((call.operation.kind, set()))
        _tell("before", "operation")
        result = await answer(self, call)
        _tell("after", "operation")
        return result

    def begun(self: Attempt) -> None:
        _tell("before", "begin_click")
        begin(self)
        _tell("after", "begin_click")

    async def started(self: Launcher) -> Any:  # noqa: ANN401 - an Engine
        announce("host", "before start: Chromium")
        engine = await start(self)
        announce("host", "after start: Chromium")
        return engine

    Performer.answer, Attempt.begin_click, Launcher.start = answered, begun, started  # type: ignore[method-assign]


if __name__ == "__main__":
    start_breaker.BACKOFF_LONGEST_SECONDS = BACKOFF_LONGEST_SECONDS
    _wrap_playwright()
    _wrap_product()
    sys.exit(server.main())
