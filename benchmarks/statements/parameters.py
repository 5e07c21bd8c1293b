"""A value for every parameter that is asked for under the same meaning wherever its name stands."""

from datetime import date, datetime, timedelta
from typing import Any

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def parameters(now: datetime, post: int) -> dict[str, Any]:
    """Return values by name, as the product would ask at a time, about one published post."""
    return {**_times(now), **_of_posts(post), **_of_replies(), **_of_models(now), **_of_upkeep(now), **_OTHERS}


def _times(now: datetime) -> dict[str, Any]:
    hour_ago = ("start", "looked_before", "first_before", "missing_before")
    at_once = ("now", "at", "until", "not_before", "scheduled_at", "published_at", "due", "read_at", "called_at")
    return {
        **dict.fromkeys(at_once, now),
        **dict.fromkeys(hour_ago, now - HOUR),
        **dict.fromkeys(("since", "before", "day_ago", "trained_at", "starts"), now - DAY),
        "end": now + HOUR,
        "ends": now + DAY,
        "young_since": now - 6 * HOUR,
        **dict.fromkeys(("lease", "spacing", "span", "click_within", "longer", "step"), HOUR),
        **dict.fromkeys(("reset", "needed_within", "attempt_within", "pause", "gap"), timedelta(minutes=4)),
        "day": DAY,
        "min_age": 6 * HOUR,
        "max_age": 30 * DAY,
        "young": timedelta(minutes=20),
        "middle": 2 * HOUR,
        "old": DAY,
    }


def _of_posts(post: int) -> dict[str, Any]:
    return {
        "id": post,
        "post_id": post,
        "ids": [post],
        "token": 1,
        "limit": 20,
        "offset": 0,
        "most": 20,
        "batches": 20,
        "x_ids": ["1900000000000000007"],
        "x_post_id": "1900000000000000007",
        "handle": "me",
        "kind": "post",
        "text": "Another text",
        "texts": ["Another text"],
        "fingerprint": "another",
        "digest": "another",
        "features": "{}",
        "position": 0,
        "revision": 1,
        "permalink": None,
        "relative": True,
        "shadow": False,
        "replies_only": True,
        "may_requeue": True,
        "threaded": False,
        "again": False,
        "looks_max": 3,
        "seen": 20,
        "asked": 20,
        "posts_read": 20,
        "template": "t",
        "subject": "s",
    }


def _of_replies() -> dict[str, Any]:
    return {
        "relevance": 0.5,
        "handles": ["reader7", "reader8", "reader9"],
        "own": "me",
        "least": 3.0,
        "half_life": 7 * 86_400.0,
        "answers": 3,
        "seconds": 60,
        "new": 3,
        "open_posts": 250,
        "shown": 20,
        "kept": 4,
        "why": "",
        "cost": 100,
        "draft": "A draft",
        "call": None,
        "reply_to": "1700000000000000003",
        "reply_to_handle": "reader3",
        "by": "model",
    }


def _of_models(now: datetime) -> dict[str, Any]:
    none = ("failure_code", "failure_reason", "seed", "model_version", "job", "reservation_id", "effort")
    return {
        **dict.fromkeys(none, None),
        **dict.fromkeys(("prompt_tokens", "completion_tokens", "latency_ms", "most_completion"), 100),
        **dict.fromkeys(("cost_microusd", "amount", "reserved", "spent"), 10),
        **dict.fromkeys(("takes_seed", "allows_thinking", "answered", "overran", "spells_schema"), True),
        "budget": 1_000_000,
        "budget_day": date(2026, 1, 1),
        "guarantees": "[]",
        "account": "openai",
        "model": "gpt-4o",
        "successor": "gpt-5",
        "ends_on": date(2030, 1, 1),
        "prompt_version": "1",
        "purpose": "pool",
        "beside": [],
        "answer_format": "text",
        "limit_name": "max_tokens",
        "probed": True,
        "problem": "It did not answer.",
        "parameters": "{}",
        "evaluation": "{}",
        "evidence": "{}",
        "verdict": "promoted",
        "outcomes_used": 100,
        "times": [now - DAY, now],
    }


def _of_upkeep(now: datetime) -> dict[str, Any]:
    return {
        "task": "purge",
        "report": "{}",
        "taken_at": now - HOUR,
        "queued_at": now,
        "started_at": now,
        "ended_at": now,
        "run_id": None,
        "slot": 0,
        "covers_since": now - DAY,
        **dict.fromkeys(("posts_seen", "confirmed", "phantoms", "missing"), 20),
        **dict.fromkeys(("followers", "following", "posts"), 100),
        "exact": True,
        "looked": 20,
        "unparsed": 0,
        "changed": False,
        "compared": 20,
        "disagreed": 0,
        "operation": "ReadPosts",
        "path": "/me/status/1",
        "outline": "<main>",
        "created_at": now - 400 * DAY,
        "labelled": True,
        "real_anchor": now,
        "product_anchor": now,
        "paused_until": now,
        "checksum": "x",
        "version": 9999,
    }


_OTHERS = {
    "worker": "nobody",
    "holder": "nobody",
    "dead": None,
    "duplicate": "duplicate",
    "who": "anna",
    "why": "seen",
    "note": "seen",
    "reason": "r",
    "remedy": "Look.",
    "error": "refused",
    "severity": "warning",
    "key": "key:1",
    "prefix": "key:",
    "kept": [],
    "code": "c",
    "codes": ["c"],
    "how": "resumed",
    "rule": "quiet",
    "name": "publishing",
    "channel": "ntfy",
    "channels": ["ntfy"],
    "state": "dismissed",
    "outcome": "ok",
    "mark": "m",
    "rate": 1.0,
    "rate_before": 1.0,
    "rate_after": 1.0,
    "successes": 1,
    "failures": 1,
    "needed": 1,
    "pause_reason": "r",
    "weights": [1.0] * 24,
}
