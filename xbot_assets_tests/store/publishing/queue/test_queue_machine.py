"""Whatever planner, workers, rules, people and the clock do in whatever order: the queue keeps its promises."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg.rows import dict_row

from xbot_assets.domain.posts.lifecycle import ALLOWED
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.store.publishing.queue.queue_machine import QueueMachine, machine_on

SHORT = settings(
    derandomize=True,
    database=None,
    max_examples=60,
    stateful_step_count=35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""The same paths each time, for some seconds."""
LONG = settings(SHORT, derandomize=False, max_examples=300, stateful_step_count=80)
"""Other paths each time, for minutes."""


@pytest.fixture
def machine(database: Database, database_url: str, settings_for: SettingsFor) -> Iterator[type[QueueMachine]]:
    """The machine on this test's database; replies need approval, and the rules' own caps are above the claim's."""
    rules = settings_for(approval="replies")
    connecting = psycopg.connect(
        database_url, autocommit=True, options="-c search_path=xbot -c timezone=UTC", row_factory=dict_row
    )
    with connecting as raw:
        yield machine_on(database, raw, rules)


def run(machine: type[QueueMachine], profile: Any) -> None:  # noqa: ANN401 - Hypothesis's settings
    """Run it."""
    run_state_machine_as_test(machine, settings=profile)


def test_no_order_of_events_breaks_a_promise_or_leaves_a_post_without_a_way_out(machine: type[QueueMachine]) -> None:
    """One in hand, tokens only grow, every event in the table, spacing and cap kept, and each post can be ended."""
    run(machine, SHORT)
    assert len(machine.visited) > len(ALLOWED) / 2, "the paths must go somewhere"


@pytest.mark.soak
def test_no_order_of_events_breaks_a_promise_in_hundreds_of_long_paths(machine: type[QueueMachine]) -> None:
    """The same for minutes, with other paths each time."""
    run(machine, LONG)
