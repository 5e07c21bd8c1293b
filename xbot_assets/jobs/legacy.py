"""What became of each job of the system that this one replaces, as far as it is built.

``replay/catalogue.toml`` says which job or part of the plan took a legacy job over; here is where that job or part is
now, if it is anywhere. Several legacy jobs share one planned job, so this table is the shorter one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Standing = Literal["automation", "part", "not built", "dropped"]
NOTHING = "nothing: "
"""How the plan begins to say that a legacy job has no successor, and why."""


@dataclass(frozen=True, slots=True)
class Successor:
    """Where the work of a legacy job is done now.

    Attributes:
        standing: by a schedule or sensor, by a process or step that is always there, not yet, or not any more.
        by: the schedules and sensors; empty for anything else.
        how: in words, which part does it or why nothing does.
    """

    standing: Standing
    by: tuple[str, ...] = ()
    how: str = ""


@dataclass(frozen=True, slots=True)
class LegacyRow:
    """One legacy job, the planned job or part that took it over, and where that is now."""

    name: str
    planned: str
    successor: Successor


def _by(*automations: str, how: str = "") -> Successor:
    return Successor("automation", automations, how)


def _part(how: str) -> Successor:
    return Successor("part", how=how)


def _not_built(how: str) -> Successor:
    return Successor("not built", how=how)


PLANNED: Mapping[str, Successor] = {
    "plan": _by("plan_when_due"),
    "publish": _by("publish_when_due"),
    "reconcile": _by("recover_when_due"),
    "reconcile_daily": _by("reconcile_when_due"),
    "measure": _by("measure_when_due"),
    "measure_account": _by("measure_account_when_due"),
    "learn": _by("learn_when_due"),
    "check_session": _by("check_session_when_due"),
    "emergency_pool": _by("top_up_pool_when_due"),
    "failure_patterns": _by("draw_llm_failure_patterns"),
    "attribute_followers": _not_built("Followers are read; what a post earned in followers is not computed."),
    "report_effectiveness": _part(
        "The learning report, on the view Insights and by 'xbot learn report': what works, and which models were "
        "promoted, rolled back or dropped, with what proves it."
    ),
    "discover_accounts": _not_built(
        "Nothing looks for other accounts; those that you name with 'xbot replies track' are read for posts to answer."
    ),
    "harvest": _by("harvest_inbound_when_due", "harvest_opportunities_when_due"),
    "plan_replies": _by("plan_replies_when_due", "publish_when_due"),
    "trend_signals": _by("read_background_when_due"),
    "peer_signals": _by("read_high_value_when_due", "read_background_when_due"),
    "expert_insights": _by("conclude_expert_when_due"),
    "competitor_insights": _by("conclude_competitor_when_due"),
    "missed_runs": _not_built("Failed runs raise an alert; a run that never came does not yet."),
    "purge": _by("purge_when_due"),
    "health": _part(
        "The status service asks every part for its ping; the supervisor ends and restarts what is silent."
    ),
    "retry_writes": Successor(
        "dropped", how="A write that fails fails its run; the next tick finds the same work due. Nothing waits apart."
    ),
    "supervisor": _part("The supervisor starts, watches and restarts every process."),
    "browser_host": _part("The browser host owns the one Chromium, its contexts and its memory."),
    "status_service": _part("The status service shows readiness, heartbeats and what waits on one page."),
    "alert_sensors": _by("alert_on_failed_run", "resolve_failed_run"),
}
"""Every job and part of the plan."""
ROWS: Mapping[str, Successor] = {
    "viral_thread": _not_built("A thread can be queued by hand; none is written by itself."),
    "reply_learning": _not_built("A reply has its outcome; nothing learns from it how to write the next one."),
    "reply_health_monitor": _by("harvest_inbound_when_due", "harvest_opportunities_when_due", "plan_replies_when_due"),
    "backup_cleanup": _by("purge_when_due", "backup_when_due"),
    "memory_monitor": _not_built("Chromium's memory is watched by its host; that of the machine is not yet."),
}
"""Legacy jobs that are not where the rest of their planned job is, or not there alone."""


def legacy_rows(replaced: Mapping[str, str]) -> list[LegacyRow]:
    """Return every legacy job with its successor, in the order given.

    Args:
        replaced: legacy job to planned job or part, as ``replay/catalogue.toml`` has it.

    Raises:
        KeyError: the plan names a job or part that has no line here.
    """
    return [LegacyRow(name, planned, ROWS.get(name) or _successor(planned)) for name, planned in replaced.items()]


def _successor(planned: str) -> Successor:
    if planned.startswith(NOTHING):
        return Successor("dropped", how=f"{planned.removeprefix(NOTHING).capitalize()}.")
    return PLANNED[planned]
