"""What came of every post of the simulated week, by the rows and the sandbox's ledger, and how punctual it was."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import dict_row

from xbot_assets.domain.alerts.publishing import FAILED_POST, POSTS_WAITING, UNCONFIRMED_POST
from xbot_assets.settings import Settings
from xbot_assets.testing.crash.stack import HANDLE, CrashStack
from xbot_assets.testing.weeks.calendar import MORNING, Calendar, Trouble

WITHIN_SECONDS = 60.0
SHARE_MIN = 0.98
"""Buffer's own public figure for its queue (data.buffer.com, 2021-03-30): 98 % within 60 s of the slot."""
DAGSTER_SECONDS = 6.0
"""The most that a run's process start was seen to take; added to every delay, the share is told as well."""
AFTER = timedelta(seconds=WITHIN_SECONDS)
Row = dict[str, Any]
_POSTS = """
select p.*, (select note from xbot.post_events e where e.post_id = p.id and to_status = p.status
    order by e.id desc limit 1) as note
from xbot.posts p where status not in ('emergency_pool', 'retired') order by id
"""
_ALERTS = "select key, severity, raised_at, resolved_at, times_seen from xbot.alerts order by raised_at"
_GATES = "select gate, count(*) as times from xbot.post_judgements where gate is not null group by 1 order by 1"
_RATES = """
select kind, outcome, changed_at, rate_before, rate_after from xbot.pace_changes where rate_before <> rate_after
order by id
"""
_ARMED = "select happened_at from xbot.post_events where to_status = 'armed' order by id"


def read(url: str) -> dict[str, list[Row]]:
    """Return what the database holds at the end."""
    queries = {"posts": _POSTS, "alerts": _ALERTS, "gates": _GATES, "armed": _ARMED, "rates": _RATES}
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


def end_states(rows: Mapping[str, list[Row]], settings: Settings) -> dict[str, Any]:
    """Count the posts by what became of them, and list those that are neither out, refused nor with a person."""
    open_keys = {row["key"] for row in rows["alerts"] if row["resolved_at"] is None}
    raised = {row["key"] for row in rows["alerts"]}
    counts: Counter[str] = Counter()
    astray = []
    for post in rows["posts"]:
        state, may_end_there = _end(post, settings, open_keys, raised)
        counts[state] += 1
        if not may_end_there:
            astray.append({"id": post["id"], "state": state, "scheduled_at": post["scheduled_at"].isoformat()})
    return {"posts": len(rows["posts"]), "by_state": dict(sorted(counts.items())), "astray": astray}


def _end(post: Row, settings: Settings, open_keys: set[str], raised: set[str]) -> tuple[str, bool]:
    """Return the end state with its reason, and whether it is one that a post may end in."""
    state, note = post["status"], (post["note"] or "").partition(":")[0][:60]
    if state == "published":
        return state, True
    if state == "held":
        return f"held: {note}", POSTS_WAITING.key_of() in open_keys
    if state == "rejected":
        return f"rejected: {note}", bool(post["note"])
    if state == "failed":
        told = FAILED_POST.key_of(post_id=post["id"]) in raised
        return f"failed: {post['failure_code']}", bool(post["failure_reason"]) and told
    if state == "unconfirmed":
        told = UNCONFIRMED_POST.key_of(post_id=post["id"]) in open_keys
        return state, told and post["looks"] >= settings.recovery_looks_max
    return state, False


def against_ledger(stack: CrashStack, rows: Mapping[str, list[Row]], since: datetime) -> dict[str, Any]:
    """Compare the rows with what the site has from ``since`` on."""
    ledger = [
        post
        for post in stack.ask_sandbox("ledger")["posts"]
        if post["handle"] == HANDLE and datetime.fromisoformat(post["created_at"]) >= since
    ]
    on_x = Counter(post["text"] for post in ledger)
    ours = Counter(post["text"] for post in rows["posts"] if post["status"] == "published")
    unconfirmed = Counter(post["text"] for post in rows["posts"] if post["status"] == "unconfirmed")
    return {
        "on_x": len(ledger),
        "lost": sum((ours - on_x).values()),
        "twice_or_unknown": sum((on_x - ours - unconfirmed).values()),
        **_pace([datetime.fromisoformat(post["created_at"]) for post in ledger if not post["in_reply_to"]], "posts"),
        **_pace([datetime.fromisoformat(post["created_at"]) for post in ledger], "all"),
    }


def _pace(times: Sequence[datetime], name: str) -> dict[str, Any]:
    """Return the least gap, and the most in any 60 minutes, by the site's own times."""
    ordered = sorted(times)
    gaps = [(after - before).total_seconds() for before, after in pairwise(ordered)]
    most = max((sum(at <= other < at + timedelta(hours=1) for other in ordered) for at in ordered), default=0)
    return {f"least_gap_seconds_{name}": round(min(gaps), 1) if gaps else None, f"most_in_60_minutes_{name}": most}


def in_trouble(slots: Mapping[int, datetime], troubles: Sequence[Trouble]) -> dict[int, str]:
    """Return which posts were due while a trouble was under way; nobody looks while the power is off."""
    return {
        post_id: trouble.name
        for post_id, slot in slots.items()
        for trouble in troubles
        if trouble.begins - AFTER < slot < trouble.ends
    }


def punctuality(
    rows: Mapping[str, list[Row]], slots: Mapping[int, datetime], held_back: Mapping[int, str]
) -> dict[str, Any]:
    """Return published minus slot, for posts that nothing held back and for all; and the late ones of the former."""
    late_ones = []
    delays: dict[str, list[float]] = defaultdict(list)
    for post in rows["posts"]:
        if post["status"] == "published" and post["id"] in slots:
            late = (post["published_at"] - slots[post["id"]]).total_seconds()
            delays[held_back.get(post["id"], "nothing")].append(late)
            if late > WITHIN_SECONDS and post["id"] not in held_back:
                late_ones.append({"id": post["id"], "slot": str(slots[post["id"]]), "seconds": round(late, 1)})
    return {
        "not_held_back": figures(delays.get("nothing", [])),
        "late_without_being_held_back": late_ones,
        "all": figures([late for group in delays.values() for late in group]),
        "held_back_by": {name: figures(group) for name, group in sorted(delays.items()) if name != "nothing"},
    }


def figures(delays: Sequence[float]) -> dict[str, Any]:
    """Return the share within 60 s, and quantiles in seconds."""
    if not delays:
        return {"posts": 0}
    seconds = np.array(delays)
    return {
        "posts": len(delays),
        "within_60_s": round(float((seconds <= WITHIN_SECONDS).mean()), 4),
        "within_60_s_with_6_s_of_process_start": round(float((seconds + DAGSTER_SECONDS <= WITHIN_SECONDS).mean()), 4),
        **{f"p{share}_seconds": round(float(np.percentile(seconds, share)), 1) for share in (50, 95, 99)},
        "max_seconds": round(float(seconds.max()), 1),
    }


def episodes(rows: Mapping[str, list[Row]], troubles: Sequence[Trouble]) -> dict[str, Any]:
    """Say of each trouble what was tried in it, what got out, which alerts it raised, and when it went on."""
    published = sorted(post["published_at"] for post in rows["posts"] if post["status"] == "published")
    by_trouble = {}
    for trouble in troubles:
        after = next((at for at in published if at >= trouble.ends), None)
        by_trouble[trouble.name] = {
            "from": trouble.begins.isoformat(),
            "to": trouble.ends.isoformat(),
            "attempts": sum(trouble.begins <= row["happened_at"] < trouble.ends for row in rows["armed"]),
            "published": sum(trouble.begins <= at < trouble.ends for at in published),
            "alerts": sorted(
                {row["key"] for row in rows["alerts"] if trouble.begins <= row["raised_at"] < trouble.ends}
            ),
            "next_post_minutes_after": round((after - trouble.ends).total_seconds() / 60, 1) if after else None,
        }
    return by_trouble


def wall_clock(rows: Mapping[str, list[Row]], plan: Calendar, settings: Settings) -> dict[str, Any]:
    """Return the owner's daily post as their wall clock showed it, and what went out in quiet hours."""
    quiet = settings.quiet
    out = [post for post in rows["posts"] if post["status"] == "published"]
    morning = [post for post in out if post["source"] == "manual" and not post["reply_to_x_id"]]
    shown = {
        f"{at:%Y-%m-%d}": f"{at:%H:%M:%S %Z}"
        for at in sorted(post["published_at"].astimezone(plan.zone) for post in morning)
        if at.hour == MORNING.hour
    }
    inside = [post["id"] for post in out if quiet and quiet.contain(post["published_at"], plan.zone)]
    return {"change": str(plan.change), "the_owners_0705": shown, "published_in_quiet_hours": len(inside)}


def promises(document: Mapping[str, Any], settings: Settings) -> dict[str, bool]:
    """Hold the run against what was promised."""
    ledger, late = document["ledger"], document["punctuality"]["not_held_back"]
    return {
        "every post is published, refused with a reason, or with a person": not document["end"]["astray"],
        "none is lost": ledger["lost"] == 0,
        "none is there twice, or without the queue knowing": ledger["twice_or_unknown"] == 0,
        "the spacing is kept": (ledger["least_gap_seconds_all"] or 0) >= settings.post_spacing.total_seconds(),
        "the limit of an hour is kept": ledger["most_in_60_minutes_posts"] <= settings.posts_per_hour_max,
        "quiet hours are kept on both sides of the change": document["clocks"]["published_in_quiet_hours"] == 0,
        "98 % of what nothing held back is out within 60 s": late.get("within_60_s", 0) >= SHARE_MIN,
    }
