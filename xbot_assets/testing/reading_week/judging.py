"""What came of a simulated week of reading and answering, beside what is promised of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.catalogue import load_catalogue
from xbot_assets.testing.crash.stack import HANDLE, CrashStack
from xbot_assets.testing.reading_week.run import Late, ReadingWeek
from xbot_assets.testing.reading_week.truth import TrueReply, answers_to_us, true_replies

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
VARIANT = "promised_cadence_own_timeline"
DONE_IN_LOW = frozenset({"discover_accounts", "harvest"})
"""The catalogue reckons these in the high lane, like the old jobs; the product does them in the low one."""
LATE_P95_MAX = timedelta(minutes=5)
"""A look is in time when it comes within this: posting windows are two minutes on either side of a post."""
RECOVERY_MAX = 2 * HOUR
NOTED = "select handle, noted_at from unanswerable_authors"
STATES = "select status, count(*) from posts group by 1"
OPPORTUNITIES = """select source, state, reason, count(*) from reply_opportunities
    where source is not null group by 1, 2, 3 order by 4 desc"""


def judged(stack: CrashStack, run: ReadingWeek) -> dict[str, Any]:
    """Return the document: first what is promised and whether it was kept."""
    document = {
        "lateness_minutes": _lateness(run.late),
        "browser_seconds_an_hour": browser(run),
        "pool": _pool(run),
        "replies": _replies(stack, run),
        "runs": dict(run.runs),
        "failures": dict(run.failures),
        "posts": dict(run.connection.execute(STATES).fetchall()),
        "opportunities": [list(row) for row in run.connection.execute(OPPORTUNITIES).fetchall()],
    }
    return {"promises": promises(document), **document}


def promises(document: Mapping[str, Any]) -> dict[str, bool]:
    """Hold a document against what is promised."""
    late, pool, replies = document["lateness_minutes"], document["pool"], document["replies"]
    lanes = document["browser_seconds_an_hour"]
    return {
        "posts_read_at_their_cadence": late["all"]["p95"] <= LATE_P95_MAX / MINUTE,
        "browser_seconds_within_budget": all(lanes[lane]["used"] <= lanes[lane]["budget"] for lane in (*Lane, "all")),
        "pool_within_its_bounds": pool["within"] == 1.0,
        "pool_recovers": pool["recovered_after_minutes"] is not None
        and pool["recovered_after_minutes"] <= RECOVERY_MAX / MINUTE,
        "no_post_answered_twice": replies["twice"] == 0,
        "nobody_answered_who_did_not_engage": replies["to_strangers"] == 0,
        "nobody_answered_who_said_stop": replies["after_stop_was_read"] == 0,
        "circles_end": replies["longest_circle"] <= 1,
        "nothing_sensitive_answered": replies["to_sensitive"] == 0,
        "somebody_was_answered": replies["made"] > 0,
    }


def _lateness(late: Sequence[Late]) -> dict[str, Any]:
    bands = {
        "first": [one for one in late if one.age <= timedelta(0)],
        "to_a_day": [one for one in late if timedelta(0) < one.age < DAY],
        "to_a_week": [one for one in late if one.age >= DAY],
        "all": list(late),
    }
    return {name: figures([one.late / MINUTE for one in group]) for name, group in bands.items()}


def figures(values: Sequence[float]) -> dict[str, float]:
    """Return count, median, 95th percentile and most."""
    if not values:
        return {"count": 0, "median": 0.0, "p95": 0.0, "max": 0.0}
    median, p95 = np.percentile(values, (50, 95)).tolist()
    return {
        "count": len(values),
        "median": round(median, 2),
        "p95": round(p95, 2),
        "max": round(max(values), 2),
    }


def budget() -> dict[str, float]:
    """Return what ``xbot replay`` reckons with, by lane, in browser seconds an hour."""
    seconds: dict[str, float] = defaultdict(float)
    for job in load_catalogue().browser_jobs(VARIANT):
        lane = Lane.LOW if job.name in DONE_IN_LOW else job.lane
        seconds[lane] += job.seconds_per_hour
    return {**seconds, "all": sum(seconds.values())}


def browser(run: ReadingWeek) -> dict[str, Any]:
    """Return what was used and what was reckoned with, by lane, and what used it."""
    hours = (run.clock.now - run.begins) / HOUR
    used, kinds, times = defaultdict[str, float](float), defaultdict[str, float](float), Counter[str]()
    for one in run.way.done:
        for name in (one.lane, "all"):
            used[name] += one.seconds
        kinds[f"{one.lane} {one.kind}"] += one.seconds
        times[f"{one.lane} {one.kind}"] += 1
    lanes = {
        name: {"used": round(used[name] / hours, 1), "budget": round(seconds, 1)} for name, seconds in budget().items()
    }
    by_operation = {
        name: {"an_hour": round(seconds / hours, 1), "times": times[name], "each": round(seconds / times[name], 2)}
        for name, seconds in sorted(kinds.items(), key=lambda item: -item[1])
    }
    return {**lanes, "by_operation": by_operation}


def _pool(run: ReadingWeek) -> dict[str, Any]:
    rules, emptied = run.product.settings.opportunity_rules, run.emptied_at
    recovered = next((at for at, size in run.pool if emptied and at > emptied and size >= rules.least), None)
    warm = next((at for at, size in run.pool if size >= rules.least), None)
    steady = [size for at, size in run.pool if warm and at >= warm and not _between(at, emptied, recovered)]
    return {
        "warm_after_minutes": _minutes(run.begins, warm),
        "least": min(steady, default=0),
        "most": max(steady, default=0),
        "median": float(np.median(steady)) if steady else 0.0,
        "within": _share(rules.least <= size <= rules.most for size in steady),
        "recovered_after_minutes": _minutes(emptied, recovered),
        "by_hour": [size for _, size in run.pool[::60]],
    }


def _between(at: datetime, first: datetime | None, last: datetime | None) -> bool:
    return first is not None and first <= at and (last is None or at < last)


def _minutes(first: datetime | None, last: datetime | None) -> float | None:
    return round((last - first) / MINUTE, 1) if first and last else None


def _share(each: Iterable[bool]) -> float:
    values = list(each)
    return round(sum(values) / len(values), 4) if values else 0.0


def _replies(stack: CrashStack, run: ReadingWeek) -> dict[str, Any]:
    made = true_replies(stack.home, HANDLE)
    noted: dict[str, datetime] = dict(run.connection.execute(NOTED).fetchall())

    def was_noted(reply: TrueReply) -> bool:
        at = noted.get(reply.handle.lower())
        return at is not None and at < datetime.fromisoformat(reply.created_at)

    answered = Counter(reply.in_reply_to for reply in made)
    circles = Counter((reply.conversation_id, reply.handle) for reply in made if reply.automated)
    return {
        "made": len(made),
        "authors": len({reply.handle for reply in made}),
        "twice": sum(times > 1 for times in answered.values()),
        "to_strangers": sum(not reply.engaged for reply in made),
        "after_stop": sum(reply.said_stop for reply in made),
        "after_stop_was_read": sum(reply.said_stop and was_noted(reply) for reply in made),
        "to_whom_nobody_answers": sum(map(was_noted, made)),
        "to_sensitive": sum(reply.sensitive for reply in made),
        "to_automated": sum(reply.automated for reply in made),
        "longest_circle": max(circles.values(), default=0),
        "answers_to_us": dict(answers_to_us(stack.home, HANDLE).most_common(5)),
        "not_answered": {handle: at.isoformat() for handle, at in noted.items()},
    }
