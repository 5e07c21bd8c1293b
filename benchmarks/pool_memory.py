"""Does memory grow with the number of pages? Our pool loads N pages; the PSS of driver and Chromium is sampled.

    python -m benchmarks.pool_memory [--pages 5000] [--recycle on|off|both]

Recycle "on" is the product: contexts that hold more than 100 MB are refreshed. "off" never refreshes; it is the
baseline of the same run. Growth compares the median of the last fifth of the samples with that of the second fifth:
the first fifth is left out, because the driver's and Chromium's heaps fill to their working size there.
"""

import argparse
import asyncio
import math
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.browser.rig import local_site, machine, our_pool, report, tree_mb
from xbot_assets.browser.host.lease import Lease
from xbot_assets.browser.host.pool import BrowserPool
from xbot_assets.browser.wire import OperationCall
from xbot_assets.domain.lanes import Lane
from xbot_assets.x.operations import CheckSession

SAMPLES = 50
SHOWN = 10
SLOTS = 3
NEVER_MB = 1_000_000.0
_CALL = OperationCall(operation=CheckSession(), lane=Lane.HIGH, deadline_seconds=60)


async def _worker(pool: BrowserPool, url: str, pages: int) -> None:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("runs in a task")
    for _ in range(pages):
        async with pool.taken(Lease.of(_CALL, task)) as slot, pool.page(slot, _CALL.deadline_seconds) as page:
            await page.goto(url)


async def _measured(url: str, pages: int, max_mb: float) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as home:
        pool = our_pool(url, Path(home), slots=SLOTS, max_mb=max_mb)
        keeping = asyncio.create_task(pool.keep())
        try:
            while pool.chromium.trouble is not None:  # noqa: ASYNC110 - it starts in another process
                await asyncio.sleep(0.05)
            return await _sampled(pool, url, pages)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _sampled(pool: BrowserPool, url: str, pages: int) -> dict[str, object]:
    samples: list[dict[str, float]] = []
    began = time.monotonic()
    each = math.ceil(pages / SAMPLES / SLOTS)
    for number in range(SAMPLES):
        await asyncio.gather(*(_worker(pool, url, each) for _ in range(SLOTS)))
        await _at_rest(pool)
        samples.append(tree_mb() | {"pages": float((number + 1) * each * SLOTS)})
    seconds = time.monotonic() - began
    facts = pool.describe()
    return {
        "pages": int(samples[-1]["pages"]),
        "pages_per_second": round(samples[-1]["pages"] / seconds, 2),
        "growth_percent": {name: _growth(samples, name) for name in ("driver", "chromium", "all")},
        "samples_mb": [
            {name: round(value, 1) for name, value in sample.items()} for sample in samples[:: SAMPLES // 10]
        ],
        "contexts_refreshed": facts["refreshed"],
        "chromium_starts": facts["starts"],
    }


async def _at_rest(pool: BrowserPool) -> None:
    """Wait until pages are closed and the next ones open: one page more or less exceeds what is looked for."""
    contexts = [slot.context for slot in pool.table.slots if slot.context is not None]
    while not all(context.at_rest or context.retired for context in contexts):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)


def _rounded(sample: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in sample.items()}


def _growth(samples: list[dict[str, float]], name: str) -> float:
    sizes = [sample["driver"] + sample["chromium"] if name == "all" else sample[name] for sample in samples]
    fifth = len(sizes) // 5
    early, late = statistics.median(sizes[fifth : 2 * fifth]), statistics.median(sizes[-fifth:])
    return round((late / early - 1) * 100, 2)


async def _run(pages: int, recycle: str) -> None:
    results: dict[str, object] = {}
    with local_site() as url:
        for name, max_mb in (("off", NEVER_MB), ("on", 100.0)):
            if recycle in {name, "both"}:
                results[f"recycle_{name}"] = await _measured(url, pages, max_mb)
    report(benchmark="pool_memory", machine=machine(), slots=SLOTS, **results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--recycle", choices=("on", "off", "both"), default="both")
    chosen = parser.parse_args()
    asyncio.run(_run(chosen.pages, chosen.recycle))
