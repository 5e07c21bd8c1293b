"""What a schedule says when it skips a tick is what the watch of missed work is told, for each that is watched."""

import dagster as dg
import pytest

from xbot_assets.steps.product import Product
from xbot_assets.steps.watching import schedule_waits
from xbot_assets.steps.watching.schedule_waits import WAITS


@pytest.fixture
def repository(definitions: dg.Definitions) -> dg.RepositoryDefinition:
    """The schedules and sensors as Dagster has them."""
    return definitions.get_repository_def()


def ticked(
    repository: dg.RepositoryDefinition, name: str, instance: dg.DagsterInstance, product: Product
) -> str | None:
    """Tick once; return why nothing was started, or ``None``."""
    answer: object
    if repository.has_schedule_def(name):
        schedule = repository.get_schedule_def(name)
        answer = schedule(dg.build_schedule_context(instance=instance, resources={"tick": product}))
    else:
        sensor = repository.get_sensor_def(name)
        answer = sensor(dg.build_sensor_context(instance=instance, resources={"tick": product}))
    return answer.skip_message if isinstance(answer, dg.SkipReason) else None


@pytest.mark.parametrize("name", WAITS)
def test_a_schedule_waits_for_what_its_watch_waits_for(
    repository: dg.RepositoryDefinition,
    instance: dg.DagsterInstance,
    product: Product,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """One function says it to both: an open posting window, too, where it matters."""
    assert ticked(repository, name, instance, product) == WAITS[name](product)
    window = "A posting window is open."
    monkeypatch.setattr(schedule_waits, "posting_window", lambda _: window)
    assert ticked(repository, name, instance, product) == WAITS[name](product)
