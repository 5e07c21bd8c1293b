"""Content under one fault, a mix of faults, and without the language model: played in simulated time, and judged."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from xbot_assets.settings import Settings
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Row
from xbot_assets.testing.content.budget_load import SandboxModel
from xbot_assets.testing.content.planner import NOWHERE, STEP, ContentRun, content_parts, content_run

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
ALONE_FOR = timedelta(hours=12)
BACK_FOR = timedelta(hours=6)
GONE_FOR = timedelta(hours=72)
MIXED_SHARE = 0.3
SLOW_SECONDS = 1.5
PATIENCE_SECONDS = 1.0
"""A request's time limit here: a slow answer is then too late without the benchmark being slow itself."""
HELD, SHARE, CANNOT = "language_model_held", "fallback_share", "cannot_write"


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, the category and code its calls are booked with, and the alert that it may raise.

    A code that begins with ``gate_`` is a gate's: the call itself went well.

    A share of fallback posts above the owner's limit is such an alert: a fault that stays that long needs a person.
    """

    faults: Mapping[str, object]
    outcome: str
    code: str
    alert: str = SHARE


CASES: dict[str, Case] = {
    "401": Case({"llm_status": 401}, "permanent", "invalid_api_key", HELD),
    "403": Case({"llm_status": 403}, "permanent", "access_denied", HELD),
    "404": Case({"llm_status": 404}, "permanent", "model_not_found", CANNOT),
    "429 with Retry-After": Case({"llm_status": 429, "llm_retry_after": 2}, "transient", "rate_limited"),
    "insufficient_quota": Case({"llm_insufficient_quota": True}, "budget", "insufficient_quota", HELD),
    "500": Case({"llm_status": 500}, "transient", "server_error"),
    "503": Case({"llm_status": 503}, "transient", "server_error"),
    "slow": Case({"llm_delay_seconds": SLOW_SECONDS}, "transient", "timeout"),
    "cut in the body": Case({"llm_cut": True}, "transient", "connection_broken"),
    "invalid JSON": Case({"llm_garbage": True}, "transient", "bad_answer"),
    "half a body": Case({"llm_garbage": "body"}, "transient", "bad_answer"),
    "wrong shape": Case({"llm_wrong_shape": True}, "transient", "bad_answer"),
    "refusal": Case({"llm_refusal": True}, "permanent", "refused"),
    "wrong language": Case({"llm_wrong_language": True}, "ok", "gate_language"),
    "over-long": Case({"llm_over_long": True}, "ok", "gate_length"),
    "duplicate": Case({"llm_duplicate": True}, "ok", "gate_duplicate"),
    "unknown model": Case({"llm_unknown_model": True}, "permanent", "model_not_found", CANNOT),
}
MIXED = (
    "llm_insufficient_quota",
    "llm_status",
    "llm_cut",
    "llm_refusal",
    "llm_garbage",
    "llm_wrong_shape",
    "llm_wrong_language",
    "llm_over_long",
    "llm_duplicate",
)
STATUSES = (429, 500, 503, 401, 403)
GATE = "gate_"
CATEGORY = {case.code: case.outcome for case in CASES.values()}
CALLS = """
select outcome, failure_code, count(*) as calls from llm_calls
where called_at >= %(since)s and failure_code is not null group by 1, 2
"""


def alone(name: str) -> dict[str, Any]:
    """Play half a day of one fault and the hours after it."""
    case = CASES[name]
    with content_parts(llm_timeout_seconds=PATIENCE_SECONDS) as (settings, sandbox), _content_run(settings) as run:
        sandbox.set_faults(**case.faults)
        run.work(BEGAN + ALONE_FOR)
        during, raised = len(run.plans), _alerts(run)
        calls = _calls(run)
        sandbox.set_faults()
        run.work(run.now + BACK_FOR)
        figures = _told(run) | {"alerts_during": raised, "calls": calls, "plans_during": during}
        return figures | {
            "category_right": _is_booked(run, case, calls),
            "alerts_right": set(raised) <= {case.alert, SHARE} and (case.alert == SHARE or case.alert in raised),
            "back_to_normal": run.plans[-1][1].posts[0].source == "llm" and not set(_alerts(run)) - {SHARE},
        }


def mixed(days: float, share: float = MIXED_SHARE) -> dict[str, Any]:
    """Play days in which a share of the requests meets one fault or another."""
    each = 1 - (1 - share) ** (1 / len(MIXED))

    def spread(sandbox: SandboxModel, at: datetime) -> None:
        status = STATUSES[int(at.timestamp() // STEP.total_seconds()) % len(STATUSES)]
        values: dict[str, object] = dict.fromkeys(MIXED, True) | {"llm_status": status}
        sandbox.set_faults(**{name: {"value": value, "probability": each} for name, value in values.items()})

    with content_parts(llm_timeout_seconds=PATIENCE_SECONDS) as (settings, sandbox), _content_run(settings) as run:
        run.work(BEGAN + timedelta(days=days), lambda at: spread(sandbox, at))
        calls = _calls(run)
        wrong = [row for row in calls if row["failure_code"] in CATEGORY and not _in_category(row)]
        return _told(run) | {"calls": calls, "in_the_wrong_category": wrong, "alerts_at_the_end": _alerts(run)}


def gone(hours: float) -> dict[str, Any]:
    """Play a day, an outage in which nobody listens at the API's address, and a day after it."""
    with content_parts(llm_timeout_seconds=PATIENCE_SECONDS) as (settings, _), ExitStack() as stack:
        before = stack.enter_context(_content_run(settings))
        before.work(BEGAN + timedelta(days=1))
        away = settings.model_copy(update={"openai_base_url": f"{NOWHERE}/v1"})
        during = stack.enter_context(_content_run(away, before))
        during.work(before.now + timedelta(hours=hours))
        after = stack.enter_context(_content_run(settings, during))
        after.work(during.now + timedelta(days=1))
        sources = [plan.posts[0].source for at, plan in after.plans if before.now <= at < during.now]
        pooled = [number for number, source in enumerate(sources) if source == "pool"]
        return _told(after) | {
            "plans_during": len(sources),
            "sources_during": {source: sources.count(source) for source in sorted(set(sources))},
            "pool_before_templates": all(number < len(pooled) for number in pooled),
            "nothing_written_during": "llm" not in sources,
            "back_to_normal": after.plans[-1][1].posts[0].source == "llm",
            "alerts_at_the_end": _alerts(after),
        }


def _content_run(settings: Settings, earlier: ContentRun | None = None) -> Any:  # noqa: ANN401 - a context manager
    began = earlier.now if earlier else BEGAN
    return content_run(settings, plan_posts, began=began, seed=1, pooled=True, earlier=earlier)


def _told(run: ContentRun) -> dict[str, Any]:
    late = _late_plans(run)
    unjudged = run.ask(
        "select count(*) as many from posts p where source in ('llm', 'pool') and status <> 'retired' and not exists"
        " (select from post_judgements j where j.text = p.text and j.gate is null)"
    )[0]["many"]
    return {
        "plans": len(run.plans),
        "published": run.published,
        "hours_without_content": round(run.hours_without_content, 1),
        "plans_later_than_their_tier": late,
        "posts_no_gate_passed": unjudged,
        "failures": dict(run.failures),
    }


def _late_plans(run: ContentRun) -> int:
    """Count plans that came more than a step after the interval of the tier of the one before."""
    pairs = zip(run.plans, run.plans[1:], strict=False)
    return sum(at - before > plan.tier.interval + STEP for (before, plan), (at, _) in pairs)


def _calls(run: ContentRun) -> list[Row]:
    return run.ask(CALLS, since=BEGAN)


def _is_booked(run: ContentRun, case: Case, calls: Sequence[Row]) -> bool:
    gate = case.code.removeprefix(GATE)
    if gate == case.code:
        return {row["failure_code"]: row["outcome"] for row in calls}.get(case.code) == case.outcome
    return bool(run.ask("select 1 from post_judgements where gate = %(gate)s limit 1", gate=gate))


def _in_category(row: Row) -> bool:
    return bool(CATEGORY[row["failure_code"]] == row["outcome"])


def _alerts(run: ContentRun) -> list[str]:
    return sorted(alert.key for alert in open_alerts(run.product.database))


def kept(figures: Mapping[str, Any]) -> dict[str, bool]:
    """Hold one part's figures against the promises that it can be held against."""
    promises = {
        "content never stops": figures["hours_without_content"] == 0,
        "the cadence of the tier is kept": figures["plans_later_than_their_tier"] == 0,
        "no post without the gates": figures["posts_no_gate_passed"] == 0,
    }
    checks: Sequence[str] = (
        "category_right",
        "alerts_right",
        "back_to_normal",
        "pool_before_templates",
        "nothing_written_during",
    )
    promises |= {name: bool(figures[name]) for name in checks if name in figures}
    if "in_the_wrong_category" in figures:
        promises["every failure is in its category"] = not figures["in_the_wrong_category"]
        promises["alerts only where a person must act"] = not set(figures["alerts_at_the_end"]) - {HELD}
    return promises
