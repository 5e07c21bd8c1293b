"""What the statements are asked with: as the product asks them, of data that are as old as ``data.sql`` makes them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def values_of(name: str, now: datetime, newest_post: int) -> dict[str, Any]:
    """Return a value for every parameter of a statement that is asked often; what is missing is null.

    Args:
        name: of the statement.
        now: the product's time.
        newest_post: the id of a published post of the last hours.
    """
    window = {"since": now - _WINDOWS[name]} if name in _WINDOWS else {}
    return {**_common(now, newest_post), **window, **_OWN.get(name, {}), **_rows(name, now, newest_post)}


def _common(now: datetime, post: int) -> dict[str, Any]:
    return {
        "now": now,
        "at": now,
        "since": now - DAY,
        "until": now,
        "start": now - HOUR,
        "end": now + HOUR,
        "before": now - DAY,
        "day_ago": now - DAY,
        "looked_before": now - HOUR,
        "first_before": now - HOUR,
        "missing_before": now - HOUR,
        "not_before": now,
        "scheduled_at": now,
        "published_at": now,
        "due": now,
        "id": post,
        "post_id": post,
        "ids": [post],
        "token": 1,
        "limit": 20,
        "most": 20,
        "batches": 20,
        "x_ids": ["1900000000000000007"],
        "x_post_id": "1900000000000000007",
        "handle": "me",
        "kind": "post",
        "relative": True,
        "shadow": False,
        "replies_only": True,
        "may_requeue": True,
        "threaded": False,
        "again": False,
        "looks_max": 3,
        "lease": HOUR,
        "spacing": HOUR,
        "span": HOUR,
        "click_within": HOUR,
        "day": DAY,
        "min_age": 6 * HOUR,
        "max_age": 30 * DAY,
        "worker": "nobody",
        "dead": None,
        "duplicate": "duplicate",
        "purpose": "pool",
        "template": "t",
        "subject": "s",
        "who": "anna",
        "why": "seen",
        "note": "seen",
        "reason": "r",
        "code": "c",
        "rule": "quiet",
        "seen": None,
        "permalink": None,
        "asked": 20,
        "posts_read": 20,
        "young": timedelta(minutes=20),
        "middle": 2 * HOUR,
        "old": DAY,
        "trained_at": now - DAY,
        "young_since": now - 6 * HOUR,
    }


_WINDOWS: Mapping[str, timedelta] = {
    **dict.fromkeys(
        (
            "judged_against",
            "judged_against_others",
            "recent_texts",
            "earned_rewards",
            "outcomes_due",
            "waiting_outcomes",
        ),
        90 * DAY,
    ),
    **dict.fromkeys(("template_uses_since", "judgements_by_day", "call_groups", "failures_by_code"), 30 * DAY),
    **dict.fromkeys(("posts_to_verify", "verification_is_due"), 3 * DAY),
}
"""How far back the product looks; a day where nothing is said."""
_OF_DAYS = (
    *("move_budget", "budget_day_account", "open_budget_day", "reserve_budget"),
    *("add_statement_timings", "statement_timings_since"),
)
_OWN: Mapping[str, dict[str, Any]] = {
    **{name: {"day": date(2026, 1, 1)} for name in _OF_DAYS},
    **{
        name: {"id": UUID(int=1), "kind": "publish", "lane": "critical"}
        for name in ("begin_operation", "end_operation")
    },
    "training_examples": {"limit": 1000},
    "reported_posts": {"limit": 1000},
    "redefine_outcomes": {"limit": 1000},
    "recent_texts": {"limit": 1000},
    "earned_rewards": {"limit": 1000},
    "judged_against": {"limit": 2500, "with_pool": True},
    "judged_against_others": {"limit": 2500},
    "newest_published": {"limit": 500},
    "impossible_readings": {"limit": 50},
    "champion": {"kind": "bandit"},
    "champion_seat": {"kind": "bandit"},
    "model_versions": {"kind": "bandit"},
    "lock_model_versions": {"kind": "bandit"},
}


def _rows(name: str, now: datetime, post: int) -> dict[str, str]:
    """Return the rows of statements that store many at once; none by default."""
    again = (now + HOUR).isoformat()
    counts = {"replies": 9, "reposts": 9, "likes": 99, "bookmarks": 9, "views": 9999, "label": None}
    reading = {"read_at": now.isoformat(), "next_read_at": again, "unchanged_readings": 0, **counts}
    miss = {"missed_at": now.isoformat(), "why": "unread", "reason": "slow", "next_read_at": again}
    odd = {"read_at": now.isoformat(), "problem": "falling_views", "reason": "r", "evidence": {}, "next_read_at": again}
    scored = {"reward": 0.5, "score": 0.5, "level": 0.5, "is_relative": False}
    outcome = {"read_at": now.isoformat(), "computed_at": now.isoformat(), **scored}
    kinds = {
        "insert_readings": reading,
        "insert_misses": miss,
        "quarantine_readings": odd,
        "insert_outcomes": outcome,
    }
    given = [{"position": at, "post_id": post - at * 40, **kinds[name]} for at in range(20)] if name in kinds else []
    return {"rows": json.dumps(given)}
