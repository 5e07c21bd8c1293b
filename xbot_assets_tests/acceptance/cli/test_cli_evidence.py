"""``xbot evidence`` as a person types it, on a real database."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.domain.clock import system_now
from xbot_assets.store.engine.database import Database
from xbot_assets.store.metrics.evidence import keep_evidence
from xbot_assets.x.answers import PageEvidence

ShowEvidence = Callable[..., Result]


@pytest.fixture
def show(tmp_path: Path, database_url: str) -> ShowEvidence:
    """Run ``xbot evidence`` with some words."""
    environment = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_DATABASE_URL": database_url, "XBOT_HANDLE": "owner"}
    return lambda *words: CliRunner().invoke(app, ["evidence", *words], env=environment)


def keep(database: Database, path: str, outline: str) -> int:
    """Keep a page and return its number."""
    now = system_now()
    page = PageEvidence(path=path, reason=f"The counts on {path} cannot be read.", outline=outline)
    number = keep_evidence(database, page, operation="ReadPosts", now=now, since=now + timedelta(days=1))
    assert number is not None
    return number


@pytest.mark.usefixtures("database")
def test_without_a_page_it_says_so(show: ShowEvidence) -> None:
    """An empty list is no blank screen."""
    result = show()
    assert result.exit_code == 0, result.exception
    assert result.stdout.startswith("Every page could be read so far")


def test_pages_are_listed_newest_first_and_one_is_printed_whole(show: ShowEvidence, database: Database) -> None:
    """The list names number, time, path and reason; a page's own words cannot steer the terminal."""
    older = keep(database, "/owner/status/1", "<main>\n  <article> one")
    newer = keep(database, "/owner/status/2", "<main>\n  <article> \x1b[31mtwo")
    lines = show().stdout.splitlines()
    assert [line.split()[0] for line in lines] == [str(newer), str(older)]
    assert "/owner/status/2" in lines[0]
    assert "The counts on /owner/status/2 cannot be read." in lines[0]
    page = show(str(newer)).stdout
    assert page.startswith("/owner/status/2, ")
    assert ", ReadPosts: The counts" in page
    assert "<article>" in page
    assert "two" in page
    assert "\x1b" not in page


@pytest.mark.usefixtures("database")
def test_a_number_that_no_page_has_ends_with_one(show: ShowEvidence) -> None:
    """The way to those that were kept is told, on the error stream."""
    result = show("404")
    assert result.exit_code == 1
    assert "There is no page 404. 'xbot evidence' lists what was kept." in result.stderr
    assert show("words").exit_code == 2
