"""Server-sent events: a page is told what has changed, and asks for its own part again.

One look at the database every few seconds serves every open page, and nobody looks while no page is open.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.door.guard import Guard
from xbot_assets.service.health.components import Components
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages.kept_report import KeptReport
from xbot_assets.store.publishing.calendar import change_marks

LOOK_SECONDS = 2.0
BEAT_SECONDS = 15.0
"""A page that went away is noticed when something is sent to it."""
PAGES_MAX = 64
"""More open pages are told to come back later; each costs a task and a connection."""
RETRY_MS = 5000
_OF = {"posts": "posts", "alerts": "alerts", "budget": "budget", "browser": "browser", "under_way": "browser"}
_OF |= {"waiting": "browser", "suggestions": "suggestions", "health": "health", "learned": "learned"}
"""What a page is told of, by the mark that is different."""

Marks = dict[str, object]


class Live:
    """Tells open pages what has changed."""

    def __init__(self, connections: Connections, components: Components, guard: Guard, report: KeptReport) -> None:
        self._connections = connections
        self._components = components
        self._guard = guard
        self._report = report
        self._pages: set[asyncio.Queue[frozenset[str]]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return the stream's route."""
        return [Route("/events", self._stream, methods=["GET"])]

    def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()

    async def _stream(self, request: Request) -> StreamingResponse:
        # Before the page hears that the stream is open, and asks for its part: nothing falls between the two.
        await self._begin()
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(request), media_type="text/event-stream", headers=headers)

    async def _events(self, request: Request) -> AsyncIterator[str]:
        yield f"retry: {RETRY_MS}\n\n"
        if len(self._pages) >= PAGES_MAX:
            return
        changes: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self._pages.add(changes)
        try:
            while self._guard.lets_in(request):
                try:
                    topics = await asyncio.wait_for(changes.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    yield f"event: changed\ndata: {json.dumps(sorted(topics))}\n\n"
        finally:
            self._pages.discard(changes)

    async def _begin(self) -> None:
        async with self._beginning:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look_while_open(await self._marks()))

    async def _look_while_open(self, before: Marks) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._pages:
                return
            now = await self._marks()
            topics = frozenset(_OF[name] for name in now if now[name] != before.get(name))
            before = now
            if topics:
                for page in self._pages:
                    page.put_nowait(topics)

    async def _marks(self) -> Marks:
        verdicts = await self._components.check()
        health = [(verdict.name, verdict.state) for verdict in verdicts]
        try:
            marks = await asyncio.to_thread(lambda: change_marks(self._connections.database()))
        except ProductError as failure:  # the page says so when it asks for its part again
            return {"health": [*health, ("marks", failure.code)]}
        return (asdict(marks) if marks else {}) | {"health": health, "learned": self._report.made}
