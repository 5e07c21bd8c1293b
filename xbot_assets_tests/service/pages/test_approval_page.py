"""The approval page: it decides for people of this machine, and for nobody else's page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.clock import system_now
from xbot_assets.door.guard import COOKIE
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.policy import hold_unapproved
from xbot_assets.store.publishing.threads import enqueue_thread
from xbot_assets.testing.queueing import new_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import ORIGIN, form_of, hold, status_of, visitor, without_own

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'</textarea>&"
KNIFE = "A knife is most dangerous when it is blunt, because you push."
BREAD = "Cut the bread only when it is cold; a hot loaf is still cooking inside."
TOKEN = "a-token-that-no-one-can-guess-42"  # noqa: S105 - a made-up one


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Settings under which everything needs approval."""
    return settings_for(approval="all", timezone="Europe/Berlin")


def test_a_post_is_approved_from_the_page_under_the_name_of_who_runs_it(database: Database, settings: Settings) -> None:
    """The page says so, and the post is in the queue."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        done = client.post(f"/approvals/{post_id}/approve", data=form_of(client), headers=ORIGIN)
        assert done.status_code == 303
        assert "is approved" in client.get(done.headers["location"]).text
    assert status_of(database, post_id) == "queued"
    assert approvals.recent_decisions(database, 1)[0].actor


def test_a_thread_is_read_and_approved_as_one(database: Database, settings: Settings) -> None:
    """Each segment has its card and its place, and one button is for all of them."""
    now = system_now()
    ids = enqueue_thread(database, [new_post(text, now) for text in (KNIFE, BREAD)], now, daily_cap=9)
    hold_unapproved(database, settings, now)
    with visitor(settings) as client:
        page = client.get("/approvals").text
        assert page.count("thread 1/2") == page.count("thread 2/2") == page.count("Approve the thread") == 1
        assert "thread 2/2" in client.get("/").text
        done = client.post(f"/approvals/{ids[0]}/approve", data=form_of(client), headers=ORIGIN)
        assert done.status_code == 303
    assert [status_of(database, post_id) for post_id in ids] == ["queued", "queued"]


def test_a_post_is_edited_rescheduled_and_rejected_from_the_page(database: Database, settings: Settings) -> None:
    """A time is by the owner's clock."""
    post_id = hold(database, settings, KNIFE)
    local = (system_now() + timedelta(days=2)).astimezone(ZoneInfo("Europe/Berlin")).replace(second=0, microsecond=0)
    with visitor(settings) as client:
        at = {"at": local.strftime("%Y-%m-%dT%H:%M")}
        for action, fields in (("edit", {"text": BREAD}), ("reschedule", at), ("reject", {"why": "Not today."})):
            sent = client.post(f"/approvals/{post_id}/{action}", data=form_of(client) | fields, headers=ORIGIN)
            assert sent.status_code == 303, sent.text
    post = approvals.post_to_decide(database, post_id)
    assert (post.text, post.status, post.failure_reason) == (BREAD, "rejected", "Not today.")
    assert post.scheduled_at == local


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (f'"**{BREAD}**"', BREAD),
        (f"Fresh &amp; warm:\\n{BREAD}", f"Fresh & warm:\n{BREAD}"),
        (f"# Bread\r\n\r\n\r\n\r\n{BREAD}\0\x1b", f"Bread\n\n{BREAD}"),
        (f"1/ {BREAD}", BREAD),
    ],
)
def test_what_is_typed_on_the_page_is_made_presentable(
    database: Database, settings: Settings, typed: str, text: str
) -> None:
    """As a text from the model or the command line is: marks, escapes, entities and quotes are what they mean."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        sent = client.post(f"/approvals/{post_id}/edit", data=form_of(client) | {"text": typed}, headers=ORIGIN)
        assert sent.status_code == 303, sent.text
    assert approvals.post_to_decide(database, post_id).text == text


def test_what_stays_unpresentable_is_refused_on_the_page_with_the_reason(
    database: Database, settings: Settings
) -> None:
    """The text stays as it was."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        fields = form_of(client) | {"text": f"Half **bold. {BREAD}"}
        sent = client.post(f"/approvals/{post_id}/edit", data=fields, headers=ORIGIN)
    assert (sent.status_code, "marks of Markdown" in sent.text) == (422, True)
    assert approvals.post_to_decide(database, post_id).text == KNIFE


def test_the_segments_of_a_thread_may_be_numbered(database: Database, settings: Settings) -> None:
    """A number is a thread's own; it is neither taken off by an edit nor a reason to refuse the thread."""
    now = system_now()
    texts = (f"1/ {KNIFE}", f"2/ {BREAD}")
    ids = enqueue_thread(database, [new_post(text, now) for text in texts], now, daily_cap=9)
    hold_unapproved(database, settings, now)
    with visitor(settings) as client:
        fields = form_of(client) | {"text": f"2/ {BREAD} Truly."}
        fields["seen"] = approvals.text_digest(texts[1])
        assert client.post(f"/approvals/{ids[1]}/edit", data=fields, headers=ORIGIN).status_code == 303
        done = client.post(f"/approvals/{ids[0]}/approve", data=form_of(client), headers=ORIGIN)
        assert done.status_code == 303, done.text
    assert approvals.post_to_decide(database, ids[1]).text == f"2/ {BREAD} Truly."


def test_looking_changes_nothing(database: Database, settings: Settings) -> None:
    """No address that a link or an image can ask for decides anything."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        form = form_of(client)
        for action in ("approve", "edit", "reject", "reschedule"):
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
                answer = client.request(method, f"/approvals/{post_id}/{action}", params=form, headers=ORIGIN)
                assert answer.status_code == 405
        client.get("/approvals", params={"done": HOSTILE, "post": HOSTILE})
    assert status_of(database, post_id) == "held"


def test_a_form_of_another_site_is_refused(database: Database, settings: Settings) -> None:
    """Whatever it knows: without our origin nothing goes, even with the cookie and the form's token."""
    post_id = hold(database, settings, KNIFE)
    elsewhere: tuple[dict[str, str], ...] = (
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "null"},
        {},
    )
    with visitor(settings) as client:
        form = form_of(client)
        for headers in elsewhere:
            assert client.post(f"/approvals/{post_id}/approve", data=form, headers=headers).status_code == 403
    assert status_of(database, post_id) == "held"


def test_a_form_without_its_token_or_its_cookie_is_refused(database: Database, settings: Settings) -> None:
    """Another session's token, a forged cookie and no cookie at all."""
    post_id = hold(database, settings, KNIFE)
    path = f"/approvals/{post_id}/approve"
    with visitor(settings) as client, visitor(settings) as other:
        form, foreign = form_of(client), form_of(other)
        assert client.post(path, data=foreign, headers=ORIGIN).status_code == 403
        assert client.post(path, data={"form_token": ""}, headers=ORIGIN).status_code == 403
        assert client.post(path, data={"seen": form["seen"]}, headers=ORIGIN).status_code == 403
        cookie = client.cookies[COOKIE]
        for forged in (cookie[:-1], f"{cookie}0", "b3duZXI=.99999999999.x.0", "...", "é"):
            client.cookies.clear()
            sent = {b"Cookie": f"{COOKIE}={forged}".encode(), b"Origin": ORIGIN["Origin"].encode()}
            assert client.post(path, data=form, headers=sent).status_code == 403, forged
        assert client.post(path, data=form, headers=ORIGIN).status_code == 403
    assert status_of(database, post_id) == "held"


def test_only_small_forms_are_read(database: Database, settings: Settings) -> None:
    """JSON, files and megabytes are refused before anything is looked at."""
    post_id = hold(database, settings, KNIFE)
    path = f"/approvals/{post_id}/edit"
    with visitor(settings) as client:
        form = form_of(client)
        assert client.post(path, json=form, headers=ORIGIN).status_code == 415
        assert client.post(path, files={"text": b"x"}, data=form, headers=ORIGIN).status_code == 415
        assert client.post(path, data=form | {"text": "x" * 600_000}, headers=ORIGIN).status_code == 413


def test_hostile_texts_are_shown_as_text_everywhere(database: Database, settings: Settings) -> None:
    """In the post, its text area, a refusal, a reason and the list of decisions."""
    post_id = hold(database, settings, HOSTILE)
    with visitor(settings) as client:
        form = form_of(client)
        refused = client.post(
            f"/approvals/{post_id}/edit", data=form | {"text": HOSTILE * 20, "why": HOSTILE}, headers=ORIGIN
        )
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        client.post(f"/approvals/{post_id}/reject", data=form | {"why": HOSTILE}, headers=ORIGIN)
        for page in (refused.text, client.get("/approvals").text, client.get("/").text):
            assert "<script" not in without_own(page)
            assert "<img" not in without_own(page)
            assert page.count("</textarea>") == page.count("<textarea")
            assert "&lt;script&gt;" in page


def test_a_text_that_no_longer_passes_is_not_approved_and_what_was_typed_is_not_lost(
    database: Database, settings: Settings
) -> None:
    """The gates judge again, against everything else that waits."""
    first, second = hold(database, settings, BREAD), hold(database, settings, KNIFE)
    repeat = "Blunt knives are the dangerous ones: you end up pushing harder."
    with visitor(settings) as client:
        refused = client.post(
            f"/approvals/{first}/edit",
            data=form_of(client) | {"text": repeat},
            headers=ORIGIN,
        )
        assert refused.status_code == 422
        assert repeat in refused.text
        assert "near_duplicate" in refused.text
    assert approvals.post_to_decide(database, first).text == BREAD
    assert status_of(database, second) == "held"


def test_who_decides_too_late_or_about_an_old_text_is_told(database: Database, settings: Settings) -> None:
    """Two people with the same page open."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as anna, visitor(settings) as ben:
        annas, bens = form_of(anna), form_of(ben)
        anna.post(f"/approvals/{post_id}/edit", data=annas | {"text": BREAD}, headers=ORIGIN)
        late = ben.post(f"/approvals/{post_id}/approve", data=bens, headers=ORIGIN)
        assert late.status_code == 409
        assert "was edited since you read it" in late.text
        assert ben.post(f"/approvals/{post_id}/approve", data=form_of(ben), headers=ORIGIN).status_code == 303
        again = anna.post(f"/approvals/{post_id}/reject", data=annas | {"why": "No."}, headers=ORIGIN)
        assert again.status_code == 303  # one in the queue can still be called back
        gone = ben.post(f"/approvals/{post_id}/reject", data=bens | {"why": "No."}, headers=ORIGIN)
        assert gone.status_code == 409
        assert "rejected it at" in gone.text
        assert ben.post("/approvals/99999/approve", data=bens, headers=ORIGIN).status_code == 404


def log_in(client: TestClient, token: str, name: str = "Anna", origin: str = "http://127.0.0.1") -> int:
    """Send the login form; return the answer's status."""
    return client.post("/login", data={"name": name, "token": token}, headers={"Origin": origin}).status_code


def test_with_a_token_every_page_is_behind_the_login(database: Database, settings_for: SettingsFor) -> None:
    """But for whether it lives, and its looks."""
    settings = settings_for(approval="all", service_token=TOKEN)
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        for path in ("/", "/api/status.json", "/health/ready", "/approvals"):
            assert client.get(path).status_code == 401
            page = client.get(path, headers={"Accept": "text/html"})
            assert (page.status_code, page.headers["location"]) == (303, "/login")
        assert client.get("/health/live").status_code == 200
        assert client.get("/static/css/base.css").status_code == 200
        assert client.post(f"/approvals/{post_id}/approve", data={}, headers=ORIGIN).status_code == 401
        assert [log_in(client, wrong) for wrong in ("", "wrong", TOKEN[:-1], f"{TOKEN}x")] == [403] * 4
        assert log_in(client, TOKEN, name="") == 403
        assert log_in(client, TOKEN, origin="https://evil.example") == 403
        assert client.get("/approvals").status_code == 401
        assert log_in(client, TOKEN) == 303
        assert client.get("/").status_code == 200
        form = form_of(client)
        assert client.post(f"/approvals/{post_id}/approve", data=form, headers=ORIGIN).status_code == 303
        assert client.post("/logout", data={"form_token": "x"}, headers=ORIGIN).status_code == 403
        assert client.post("/logout", data=form, headers=ORIGIN).status_code == 303
        assert client.get("/").status_code == 401
    assert approvals.recent_decisions(database, 1)[0].actor == "Anna"


def test_the_cookie_is_kept_from_scripts_and_other_sites(database: Database, settings: Settings) -> None:
    """And it does not outlive the process that made it."""
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client, visitor(settings) as restarted:
        header = client.get("/approvals").headers["set-cookie"]
        assert "HttpOnly" in header
        assert "SameSite=strict" in header
        restarted.cookies = client.cookies
        sent = restarted.post(f"/approvals/{post_id}/approve", data=form_of(client), headers=ORIGIN)
        assert sent.status_code == 403


def test_a_program_sends_the_token_with_each_request(database: Database, settings_for: SettingsFor) -> None:
    """No browser sends that header by itself, so it needs no form token."""
    settings = settings_for(approval="all", service_token=TOKEN)
    post_id = hold(database, settings, KNIFE)
    with visitor(settings) as client:
        wrong, right = {"Authorization": "Bearer nonsense"}, {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/api/status.json", headers=wrong).status_code == 401
        assert client.get("/api/status.json", headers=right).status_code == 200
        rejected = client.post(f"/approvals/{post_id}/reject", data={"why": "No."}, headers=right)
        assert rejected.status_code == 303
    assert status_of(database, post_id) == "rejected"


def test_the_page_says_so_when_the_database_is_gone(settings_for: SettingsFor) -> None:
    """One sentence, and no password."""
    settings = settings_for(database_url="postgresql://me:hunter2@127.0.0.1:1/db")
    with visitor(settings) as client:
        page = client.get("/approvals")
        assert page.status_code == 503
        assert "The database does not answer" in page.text
        assert "No post waits" not in page.text
        assert "hunter2" not in page.text
