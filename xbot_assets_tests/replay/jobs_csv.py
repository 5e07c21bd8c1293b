"""A small file of made-up jobs in the format of the old system's list."""

from pathlib import Path

HEAD = (
    "name,interval_min,offset_min,uses_browser,typical_browser_seconds,layer,source,scheduled_at_abc,browser_path,"
    "declared_priority,hard_limit_seconds,how_estimated"
)
GOOD = (
    'send,5,0,yes,40,content/queue,x,yes,semaphore+pool,"sem POSTING=1; pool 2",120,"two, parts"',
    "count,20,0,yes,100,metrics/a,x,yes,semaphore+pool (health gate first),sem METRICS=2; pool default 5,180,x",
    'look,30,10,yes,90,scraping/a,x,yes,"pool, no semaphore",pool default 5,none,x',
    'peek,60,10,yes,60,scraping/b,x,yes,"own browser, bypasses pool",none,none,x',
    "ping,10,2,yes,5,health/a,x,yes,pool,pool 10,10,x",
    "think,60,2,no,0,content/plan,x,yes,,,,x",
    'inner,120,10,yes,900,scraping/b,x,"no (inside peek, flag)",pool,pool 8,none,x',
    "once,,0,no,0,content/start,x,no (one-shot at start),,,,x",
)


def write_jobs(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """Write a file of these rows, the good ones when none are given."""
    path = folder / "jobs.csv"
    path.write_text("\n".join((head, *(rows or GOOD))) + "\n", "utf-8")
    return path
