"""The part of the approval page about alerts: a person reads and closes those that nothing else ends."""

from xbot_assets.domain.alerts.publishing import FAILED_POST, POSTS_WAITING
from xbot_assets.domain.clock import system_now
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import ORIGIN, visitor, without_own

HOSTILE = "<script>alert(1)</script>"


def test_an_alert_that_only_a_person_ends_is_shown_as_text_and_acknowledged(
    database: Database, settings_for: SettingsFor
) -> None:
    """Under their name, with the page's own form; what the system ends has no such button."""
    now = system_now()
    alert(database, FAILED_POST, now=now, post_id=7, reason=HOSTILE, remedy="")
    alert(database, POSTS_WAITING, now=now, posts=1)
    (waits,) = (told for told in open_alerts(database) if told.key == FAILED_POST.key_of(post_id=7))
    with visitor(settings_for()) as client:
        page = client.get("/approvals").text
        assert "<script" not in without_own(page)
        assert page.count("I have read this") == 1
        path = f"/approvals/{waits.id}/read"
        assert client.get(path).status_code == 405
        assert client.post(path, data={"why": "x"}, headers=ORIGIN).status_code == 403
        token = page.partition('name="form_token" value="')[2].partition('"')[0]
        done = client.post(path, data={"form_token": token}, headers=ORIGIN)
        assert done.status_code == 303
        assert "you have read it" in client.get(done.headers["location"]).text
        assert client.post(path, data={"form_token": token}, headers=ORIGIN).status_code == 422
    assert [told.key for told in open_alerts(database)] == ["approval:waiting"]
