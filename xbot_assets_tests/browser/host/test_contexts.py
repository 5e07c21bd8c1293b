"""Contexts: how their memory is measured, when they are refreshed, how they are retired, and the fourth one."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from xbot_assets.domain.failures import TransientFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.machine_memory import free_mb
from xbot_assets_tests.browser.pool_rig import (
    PAGE_SECONDS,
    an_operation,
    context_of,
    contexts_in_chromium,
    patiently,
    running_pool,
    soon,
)
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

MB = 1024 * 1024
FILL = "(mb) => { window.kept = []; for (let i = 0; i < mb; i++) kept.push(new Uint8Array(1 << 20).fill(i + 1)); }"
STORE = """async (mb) => {
  const done = (request) => new Promise((yes, no) => { request.onsuccess = yes; request.onerror = no; });
  const opening = indexedDB.open("hoard");
  opening.onupgradeneeded = () => opening.result.createObjectStore("all");
  await done(opening);
  for (let i = 0; i < mb; i++) {
    const bytes = new Uint8Array(1 << 20);  // random, because Chromium compresses what it stores
    for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    await done(opening.result.transaction("all", "readwrite").objectStore("all").put(bytes, i));
  }
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[TinySite]:
    """Serve one site for the module."""
    with tiny_site() as served:
        yield served


def test_memory_is_attributed_to_the_context_whose_pages_hold_it(site: TinySite, tmp_path: Path) -> None:
    """One page takes 150 MB: its context holds that much more, and the other one, measured at once, does not."""

    async def measured() -> tuple[float, float, float]:
        async with (
            running_pool(site.url, tmp_path, slots=2) as pool,
            an_operation(pool) as (_, one),
            an_operation(pool) as (_, other),
        ):
            meter = pool.chromium.engine.meter
            await one.goto(f"{site.url}/home")
            before = await patiently(lambda: meter.context_mb(one, [one], site.url))
            await one.evaluate(FILL, 150)
            full = await patiently(lambda: meter.context_mb(one, [one], site.url))
            empty = await patiently(lambda: meter.context_mb(other, [other], site.url))
            theirs = [await patiently(partial(meter.processes_of, page)) for page in (one, other)]
            assert not theirs[0] & theirs[1]
            return before, full, empty

    before, full, empty = asyncio.run(measured())
    assert 140 < full - before < 200
    assert 5 < empty < 80


@pytest.mark.soak
def test_a_context_that_holds_too_much_is_replaced_and_the_memory_comes_back(site: TinySite, tmp_path: Path) -> None:
    """What a page stored stays in its context when the page goes; beyond 100 MB the context goes, too."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path, slots=2) as pool:
            async with an_operation(pool) as (slot, page):
                first, other = context_of(slot), context_of(pool.table.slots[1])
                await page.goto(f"{site.url}/home")
                await page.evaluate(STORE, 110)
            await soon(lambda: slot.context not in {first, None}, "the context is replaced")
            assert first.held_mb is not None
            assert first.held_mb > 110
            await soon(lambda: contexts_in_chromium(pool) == 2, "the old one is closed")
            assert pool.table.slots[1].context is other
            assert pool.describe()["refreshed"] == 1
            await soon(lambda: context_of(slot).held_mb is not None, "the new one is measured")
            assert (context_of(slot).held_mb or 0) < 80

    asyncio.run(scenario())


@pytest.mark.soak
def test_a_context_is_kept_however_many_operations_it_has_served(site: TinySite, tmp_path: Path) -> None:
    """Sixty operations that leave nothing behind are no reason for a new context."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:
            first = context_of(pool.table.slots[0])
            for _ in range(60):
                async with an_operation(pool) as (_, page):
                    await page.goto(f"{site.url}/home")
            await soon(lambda: first.held_mb is not None or first.retired, "it is measured")
            assert first.retired == ""
            assert pool.table.slots[0].context is first
            assert first.operations == 60
            await soon(lambda: first.in_flight == 0, "all pages are closed")

    asyncio.run(scenario())


@pytest.mark.soak
def test_a_page_taken_in_the_middle_of_a_measurement_says_nothing_about_its_context(
    site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked of it may never be answered; that is no reason to give up a context that is well."""
    monkeypatch.setattr("xbot_assets.browser.host.contexts.MEASURE_SECONDS", 0.02)

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:
            first = context_of(pool.table.slots[0])
            for number in range(150):
                async with an_operation(pool) as (_, page):
                    await page.goto("about:blank")
                    await asyncio.sleep(0.02 * (number % 4))
            assert first.retired == ""

    asyncio.run(scenario())


def test_an_operation_in_a_retired_context_ends_in_peace(site: TinySite, tmp_path: Path) -> None:
    """The next operation has a new context at once; the old one closes when its own has ended."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:
            async with an_operation(pool) as (slot, page):
                old = context_of(slot)
                old.retire("the test says so")
                async with pool.page(slot, PAGE_SECONDS) as newer:
                    assert newer.context is not page.context
                    await soon(lambda: contexts_in_chromium(pool) == 2, "both are there")
                    await page.goto(f"{site.url}/home")
                    assert await page.title() == "X"
                assert old.in_flight == 1
            await soon(lambda: contexts_in_chromium(pool) == 1, "the old one is closed")

    asyncio.run(scenario())


def test_a_context_that_nobody_uses_holds_no_page_and_serves_the_next_operation(
    site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its waiting page is closed; the operation that comes then opens its own, in the same context."""
    monkeypatch.setattr("xbot_assets.browser.host.contexts.REST_SECONDS", 0.2)

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:
            async with an_operation(pool) as (slot, page):
                browser_context, first = page.context, context_of(slot)
            await soon(lambda: not browser_context.pages, "no page is left")
            async with an_operation(pool) as (slot, page):
                await page.goto(f"{site.url}/home")
                assert await page.title() == "X"
                assert context_of(slot) is first
            assert first.retired == ""

    asyncio.run(scenario())


def test_what_a_page_opened_is_closed_with_it(site: TinySite, tmp_path: Path) -> None:
    """A pop-up would otherwise stay in the context for good."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:
            async with an_operation(pool) as (slot, page):
                async with page.expect_popup() as opened:
                    await page.evaluate("() => { window.open('about:blank'); }")
                popup = await opened.value
            await soon(popup.is_closed, "the pop-up is closed")
            assert slot.context is not None

    asyncio.run(scenario())


def test_an_operation_cancelled_at_any_moment_leaves_no_context_and_no_page(site: TinySite, tmp_path: Path) -> None:
    """A context or a page that is being made when its operation ends has someone to close it."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:

            async def operate() -> None:
                async with an_operation(pool):
                    await asyncio.Event().wait()

            for number in range(40):
                kept = pool.table.slots[0].context
                if kept is not None:
                    kept.retire("so that a new one is made")
                task = asyncio.create_task(operate())
                await asyncio.wait({task}, timeout=number / 1000)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            async with an_operation(pool):
                pass
            await soon(lambda: contexts_in_chromium(pool) == 1, "one context is left")
            browser = pool.chromium.engine.browser
            await soon(lambda: len(browser.contexts[0].pages) <= 1, "only the waiting page is left")

    asyncio.run(scenario())


# --- the fourth context -----------------------------------------------------------------------------------
def test_the_fourth_slot_opens_and_closes_with_the_free_memory(site: TinySite, tmp_path: Path) -> None:
    """Below the floor it takes no new operation, and the one in it ends in peace."""
    free = [2000.0]

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path, fourth_floor_mb=1000, free=lambda: free[0]) as pool:
            assert pool.describe()["slots"] == 2
            async with an_operation(pool), an_operation(pool) as (extra, page):
                assert extra.index == 1
                free[0] = 999
                assert (pool.describe()["slots"], pool.describe()["busy"]) == (1, 2)
                await page.goto(f"{site.url}/home")
                with pytest.raises(TransientFailure, match="All 1 browser slots"):
                    async with an_operation(pool):
                        pass
            await soon(lambda: contexts_in_chromium(pool) == 1, "its context is closed")
            free[0] = 1100
            assert pool.describe()["fourth_context"] == "closed: memory is short"
            free[0] = 1200
            assert pool.describe()["fourth_context"] == "open"

    asyncio.run(scenario())


def test_without_the_switch_there_is_no_fourth_slot(site: TinySite, tmp_path: Path) -> None:
    """However much memory is free."""

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path, slots=3) as pool:
            assert (pool.describe()["slots"], pool.describe()["fourth_context"]) == (3, "off")

    asyncio.run(scenario())


def test_free_memory_is_the_system_s_or_less_where_a_control_group_allows_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group without a limit, or none at all, leaves the system's; one with a limit leaves what it has not used."""
    monkeypatch.setattr("xbot_assets.machine_memory._CGROUP", tmp_path)
    of_the_machine = psutil.virtual_memory().total / MB
    assert 2 < free_mb() <= of_the_machine
    (tmp_path / "memory.current").write_text(f"{MB}\n")
    (tmp_path / "memory.max").write_text(f"{3 * MB}\n")
    assert free_mb() == 2
    (tmp_path / "memory.max").write_text("max\n")
    assert 2 < free_mb() <= of_the_machine


def test_a_critical_operation_does_not_wait_for_the_end_of_a_low_one(site: TinySite, tmp_path: Path) -> None:
    """The low one is in a navigation that never ends; its page closes in the background."""
    site.slow = {"9"}

    async def scenario() -> None:
        async with running_pool(site.url, tmp_path) as pool:

            async def scrape() -> None:
                async with an_operation(pool, Lane.LOW) as (_, page):
                    await page.goto(f"{site.url}/owner/status/9")

            for _ in range(3):
                low = asyncio.create_task(scrape())
                await soon(site.waiting.is_set, "it navigates")
                async with an_operation(pool, Lane.CRITICAL) as (_, page):
                    await page.goto(f"{site.url}/home")
                await asyncio.gather(low, return_exceptions=True)
                site.waiting.clear()

    asyncio.run(scenario())
