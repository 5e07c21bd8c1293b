"""The product of a run knows what ran beside the run when it was opened."""

import logging
from pathlib import Path

import dagster as dg
import pytest

from xbot_assets.defs.resources import product_resource
from xbot_assets.domain.budget.calls import NOT_NOTED, ConcurrentRuns
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets.store.engine.database import Database
from xbot_assets_tests.llm.llm_server import running_llm_server

NOWHERE = "http://127.0.0.1:9"
SEEN: list[ConcurrentRuns] = []


@dg.op(required_resource_keys={"product"})
def look(context: dg.OpExecutionContext) -> None:
    """Keep what ran beside the opened product."""
    SEEN.append(context.resources.product.concurrent_runs)


@dg.job(resource_defs={"product": product_resource})
def looking() -> None:
    """Look once."""
    look()


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses where nothing listens: opening asks nobody but the database."""
    for name, value in {"BROWSER_URL": NOWHERE, "BROWSER_TOKEN": "t", "OPENAI_BASE_URL": NOWHERE}.items():
        monkeypatch.setenv(f"XBOT_{name}", value)
    SEEN.clear()


def begin(instance: dg.DagsterInstance, definitions: dg.Definitions, job: str, status: dg.DagsterRunStatus) -> None:
    """Create a run of a job in a state."""
    instance.create_run_for_job(definitions.resolve_job_def(job), status=status)


def test_a_run_sees_the_jobs_of_the_others_once_each(instance: dg.DagsterInstance, definitions: dg.Definitions) -> None:
    """Those that start or run; neither those that wait or are done, nor itself."""
    for job, status in [
        ("publish", dg.DagsterRunStatus.STARTED),
        ("measure", dg.DagsterRunStatus.STARTED),
        ("measure", dg.DagsterRunStatus.STARTING),
        ("learn", dg.DagsterRunStatus.NOT_STARTED),
        ("plan", dg.DagsterRunStatus.SUCCESS),
    ]:
        begin(instance, definitions, job, status)
    assert looking.execute_in_process(instance=instance).success
    assert [ConcurrentRuns("looking", ("measure", "publish"))] == SEEN


def test_a_run_does_not_fail_because_the_others_cannot_be_listed(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger says that it does not know, and a warning why."""

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("the storage is gone")

    monkeypatch.setattr(instance, "get_runs", broken)
    with caplog.at_level(logging.WARNING, "xbot_assets"):
        assert looking.execute_in_process(instance=instance).success
    assert [NOT_NOTED] == SEEN
    assert "OSError" in caplog.text


def test_the_calls_of_a_plan_are_booked_with_what_ran_beside_it(
    instance: dg.DagsterInstance,
    definitions: dg.Definitions,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """From Dagster's runs to the ledger's row, with nothing in between replaced."""
    begin(instance, definitions, "measure", dg.DagsterRunStatus.STARTED)
    with running_llm_server(tmp_path) as server:
        monkeypatch.setenv("XBOT_OPENAI_BASE_URL", server.base_url)
        assert definitions.resolve_job_def("plan").execute_in_process(instance=instance).success
    rows = recent_calls(database, 9)
    assert rows
    assert {(row.job, tuple(row.beside)) for row in rows} == {("plan", ("measure",))}
