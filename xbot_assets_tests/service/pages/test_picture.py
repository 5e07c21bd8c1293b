"""The pictures that the documents show of the page: made here, in the folder that ``XBOT_TEST_PICTURES`` names."""

from datetime import UTC, datetime

import pytest

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.components import Component
from xbot_assets.service.health.connections import Connections
from xbot_assets.store.clock import set_line
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.page_scene import play
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.service.pages.views_rig import PICTURES, a_browser, visiting

TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)
SIZE = (1280, 900)

pytestmark = pytest.mark.slow


@pytest.mark.skipif(PICTURES is None, reason="no folder for pictures is named")
def test_the_documents_show_the_page_as_it_is(database: Database, settings_for: SettingsFor) -> None:
    """An account in the middle of its day, at a desk."""
    set_line(database, ClockLine(system_now(), TEN))
    settings = settings_for(approval="all", timezone="Europe/Berlin", handle="kitchen", target_url="http://127.0.0.1:9")
    play(database, settings, TEN)
    parts = [Component(name, lambda: "Answers.") for name in ("Database", "Browser host", "Dagster daemons")]
    with (
        a_browser() as browser,
        served(build_app(Connections(lambda: settings), parts)) as origin,
        visiting(browser, origin, SIZE) as visit,
    ):
        visit.go("/")
        visit.keep("page-now")
        visit.go("/calendar")
        visit.page.locator(".ec-event").first.wait_for()
        visit.keep("page-calendar")
