"""The page on which the owner writes, without a browser: what it takes, what it refuses, and whom it believes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.clock import system_now
from xbot_assets.service.pages.calendar.write import UPLOAD_BYTES_MAX
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import drafts, posts
from xbot_assets.store.publishing.approvals import post_to_decide
from xbot_assets.store.publishing.threads import post_images
from xbot_assets.testing.pictures import broken_png, png
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import ORIGIN, visitor, without_own

KNIFE = "A knife is most dangerous when it is blunt, because you push."
HOSTILE = "</textarea><script>alert('x')</script>\"'&"
NO_FILE = ("image", ("none", b"", "application/octet-stream"))


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """The owner's settings."""
    return settings_for(timezone="Europe/Berlin")


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    """A browser on this machine, over an empty database."""
    assert drafts.newest_drafts(database, 1) == []
    with visitor(settings) as opened:
        yield opened


def token_of(client: TestClient) -> str:
    """Return what the page's form carries."""
    return client.get("/write").text.partition('name="form_token" value="')[2].partition('"')[0]


def send(client: TestClient, *files: tuple[str, Any], headers: Any = ORIGIN, **fields: Any) -> Any:  # noqa: ANN401 - an answer
    """Send the form as the page does: with a file field that nothing was chosen for."""
    data = {"form_token": token_of(client), "action": "queue"} | fields
    return client.post("/write", data=data, files=[*files, NO_FILE], headers=headers)


def test_a_post_is_queued_for_now_and_leads_to_its_page(database: Database, client: TestClient) -> None:
    """As ``xbot post`` does it; an image goes with the description beside it, whichever field it was chosen in."""
    sent = send(client, NO_FILE, ("image", ("k.png", png(4), "image/png")), text=KNIFE, alt=["", "A knife"])
    assert sent.status_code == 303, sent.text
    post_id = int(sent.headers["location"].rpartition("/")[2])
    post = post_to_decide(database, post_id)
    assert (post.text, post.status, post.source) == (KNIFE, "queued", "manual")
    assert [image.alt_text for image in post_images(database, post_id)] == ["A knife"]
    page = client.get(sent.headers["location"]).text
    assert f'src="/posts/{post_id}/images/0" alt="A knife"' in page
    shown = client.get(f"/posts/{post_id}/images/0")
    assert (shown.headers["content-type"], shown.content) == ("image/png", png(4))
    assert client.get(f"/posts/{post_id}/images/1").status_code == 404
    assert client.get("/posts/999999").status_code == 404


def test_what_cannot_be_queued_is_refused_whole_and_what_was_typed_stays(
    database: Database, client: TestClient
) -> None:
    """With the reason, as text; nothing is half queued."""
    for fields, files, told in (
        ({"text": " \n"}, (), "needs words"),
        ({"text": f"{HOSTILE} **bold"}, (), "cannot be shown as it is meant"),
        ({"text": "x" * 300}, (), "too long"),
        ({"text": [KNIFE, KNIFE]}, (), "already"),
        ({"text": KNIFE, "at": "2020-01-01T10:00"}, (), "cannot be put on"),
        ({"text": KNIFE, "at": "soon"}, (), "is no time"),
        ({"text": KNIFE}, (("image", ("k.png", broken_png(), "image/png")),), "damaged"),
        ({"text": KNIFE}, (("image", ("k.svg", b"<svg/>", "image/svg+xml")),), "not an image that X takes"),
        ({"text": KNIFE, "action": "draft"}, (("image", ("k.png", png(4), "image/png")),), "no images"),
    ):
        sent = send(client, *files, **fields)
        assert sent.status_code == 422, (fields, sent.text)
        assert told in sent.text, (fields, sent.text)
        assert "<script" not in without_own(sent.text)
        assert sent.text.count("</textarea>") == sent.text.count("<textarea")
    assert posts.queue_counts(database) == {}


def test_a_draft_is_kept_changed_and_queued_or_thrown_away(database: Database, client: TestClient) -> None:
    """Half a text may be anything; of two windows the second is told that the first has saved."""
    kept = send(client, text=[f"{HOSTILE} **", "", "Two"], action="draft", at="")
    path = kept.headers["location"].partition("?")[0]
    draft_id = int(path.rpartition("/")[2])
    assert drafts.draft(database, draft_id).texts == [f"{HOSTILE} **", "Two"]
    assert "<script" not in without_own(client.get(path).text)
    first = {"draft": str(draft_id), "revision": "1"}
    assert send(client, text=KNIFE, action="draft", **first).status_code == 303
    late = send(client, text="Other words.", **first)
    assert late.status_code == 409
    assert "since you read it" in late.text
    assert posts.queue_counts(database) == {}
    at = (system_now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    plan = {"form_token": token_of(client), "at": at}
    assert client.post(f"{path}/plan", data=plan, headers=ORIGIN).json() == {"said": "The draft has another time."}
    past = client.post(f"{path}/plan", data=plan | {"at": "2020-01-01T10:00"}, headers=ORIGIN)
    assert (past.status_code, "cannot be put on" in past.json()["reason"]) == (422, True)
    now = {"draft": str(draft_id), "revision": str(drafts.draft(database, draft_id).revision)}
    assert send(client, text=KNIFE, **now).headers["location"].startswith("/posts/")
    assert client.get(path).status_code == 404
    again = send(client, text="A draft to be thrown away.", action="draft").headers["location"].partition("?")[0]
    gone = send(client, text="x", action="discard", draft=again.rpartition("/")[2], revision="1")
    assert gone.headers["location"] == "/calendar?done=discard"
    assert drafts.newest_drafts(database, 1) == []


def test_only_our_own_form_writes(database: Database, client: TestClient) -> None:
    """Another site's page, another session's token, a form of another kind, one that is cut off, and one too large."""
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert send(client, text=KNIFE, headers=headers).status_code == 403
    assert send(client, text=KNIFE, form_token="x").status_code == 403  # noqa: S106 - a wrong one
    assert client.post("/write", data={"text": KNIFE}, headers=ORIGIN).status_code == 415
    begun = b'--b\r\nContent-Disposition: form-data; name="t"'
    cut = {**ORIGIN, "Content-Type": "multipart/form-data; boundary=b"}
    assert client.post("/write", content=begun, headers=cut).status_code == 400
    large = ("image", ("k.png", b"x" * (UPLOAD_BYTES_MAX + 1), "image/png"))
    assert send(client, large, text=KNIFE).status_code == 413
    assert client.post("/write/1/plan", data={"at": ""}, headers=ORIGIN).status_code == 403
    assert posts.queue_counts(database) == {}


@pytest.mark.parametrize(
    ("text", "counted"), [("", 0), ("né", 2), ("🧅", 2), ("https://example.org/a/long/one", 23), ("漢字", 4)]
)
def test_a_text_is_counted_as_x_counts(client: TestClient, text: str, counted: int) -> None:
    """And nothing is kept of it. Only the page's own form is counted: a count is a POST like any other."""
    data = {"form_token": token_of(client), "text": text}
    assert client.post("/write/count", data=data, headers=ORIGIN).json()["counted"] == counted
    assert client.post("/write/count", data={"text": text}, headers=ORIGIN).status_code == 403
