"""Queues runs through the product's own coordinator."""

from typing import Any
from unittest.mock import Mock

import dagster as dg
from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator.base import SubmitRunContext
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from xbot_assets.defs.instance.coordinator import LaneRunCoordinator


def queued_tags(
    instance: dg.DagsterInstance,
    definitions: dg.Definitions,
    job: str,
    **run: Any,  # noqa: ANN401 - passed on
) -> dict[str, str]:
    """Queue a run of a job through the coordinator and return its tags."""
    place = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="xbot_assets.definitions"), location_name="xbot_assets"
    )
    created = instance.create_run_for_job(
        definitions.resolve_job_def(job),
        status=dg.DagsterRunStatus.NOT_STARTED,
        remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(place, "__repository__"), job),
        **run,
    )
    coordinator = instance.run_coordinator
    assert isinstance(coordinator, LaneRunCoordinator)
    # The workspace is not looked at: everything is read from the run itself.
    return dict(coordinator.submit_run(SubmitRunContext(created, Mock())).tags)
