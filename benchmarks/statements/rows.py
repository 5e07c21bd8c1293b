"""The rows of statements that store many at once, as many as the product stores."""

import json
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
MANY = 20


def rows_of(name: str, now: datetime, post: int) -> str:
    """Return the rows of a statement as JSON; an empty list for one that takes none."""
    row = {**_readings(now), **_posts(now), **_replies(now), **_records()}.get(name)
    given = [_numbered(row, at, post - at * 40) for at in range(MANY)] if row else []
    return json.dumps(given)


def _numbered(row: dict[str, Any], at: int, post: int) -> dict[str, Any]:
    """Return one of many rows: what has to differ bears its number."""
    told = {key: value.replace("#", f"{at:02}") if isinstance(value, str) else value for key, value in row.items()}
    return {"position": at, "post_id": post, **told}


def _readings(now: datetime) -> dict[str, dict[str, Any]]:
    again, at = (now + HOUR).isoformat(), now.isoformat()
    counts = {"replies": 9, "reposts": 9, "likes": 99, "bookmarks": 9, "views": 9999, "label": None}
    scored = {"reward": 0.5, "score": 0.5, "level": 0.5, "is_relative": False}
    return {
        "insert_readings": {"read_at": at, "next_read_at": again, "unchanged_readings": 0, **counts},
        "insert_misses": {"missed_at": at, "why": "unread", "reason": "slow", "next_read_at": again},
        "quarantine_readings": {
            "read_at": at,
            "problem": "falling_views",
            "reason": "r",
            "evidence": {},
            "next_read_at": again,
        },
        "insert_outcomes": {"read_at": at, "computed_at": at, **scored},
    }


def _posts(now: datetime) -> dict[str, dict[str, Any]]:
    at = now.isoformat()
    written = {"text": "A text #", "fingerprint": "new #", "topic": "topic 1", "format": "format 1", "features": {}}
    seen = {"x_post_id": "19900000000000000#", "text": "A text #", "created_at": at, "in_reply_to": None}
    return {
        "enqueue_posts": {**written, "source": "llm", "scheduled_at": at, "images": [], "arm_chances": None},
        "add_to_pool": {**written, "llm_call_id": None},
        "adopt_posts": {**seen, "kind": "post"},
        "import_posts": {**seen, "language": "en", "likes": 1, "reposts": 1},
        "note_phantoms": {**seen, "permalink": "/me/status/1", "resembles_post_id": None},
        "insert_judgements": {
            "judged_at": at,
            "text": "t",
            "topic": "topic 1",
            "format": "format 1",
            "purpose": "plan",
            "model": "gpt-4o",
            "gate": None,
            "reason": None,
        },
    }


def _replies(now: datetime) -> dict[str, dict[str, Any]]:
    at, later = now.isoformat(), (now + HOUR).isoformat()
    post = {"x_post_id": "17900000000000000#", "handle": "reader#"}
    return {
        "store_signals": {
            **dict.fromkeys(("rank", "posts"), None),
            **dict.fromkeys(("likes", "reposts", "replies", "views"), 9),
            **dict.fromkeys(("name", "x_post_id"), "17900000000000000#"),
            "kind": "peer",
            "handle": "reader7",
            "about": "@reader7",
            "format": "question",
            "text": "A text",
            "created_at": at,
        },
        "store_insight": {"text": "A sentence", "x_post_ids": ["1500000000000099001"], "dropped": None},
        "store_opportunities": {
            **post,
            "source": "search",
            "state": "open",
            "reason": "",
            "text": "A text",
            "lang": "en",
            "in_reply_to": None,
            "conversation_id": "17900000000000000#",
            "automated": False,
            "created_at": at,
            "expires_at": later,
        },
        "store_opportunity_readings": {**post, "read_at": at, "likes": 1, "views": 100},
        "store_relevance": {**post, "relevance": 0.5},
        "store_velocities": {**post, "velocity": 0.5},
        "note_account_signals": {**post, "kind": "quoted"},
        "note_unanswerable": {**post, "why": "stop"},
        "insert_engagements": {
            "handle": "reader#",
            "kind": "like",
            "x_post_id": "1900000000000000007",
            "engaged_at": at,
        },
    }


def _records() -> dict[str, dict[str, Any]]:
    timed = {"name": "statement #", "calls": 1, "total_ms": 1.0, "max_ms": 1.0, "slow_calls": 0}
    return {
        "add_statement_timings": timed,
        "insert_queue_samples": {"lane": "high", "waiting": 0, "oldest_seconds": 0.0},
    }
