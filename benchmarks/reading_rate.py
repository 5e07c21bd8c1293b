"""How fast own posts are read: our single pages and our timeline beside a loop written by hand, over the same posts.

    python -m benchmarks.reading_rate [--posts 40] [--rounds 5]

Starts a sandbox with posts of the account, and a Chromium of the same binary for each side. The loop by hand is what
one would write with Playwright: a page for each post, wait for the post, read the label of its bar. The sides take
turns, so that a busy machine is busy for all, and have to read the same counts. Prints one JSON document; exit code 0
when single pages reach 0.9 of the loop's rate and the timeline five times it.
"""

import argparse
import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from playwright.async_api import Page, StorageState, async_playwright

from benchmarks.browser.rig import browser_path, machine, report, spread
from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.chromium.keeper import ChromiumKeeper
from xbot_assets.browser.chromium.launcher import FLAGS, Launcher
from xbot_assets.browser.host.lease import Lease
from xbot_assets.browser.host.pool import BrowserPool, ContextRules
from xbot_assets.browser.host.slots import SlotTable
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.status import read_posts
from xbot_assets.browser.pages.timeline import read_own_timeline
from xbot_assets.browser.wire import OperationCall
from xbot_assets.domain.lanes import Lane
from xbot_assets.testing.patience import until
from xbot_assets.x.operations import CheckSession, ReadOwnTimeline, ReadPosts

HANDLE = "xbot_demo"
TOKEN = "benchmark"  # noqa: S105 - opens only this sandbox
SINGLE_LEAST, TIMELINE_LEAST = 0.9, 5.0
DEADLINE_SECONDS = 300.0
_CALL = OperationCall(operation=CheckSession(), lane=Lane.HIGH, deadline_seconds=DEADLINE_SECONDS)
_LIKES = re.compile(r"(\d+) likes?")
Counts = dict[str, int]
Read = Callable[[], Awaitable[Counts]]
"""Reads every post and returns its likes by id."""


@dataclass(slots=True)
class Side:
    """One way to read, and how long each round took."""

    read: Read
    seconds: list[float] = field(default_factory=list)

    async def turn(self) -> Counts:
        """Read all posts once."""
        began = time.perf_counter()
        counts = await self.read()
        self.seconds.append(time.perf_counter() - began)
        return counts

    def rate(self, posts: int) -> float:
        """Return posts a minute of the median round: one that others held up says nothing."""
        return round(60 * posts / median(self.seconds), 1)


@dataclass(frozen=True, slots=True)
class Given:
    """A session source that has one already."""

    state: StorageState

    async def obtain(self) -> StorageState:
        """Return it."""
        return self.state


@contextlib.contextmanager
def sandbox(place: Path) -> Iterator[str]:
    """Run a sandbox whose world stands still but for what is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(place), "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, env=os.environ | {"XBOT_SANDBOX_TOKEN": TOKEN}, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _is_up(url), "the sandbox answers")
        yield url
    finally:
        process.terminate()
        process.wait()


def _is_up(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/_sandbox/health", trust_env=False).is_success
    return False


def control(url: str, what: str, body: object) -> Any:  # noqa: ANN401 - JSON
    """Tell the sandbox something."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    answer = httpx.post(f"{url}/_sandbox/{what}", json=body, headers=headers, trust_env=False, timeout=60)
    return answer.raise_for_status().json()


@contextlib.asynccontextmanager
async def by_hand(site: Site, state: StorageState, ids: list[str]) -> AsyncIterator[Side]:
    """The loop that one would write."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS, "--no-sandbox"])
        page = await (await browser.new_context(storage_state=state)).new_page()
        yield Side(lambda: _loop(page, site, ids))
        await browser.close()


async def _loop(page: Page, site: Site, ids: list[str]) -> Counts:
    counts: Counts = {}
    for post_id in ids:
        await page.goto(site.status(HANDLE, post_id))
        bar = page.locator(f'article:has(a[href*="{post_id}"]) [role="group"][aria-label]').first
        label = await bar.get_attribute("aria-label") or ""
        counts[post_id] = int(match[1]) if (match := _LIKES.search(label)) else 0
    return counts


@contextlib.asynccontextmanager
async def our_pool(url: str, home: Path, state: StorageState) -> AsyncIterator[BrowserPool]:
    """The host's own pool with one slot."""
    chromium = ChromiumKeeper(Launcher(browser_path(), None, home, weaker=True), start_attempts=3)
    pool = BrowserPool(chromium, Given(state), SlotTable(1, None), ContextRules(url, 500.0))
    keeping = asyncio.create_task(pool.keep())
    try:
        while pool.table.slots[0].context is None:  # noqa: ASYNC110 - it starts in another process
            await asyncio.sleep(0.05)
        yield pool
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _single(pool: BrowserPool, site: Site, ids: list[str]) -> Counts:
    async with _page(pool) as page:
        read = await read_posts(page, site, ReadPosts(post_ids=tuple(ids), handle=HANDLE), Attempt(DEADLINE_SECONDS))
    return {post.post_id or "": post.counts.likes or 0 for post in read.posts}


async def _timeline(pool: BrowserPool, site: Site, ids: list[str]) -> Counts:
    async with _page(pool) as page:
        operation = ReadOwnTimeline(limit=len(ids), with_replies=False)
        read = await read_own_timeline(page, site, operation, Attempt(DEADLINE_SECONDS))
    return {post.post_id or "": post.counts.likes or 0 for post in read.posts}


@contextlib.asynccontextmanager
async def _page(pool: BrowserPool) -> AsyncIterator[Page]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("runs in a task")
    async with pool.taken(Lease.of(_CALL, task)) as slot, pool.page(slot, DEADLINE_SECONDS) as page:
        yield page


async def _measured(url: str, home: Path, ids: list[str], rounds: int) -> dict[str, Side]:
    site, state = Site(url, HANDLE), control(url, "session", {"handle": HANDLE})
    async with by_hand(site, state, ids) as loop, our_pool(url, home, state) as pool:
        single, timeline = Side(lambda: _single(pool, site, ids)), Side(lambda: _timeline(pool, site, ids))
        sides = {"by_hand": loop, "single_pages": single, "timeline": timeline}
        for number in range(rounds + 1):
            told = {name: await side.turn() for name, side in sides.items()}
            missing = {name: len(set(ids) - counts.keys()) for name, counts in told.items()}
            if any(missing.values()):
                raise RuntimeError(f"not every post was read: {missing}")
            if number == 0:  # the warm-up
                for side in sides.values():
                    side.seconds.clear()
        return sides


def main() -> int:
    """Print the report; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, sandbox(Path(place) / "sandbox") as url:
        planted = [
            control(url, "posts", {"handle": HANDLE, "text": f"Post {n}.", "age_seconds": 3600 + 60 * n})
            for n in range(chosen.posts)
        ]
        ids = [str(post["id"]) for post in planted]
        sides = asyncio.run(_measured(url, Path(place), ids, chosen.rounds))
    rates = {name: side.rate(chosen.posts) for name, side in sides.items()}
    ratios = {name: round(rate / rates["by_hand"], 2) for name, rate in rates.items()}
    rounds = {name: spread(side.seconds) for name, side in sides.items()}
    report(
        benchmark="reading_rate", machine=machine(), posts_a_minute=rates, ratio_to_by_hand=ratios, round_seconds=rounds
    )
    return 0 if ratios["single_pages"] >= SINGLE_LEAST and ratios["timeline"] >= TIMELINE_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
