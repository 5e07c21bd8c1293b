"""One pass of the loop in the foreground: plan, publish, measure, learn, then one JSON document.

The sandbox's clock is moved to each post's time and then past the age at which outcomes count, so that a pass takes
seconds.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import stamina

from xbot_assets.defs.content.assets import NO_MODEL
from xbot_assets.defs.content.jobs import plan_job
from xbot_assets.defs.learning.jobs import learn_job
from xbot_assets.defs.metrics.jobs import account_job, measure_job
from xbot_assets.defs.publishing.jobs import publish_job
from xbot_assets.domain.admission.rules import RULES
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.settings import load_settings
from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.operations.pass_summary import pass_summary
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.publishing import queue as queue_store
from xbot_assets.store.publishing.admission import why_not

MARGIN = timedelta(minutes=1)
"""Moved past each due time, so that rounding never leaves a post just not due."""


def run_once(definitions: dg.Definitions) -> int:
    """Run one pass; print its summary as JSON on standard output and progress on standard error."""
    # By default stamina tells of each retry on standard output, where structlog is installed: into our document.
    stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
    try:
        document = _one_pass(definitions)
    except ProductError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(document, indent=2, default=str, ensure_ascii=False) + "\n")
    return 0


def _one_pass(definitions: dg.Definitions) -> dict[str, Any]:
    settings = load_settings()
    seconds: dict[str, float] = {}
    with dg.DagsterInstance.get() as instance, open_product(settings, worker="once") as product:
        runner = _Runner(definitions, instance, seconds)
        started = product.clock.now()
        _refuse_fallback(runner.run(plan_job.name))
        planned = [post.id for post in queue_store.queued_posts(product.database)]
        for post_id in planned:
            if not _waits(product, post_id):  # a segment that went out with its thread
                continue
            _move_to_due(product, post_id)
            runner.run(publish_job.name)
        _age(product)
        runner.run(measure_job.name)
        runner.run(account_job.name)
        runner.run(learn_job.name)
        return pass_summary(product, planned, since=started) | {"seconds": seconds}


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Dagster's own console log would bury the progress; the run's log is in the UI all the same."""


class _Runner:
    """Runs jobs in this process on the real instance, and notes how long each took."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance, seconds: dict[str, float]) -> None:
        self._definitions = definitions
        self._instance = instance
        self._seconds = seconds

    def run(self, name: str) -> dg.ExecuteInProcessResult:
        """Run one job and return its result.

        Raises:
            PermanentFailure: when a step failed; the reason is the step's own.
        """
        with _timed(name, self._seconds):
            job = self._definitions.resolve_job_def(name)
            result = job.execute_in_process(instance=self._instance, raise_on_error=False, run_config=QUIET)
        if not result.success:
            raise PermanentFailure(_why(result.get_step_failure_events), code=FailureCode.STEP_FAILED, remedy="")
        return result


@contextmanager
def _timed(name: str, seconds: dict[str, float]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    took = time.perf_counter() - started
    seconds[name] = round(seconds.get(name, 0.0) + took, 3)
    sys.stderr.write(f"  {name}: {took:.1f} s\n")


def _refuse_fallback(result: dg.ExecuteInProcessResult) -> None:
    """Say why nothing was written: a pass by hand is there to see whether everything works.

    The fallback's post stays in the queue; the stack would go on with it.
    """
    (plan,) = result.asset_materializations_for_node("content_plan")
    if plan.metadata["model"].value == NO_MODEL:
        missing = plan.metadata["missing"].value
        raise PermanentFailure(f"content_plan failed: {missing}", code=FailureCode.STEP_FAILED, remedy="")


def _why(events: Any) -> str:  # noqa: ANN401 - Dagster's bound method
    failures: Sequence[Any] = events()
    for event in failures:
        data = event.step_failure_data
        described = data.user_failure_data.description if data.user_failure_data else None
        message = described or (data.error.message if data.error else None)
        if message:
            return f"{event.step_key} failed: {message}"
    return "A run failed without a message; look at it in the Dagster UI."


def _waits(product: Product, post_id: int) -> bool:
    return post_id in {post.id for post in queue_store.queued_posts(product.database)}


def _move_to_due(product: Product, post_id: int) -> None:
    """Move the sandbox's clock from the end of one refusal to that of the next, until the post may go."""
    if product.settings.mode != "sandbox":
        return
    for _ in RULES:
        refusal = why_not(product.database, product.account.admission, post_id)
        if refusal is None or refusal.until is None:
            return
        _move_to(product, refusal.until)


def _move_to(product: Product, at: datetime) -> None:
    wait = at - product.clock.now() + MARGIN
    if wait > timedelta(0):
        advance(product.settings, product.database, wait)
        product.clock.refresh()


def _age(product: Product) -> None:
    """Let the audience react until outcomes may be computed."""
    if product.settings.mode == "sandbox":
        age = timedelta(hours=product.settings.outcome_age_hours) + MARGIN
        advance(product.settings, product.database, age)
