"""Figures for machines: Prometheus reads them, JSON says the same, and the dashboard asks for nothing else."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from xbot_assets.domain.alerts.operations import BACKUP_MISSING
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.figures import Figure, Sample, document_of
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.service.app import build_app
from xbot_assets.service.figures import as_text
from xbot_assets.service.health.components import Component
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import CHECKOUT, load_settings
from xbot_assets.store.alerts import alert
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations.browser_operations import begin_operation, insert_queue_samples
from xbot_assets.store.operations.retention import note_upkeep
from xbot_assets.store.publishing.posts import enqueue_posts

DASHBOARD = CHECKOUT / "docs" / "grafana" / "xbot-assets.json"
NAME = re.compile(r"\bxbot_\w+")


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the service over this test's database, with one component that answers."""
    environ = {"XBOT_HOME": str(tmp_path), "XBOT_DATABASE_URL": database_url}
    app = build_app(Connections(lambda: load_settings(environ)), [Component("Database", lambda: "Answers.")])
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


def fill(database: Database) -> None:
    """Store something of everything that has figures."""
    now = system_now()
    enqueue_posts(database, [NewPost(text="Words.", topic="t", format="f", scheduled_at=now)], now)
    begin_operation(database, uuid4(), "publish", "critical", None, now - timedelta(seconds=2))
    insert_queue_samples(database, [{"lane": "low", "waiting": 3, "oldest_seconds": 7.5}], now)
    alert(database, BACKUP_MISSING, now=now, reason='No "backup"\\ was\nmade.')
    note_upkeep(database, "backup", now, {})
    database.flush_timings()


def values(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample as Prometheus' own parser reads it."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_reads_what_the_database_holds(client: TestClient, database: Database) -> None:
    """By name and label, in the units that the names say."""
    fill(database)
    seen = values(client)
    assert seen["xbot_posts", (("status", "queued"),)] == 1
    assert seen["xbot_lane_waiting_runs", (("lane", "low"),)] == 3
    assert seen["xbot_lane_oldest_wait_seconds", (("lane", "low"),)] == 7.5
    assert seen["xbot_alerts_open", (("severity", "critical"),)] == 1
    assert seen["xbot_breaker_state", (("breaker", "publishing"), ("state", "closed"))] == 1
    assert seen["xbot_budget_usd", (("part", "limit"),)] == 5
    assert seen["xbot_ready", ()] == 1
    assert 0 <= seen["xbot_backup_age_seconds", ()] < 600
    assert seen["xbot_statement_calls_total", (("statement", "raise_alert"),)] == 1


def test_every_figure_is_exported_by_a_database_that_has_something_of_it(
    client: TestClient, database: Database
) -> None:
    """Figures of browser work need an operation that began; nothing else is missing."""
    fill(database)
    missing = {figure.metric for figure in Figure} - {name for name, _ in values(client)}
    assert missing <= {"xbot_lane_wait_seconds", "xbot_lane_busy_seconds", "xbot_lane_operations"}


def test_json_says_the_same_as_the_text(client: TestClient, database: Database) -> None:
    """The same names with the same labels; values of statements may have moved between the two."""
    fill(database)
    values(client)
    document = client.get("/api/metrics.json").json()["figures"]
    named = {(one["name"], tuple(sorted(one["labels"].items()))) for one in document}
    assert named == set(values(client))


def test_a_database_that_is_gone_takes_only_its_own_figures_along(tmp_path: Path) -> None:
    """Whether the components answer is still told; nothing is guessed."""
    environ = {"XBOT_HOME": str(tmp_path), "XBOT_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/db"}
    with TestClient(build_app(Connections(lambda: load_settings(environ))), base_url="http://127.0.0.1") as client:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        assert {name for name, _ in values(client)} == {"xbot_ready", "xbot_component_ready"}
        assert "hunter2" not in answer.text


def test_figures_are_behind_the_token_where_the_pages_are(database_url: str, tmp_path: Path) -> None:
    """A scraper gives it as a bearer token; nobody else is told anything."""
    token = "a-token-of-this-very-test-alone"  # noqa: S105 - of this test
    environ = {"XBOT_HOME": str(tmp_path), "XBOT_DATABASE_URL": database_url, "XBOT_SERVICE_TOKEN": token}
    app = build_app(Connections(lambda: load_settings(environ)), [])
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        for path in ("/metrics", "/api/metrics.json"):
            assert "xbot_" not in client.get(path).text
            assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_dashboard_asks_for_exported_figures_with_their_labels_and_leaves_none_out() -> None:
    """Every expression, legend and label; a renamed figure is found here."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    by_name = {figure.metric: figure for figure in Figure}
    asked = set()
    for panel in dashboard["panels"]:
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            (name,) = NAME.findall(target["expr"])
            asked.add(name)
            used = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]) + re.findall(r"(\w+)[!=]~?\"", target["expr"])
            assert set(used) <= set(by_name[name].labels), target["expr"]
    assert asked == set(by_name)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_page_of_figures_has_every_one_of_them() -> None:
    """With its kind, its labels and what it is."""
    text = (CHECKOUT / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `xbot_")]
    wanted = [
        f"| `{one.metric}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} | {one.about} |"
        for one in Figure
    ]
    assert rows == wanted


def test_label_values_cannot_break_out_of_their_line() -> None:
    """What is not ours is escaped as the format says."""
    sample = Sample(Figure.COMPONENT_READY, 1, ('a"} 5\nxbot_ready 1\\',))
    (family,) = text_string_to_metric_families(as_text([sample]).decode())
    assert [one.labels for one in family.samples] == [{"component": 'a"} 5\nxbot_ready 1\\'}]
    assert document_of([sample])[0]["value"] == 1
    with pytest.raises(ValueError, match="labels"):
        Sample(Figure.COMPONENT_READY, 1)
