"""What the statements are asked with: as the product asks them, of data that are as old as ``data.sql`` makes them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.statements.parameters import DAY, parameters
from benchmarks.statements.rows import rows_of
from xbot_assets.domain.engagement.discovery import WEIGHTS
from xbot_assets.store.outcome_pages import PAGE

BATCH = 2000
"""Rows that one statement of a purge deletes."""
POST_GAP = timedelta(minutes=7.2)
"""Between two posts of the data."""
_YOUNG = 100
"""The newest posts, most of which have no outcome yet."""
_OLDEST_MONTH = timedelta(days=62)
"""From the first post on, a month of readings is over by then: housekeeping drops one when it is due."""


def values_of(name: str, now: datetime, newest_post: int) -> dict[str, Any]:
    """Return a value for every parameter of a statement that is asked often; what is missing is null.

    Args:
        name: of the statement.
        now: the product's time.
        newest_post: the id of a published post of the last hours.
    """
    window = {"since": now - _WINDOWS[name]} if name in _WINDOWS else {}
    rows = BATCH if name.startswith("purge_") else rows_of(name, now, newest_post)
    today = {"day": now.date()} if name in _OF_TODAY else {}
    where = {**_of_posts(newest_post, now), **_OWN}.get(name, {})
    return {**parameters(now, newest_post), "rows": rows, **window, **today, **where}


def _of_posts(newest: int, now: datetime) -> Mapping[str, dict[str, Any]]:
    """Return what is asked by where posts are: a page of those that have outcomes, and the oldest month."""
    page = {"first": newest - PAGE * 10 // 9 - _YOUNG, "last": newest - _YOUNG}
    return {
        "training_examples": page,
        "reported_posts": page,
        "compared_posts": {"first": now - _YOUNG * POST_GAP - PAGE * POST_GAP, "last": now - _YOUNG * POST_GAP},
        "purge_readings": {"before": now - newest * POST_GAP + _OLDEST_MONTH},
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
    **dict.fromkeys(
        (
            "template_uses_since",
            "judgements_by_day",
            "call_groups",
            "failures_by_code",
            "compared_pages",
            "compared_posts",
        ),
        30 * DAY,
    ),
    **dict.fromkeys(("discovered_accounts",), 21 * DAY),
    **dict.fromkeys(("follower_readings", "views_since"), 28 * DAY),
    **dict.fromkeys(("newest_signals", "signal_counts", "signal_problems", "signal_duplicates"), 3 * DAY),
    **dict.fromkeys(("posts_to_verify", "verification_is_due"), 3 * DAY),
}
"""How far back the product looks; a day where nothing is said."""
_OF_BUDGET = ("move_budget", "budget_day_account", "open_budget_day", "reserve_budget", "spend_rest_of_day")
_OF_TODAY = ("add_statement_timings", "statement_timings_since", "costliest_statements")
_OWN: Mapping[str, dict[str, Any]] = {
    **{name: {"day": date(2026, 1, 1)} for name in _OF_BUDGET},
    **{
        name: {"id": UUID(int=1), "kind": "publish", "lane": "critical"}
        for name in ("begin_operation", "end_operation")
    },
    "outcome_pages": {"limit": 1000, "page": PAGE},
    "compared_pages": {"page": PAGE},
    "redefine_outcomes": {"limit": 1000},
    "recent_texts": {"limit": 1000},
    "earned_rewards": {"limit": 1000},
    "judged_against": {"limit": 2500, "with_pool": True},
    "judged_against_others": {"limit": 2500},
    "newest_published": {"limit": 500},
    "impossible_readings": {"limit": 50},
    "views_since": {"limit": 200},
    "posts_on_lists": {"limit": 190, "share": 0.5},
    "replies_twice": {"limit": 1000},
    "unwanted_replies": {"limit": 1000},
    "newest_signals": {"kind": "peer", "limit": 60},
    **{name: {"kinds": ["peer", "viral_format"], "limit": 500} for name in ("signal_problems", "signal_duplicates")},
    "signal_posts_stored": {"ids": ["1500000000000099001"]},
    "last_signal_readings": {"reading": "background"},
    "note_signal_reading": {"reading": "background", "unread": 0},
    **{name: {"kind": "expert"} for name in ("current_insight", "last_insight", "store_insight")},
    "champion": {"kind": "bandit"},
    "champion_seat": {"kind": "bandit"},
    "model_versions": {"kind": "bandit"},
    "lock_model_versions": {"kind": "bandit"},
    "insert_model_version": {"kind": "bandit"},
    "promote": {"kind": "bandit", "id": 1},
    "note_champion_event": {"kind": "bandit"},
    "bandit_versions_at": {"rule": "steady"},
    "insert_session_check": {"state": "logged_in"},
    "set_challenger": {"kind": "bandit", "id": 1, "share": 0.5},
    "expire_opportunities": {"most": 300},
    "begin_look": {"seen": None},
    "claim_notices": {"ids": [1]},
    "discovered_accounts": {"weights": json.dumps(dict(WEIGHTS)), "most": 5},
    "insert_posted_by_hand": {"x_post_id": "1500000000000000007"},
    "booked_call": {"reservation_id": 1},
    "note_quick_answerers": {"limit": 3},
}
